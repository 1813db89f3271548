package com.tatame.billing.server;

import com.tatame.billing.audit.AuditActor;
import com.tatame.billing.audit.AuditScope;
import com.tatame.billing.catalog.CatalogVersions;
import com.tatame.billing.catalog.CatalogVersions.Publication;
import com.tatame.billing.configuration.InvalidConfiguration;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.server.BillingConfig.CatalogSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the catalog's file again and publishes it, unless something is wrong with it. One at a time. */
final class CatalogReload implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(CatalogReload.class);

  private final Supplier<CatalogSource> file;
  private final CatalogVersions catalogs;

  /**
   * Reads nothing yet.
   *
   * @param file reads it, or throws everything that is wrong with it
   */
  CatalogReload(Supplier<CatalogSource> file, CatalogVersions catalogs) {
    this.file = file;
    this.catalogs = catalogs;
  }

  @Override
  public synchronized void run() {
    // It is a person who sends the signal.
    AuditScope.within(AuditActor.CLI, Optional.empty(), () -> {
      reload();
      return true;
    });
  }

  private void reload() {
    try {
      CatalogSource source = file.get();
      Publication published = catalogs.publish(source.content());
      published.notes().forEach(note -> LOG.warn("{}: {}", source.file(), note));
      LOG.atInfo()
          .addKeyValue("version", published.version().orElseThrow())
          .addKeyValue("file", source.file())
          .log(
              published.changed()
                  ? "the catalog was reloaded and is in force on all nodes within seconds"
                  : "the catalog was reloaded and is the one in force already");
    } catch (InvalidConfiguration e) {
      e.problems().forEach(problem -> LOG.error("the catalog can't be reloaded: {}", problem));
      LOG.error("the catalog before stays in force");
    } catch (BillingException e) {
      LOG.error(
          "the catalog can't be published now, and the one before stays in force: {}",
          e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("the catalog can't be reloaded, and the one before stays in force", e);
    }
  }
}
