package com.tatame.billing.mail;

import com.tatame.billing.catalog.CatalogInForce;
import com.tatame.billing.customer.CustomerLink;
import com.tatame.billing.failure.BillingException;
import com.tatame.billing.failure.ProviderUnavailable;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.invoice.InvoiceControl;
import com.tatame.billing.mail.MailTransport.Accepted;
import com.tatame.billing.mail.MailTransport.Deferred;
import com.tatame.billing.mail.MailTransport.Outcome;
import com.tatame.billing.mail.MailTransport.Refused;
import com.tatame.billing.outbox.DeliveryRetries;
import com.tatame.billing.time.Clocks;
import com.tatame.billing.workload.WorkContext;
import com.tatame.billing.workload.Workload;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Sends planned mails, one after the other. A mail is claimed by a lease, made ready, marked as being
 * sent, and only then handed to the service; so all that may be sent twice, or not at all, is what was
 * marked when the program died or the answer was lost. Such a mail is {@link MailStatus#UNKNOWN} until
 * the service is asked, or the configured policy decides. Thread-safe.
 */
public final class MailSender implements AutoCloseable {
  private static final Logger LOG = System.getLogger(MailSender.class.getName());
  private static final int BATCH = 10;
  private static final Duration LEASE = Duration.ofMinutes(5);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration LAST_MAIL = Duration.ofSeconds(10);

  /** So long a customer's address may take to become known. */
  private static final Duration UNTIL_ADDRESS_IS_KNOWN = Duration.ofMinutes(10);

  /** So long a service is asked for a mail that may have been sent. */
  private static final Duration UNTIL_LEFT = Duration.ofHours(24);

  private static final Duration FIRST_LOOK = Duration.ofMinutes(1);
  private static final int MAX_DETAIL = 300;

  private final MailStore store;
  private final MailService service;
  private final MailSubjects subjects;
  private final MailContradictions contradictions;
  private final MailDetails details;
  private final Clocks clocks;
  private final RandomGenerator random;
  private final DeliveryRetries retries;
  private final UnsubscribeTokens tokens;
  private final CountDownLatch closed = new CountDownLatch(1);
  private @Nullable Thread thread;

  /** Sends nothing before {@link #start} or {@link #sendDue}. */
  public MailSender(
      MailStore store,
      MailService service,
      MailSubjects subjects,
      InvoiceControl invoices,
      CatalogInForce catalog,
      Clocks clocks,
      RandomGenerator random) {
    this.store = store;
    this.service = service;
    this.subjects = subjects;
    this.contradictions = new MailContradictions(subjects, catalog);
    this.details = new MailDetails(subjects, catalog, invoices);
    this.clocks = clocks;
    this.random = random;
    this.retries = new DeliveryRetries(random);
    this.tokens = new UnsubscribeTokens(service.settings().unsubscribe(), random);
  }

  /** A mail that this program holds. */
  private record Claimed(String claim, StoredMail mail, Instant until) {
    PlannedMail planned() {
      return mail.planned();
    }

    // What takes longer than the lease would be sent by another program as well.
    boolean holdsAt(Instant now) {
      return now.isBefore(until.minus(LEASE.dividedBy(2)));
    }
  }

  /** Sends from now on, by a thread of its own. */
  public synchronized void start() {
    Thread own = new Thread(() -> WorkContext.run(Workload.WORKERS, this::run), "billing-mail");
    own.setDaemon(true);
    own.start();
    thread = own;
  }

  private void run() {
    try {
      while (!closed.await(sendDueOrLog() > 0 ? 0 : LOOK.toMillis(), TimeUnit.MILLISECONDS)) {}
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private int sendDueOrLog() {
    try {
      return sendDue();
    } catch (BillingException e) {
      LOG.log(Level.WARNING, "mails are sent later: {0}", e.getMessage());
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "sending failed; it goes on when its lease ends", e);
    }
    return 0;
  }

  /**
   * Sends what is due on the calling thread.
   *
   * @return how many mails it was about
   */
  public int sendDue() {
    String claim = HexFormat.of().toHexDigits(random.nextLong());
    Instant now = clocks.wallNow();
    List<StoredMail> due = store.claim(claim, BATCH, now, clocks.billingNow(), LEASE);
    for (StoredMail mail : due) {
      Claimed claimed = new Claimed(claim, mail, now.plus(LEASE));
      if (claimed.holdsAt(clocks.wallNow()) && closed.getCount() > 0) {
        end(claimed, settle(claimed));
      }
    }
    return due.size();
  }

  private void end(Claimed claimed, Optional<MailResult> result) {
    if (result.isPresent()
        && store.end(claimed.mail().id(), claimed.claim(), result.get(), clocks.wallNow())) {
      tell(claimed.planned().template(), result.get());
    }
  }

  private void tell(MailTemplate template, MailResult result) {
    Optional<SuppressionReason> suppressed = result instanceof MailResult.Suppressed left
        ? Optional.of(left.reason())
        : Optional.empty();
    MailStatus status = suppressed.isPresent()
        ? MailStatus.SUPPRESSED
        : result instanceof MailResult.Sent
            ? MailStatus.SENT
            : result instanceof MailResult.Refused
                ? MailStatus.REFUSED
                : result instanceof MailResult.Lost ? MailStatus.UNKNOWN : MailStatus.PLANNED;
    service.listener().ended(template, status, suppressed);
  }

  // Empty if another program has the mail.
  private Optional<MailResult> settle(Claimed claimed) {
    try {
      return claimed.mail().status() == MailStatus.UNKNOWN ? settleUnknown(claimed) : send(claimed);
    } catch (StoreUnavailable e) {
      throw e;
    } catch (BillingException e) {
      return Optional.of(postponed(claimed, e.code(), Optional.empty()));
    }
  }

  private Optional<MailResult> settleUnknown(Claimed claimed) {
    Instant now = clocks.wallNow();
    Instant sentAt = claimed.mail().progress().sentAt().orElse(now);
    if (!service.transport().canFind()) {
      return decide(claimed, claimed.mail().progress().detail().orElse(""));
    }
    Outcome found;
    try {
      found = service.transport().find(claimed.mail().id(), sentAt);
    } catch (RuntimeException e) {
      found = new MailTransport.Unknown(e.getClass().getName());
    }
    if (found instanceof Accepted accepted) {
      return Optional.of(new MailResult.Sent(accepted.messageId()));
    } else if (found instanceof Deferred) {
      return send(claimed);
    } else if (found instanceof Refused refused) {
      return Optional.of(
          new MailResult.Refused(shortened(refused.reason()), refused.undeliverable()));
    }
    Duration since = Duration.between(sentAt, now);
    String reason = ((MailTransport.Unknown) found).reason();
    return since.compareTo(UNTIL_LEFT) > 0
        ? decide(claimed, reason)
        : Optional.of(new MailResult.Lost(
            shortened(reason),
            Optional.of(now.plus(since.compareTo(FIRST_LOOK) < 0 ? FIRST_LOOK : since))));
  }

  private Optional<MailResult> decide(Claimed claimed, String reason) {
    boolean again = service.settings().unknown() == UnknownPolicy.RESEND
        && claimed.mail().progress().losses() <= 1;
    return again
        ? send(claimed)
        : Optional.of(new MailResult.Lost(shortened(reason), Optional.empty()));
  }

  private Optional<MailResult> send(Claimed claimed) {
    PlannedMail planned = claimed.planned();
    Optional<SuppressionReason> suppressed = suppressed(planned);
    if (suppressed.isPresent()) {
      return suppressed.map(MailResult.Suppressed::new);
    }
    Optional<CustomerLink> customer = subjects.customers().find(planned.account());
    Optional<String> address = customer.flatMap(CustomerLink::email);
    if (address.isEmpty()) {
      return Optional.of(withoutAddress(claimed));
    }
    if (store.suppression(address.get()).isPresent()) {
      return Optional.of(new MailResult.Suppressed(SuppressionReason.ADDRESS_SUPPRESSED));
    }
    RenderedMail rendered;
    try {
      rendered = service.renderer().render(mail(planned, customer, address.get()));
    } catch (ProviderUnavailable e) {
      return Optional.of(postponed(claimed, e.code(), Optional.empty()));
    } catch (IllegalStateException e) {
      LOG.log(Level.ERROR, "{0} can''t be rendered, see its entry", planned.id());
      return Optional.of(postponed(claimed, String.valueOf(e.getMessage()), Optional.empty()));
    }
    Instant now = clocks.wallNow();
    return claimed.holdsAt(now) && store.begin(planned.id(), claimed.claim(), address.get(), now)
        ? Optional.of(handedOver(claimed, rendered))
        : Optional.empty();
  }

  /** Why a mail is not sent. What a person sends is sent, whatever is known. */
  private Optional<SuppressionReason> suppressed(PlannedMail mail) {
    if (mail.manual()) {
      return Optional.empty();
    }
    if (!clocks.billingNow().isBefore(mail.expiresAt())) {
      return Optional.of(SuppressionReason.TOO_OLD);
    }
    if (contradictions.contradict(mail)) {
      return Optional.of(SuppressionReason.CONTRADICTED);
    }
    return store.preferences(mail.account()).admits(mail.template())
        ? Optional.empty()
        : Optional.of(SuppressionReason.UNSUBSCRIBED);
  }

  private MailResult withoutAddress(Claimed claimed) {
    Instant now = clocks.wallNow();
    return now.isBefore(claimed.planned().plannedAt().plus(UNTIL_ADDRESS_IS_KNOWN))
        ? postponed(claimed, "no address is known", Optional.empty())
        : new MailResult.Suppressed(SuppressionReason.NO_ADDRESS);
  }

  private Mail mail(PlannedMail planned, Optional<CustomerLink> customer, String address) {
    MailPreferences wanted = store.preferences(planned.account());
    Locale locale =
        wanted.locale().map(Locale::forLanguageTag).orElse(service.settings().locale());
    return new Mail(
        planned.id(),
        planned.template(),
        details.of(planned, customer),
        address,
        locale,
        wanted.timeZone().flatMap(MailSender::zone).orElse(service.settings().zone()),
        tokens.address(planned.account(), planned.template()));
  }

  // Zones are renamed now and then, and a mail is worth sending all the same.
  private static Optional<ZoneId> zone(String name) {
    try {
      return Optional.of(ZoneId.of(name));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private MailResult handedOver(Claimed claimed, RenderedMail rendered) {
    Outcome outcome;
    try {
      outcome = service.transport().send(rendered);
    } catch (RuntimeException e) {
      // It shouldn't throw, and may have sent it.
      outcome = new MailTransport.Unknown(e.getClass().getName());
    }
    if (outcome instanceof Accepted accepted) {
      return new MailResult.Sent(accepted.messageId());
    } else if (outcome instanceof Refused refused) {
      return new MailResult.Refused(shortened(refused.reason()), refused.undeliverable());
    } else if (outcome instanceof Deferred deferred) {
      return postponed(claimed, deferred.reason(), deferred.retryAfter());
    }
    return new MailResult.Lost(
        shortened(((MailTransport.Unknown) outcome).reason()),
        Optional.of(clocks.wallNow().plus(FIRST_LOOK)));
  }

  private MailResult postponed(Claimed claimed, String reason, Optional<Instant> notBefore) {
    int failures = claimed.mail().progress().failures() + 1;
    if (retries.exhausted(failures)) {
      return new MailResult.Refused(shortened(reason), false);
    }
    Instant next = clocks.wallNow().plus(retries.pause(failures));
    return new MailResult.Postponed(
        shortened(reason), notBefore.filter(next::isBefore).orElse(next));
  }

  private static String shortened(String reason) {
    return reason.length() > MAX_DETAIL ? reason.substring(0, MAX_DETAIL) : reason;
  }

  /** Ends the thread, after the mail that is being sent, and closes the transport. */
  @Override
  public void close() {
    closed.countDown();
    Thread own;
    synchronized (this) {
      own = thread;
    }
    try {
      if (own != null) {
        own.join(LAST_MAIL.toMillis());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    service.transport().close();
  }
}
