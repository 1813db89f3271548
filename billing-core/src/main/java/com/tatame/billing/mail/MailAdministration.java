package com.tatame.billing.mail;

import com.tatame.billing.audit.AuditAction;
import com.tatame.billing.audit.AuditChange;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.command.RequestScope;
import com.tatame.billing.failure.NotFound;
import com.tatame.billing.failure.ValidationFailed;
import com.tatame.billing.time.Clocks;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Use cases: what became of mails, and what operators and services do about it. */
public final class MailAdministration {
  private static final int MAX_REASON = 200;

  /** An idempotency key that comes again after that is a new request. */
  private static final Duration REQUEST_LIFETIME = Duration.ofHours(23);

  private final MailStore store;
  private final Clocks clocks;
  private final RandomGenerator random;

  public MailAdministration(MailStore store, Clocks clocks, RandomGenerator random) {
    this.store = store;
    this.clocks = clocks;
    this.random = random;
  }

  /** One page, as {@link MailStore#list}. */
  public List<StoredMail> list(MailFilter filter, Optional<String> after, int limit) {
    return store.list(filter, after, limit);
  }

  /**
   * One mail.
   *
   * @throws NotFound if there is none of this id
   */
  public StoredMail get(String id) {
    return store.find(id).orElseThrow(() -> new NotFound("e-mail", id));
  }

  /**
   * Sends a copy of a mail, whatever became of it, how old it is, and what is known by now. Only an
   * address that is suppressed is not written to.
   *
   * @param reason in a person's words
   * @return the copy, which is sent in a moment
   * @throws NotFound if there is no such mail
   * @throws ValidationFailed if the reason is missing or too long
   */
  public StoredMail resend(String id, String reason) {
    if (reason.isBlank() || reason.length() > MAX_REASON) {
      throw ValidationFailed.of("reason", "must have 1 to " + MAX_REASON + " characters");
    }
    StoredMail original = get(id);
    Instant now = clocks.wallNow();
    String copy = newId(id, now);
    return store
        .copy(
            id,
            copy,
            reason.strip(),
            now,
            clocks.billingNow(),
            AuditEntry.of(
                now,
                AuditAction.RESEND_MAIL.code(),
                Optional.of(original.planned().account()),
                copy,
                AuditChange.created(
                    Map.of("mail", id, "template", original.planned().template().code()))))
        .orElseThrow(() -> new NotFound("e-mail", id));
  }

  // A request that is sent again after a crash makes no second copy.
  private String newId(String original, Instant now) {
    return RequestScope.current()
        .map(request -> {
          for (int attempt = 0; ; attempt++) {
            String id = MailPlanner.hashed(original + "\n" + request.value() + "\n" + attempt);
            boolean free = store
                .find(id)
                .filter(earlier ->
                    !earlier.planned().plannedAt().plus(REQUEST_LIFETIME).isAfter(now))
                .isEmpty();
            if (free) {
              return id;
            }
          }
        })
        .orElseGet(() ->
            MailPlanner.hashed(original + "\n" + HexFormat.of().toHexDigits(random.nextLong())));
  }

  /** Applies what a service reports, as {@link MailStore#report}. */
  public int report(List<DeliveryReport> reports) {
    return reports.isEmpty() ? 0 : store.report(reports);
  }

  /** One page of the addresses that are not written to, as {@link MailStore#suppressions}. */
  public List<AddressSuppression> suppressions(Optional<String> after, int limit) {
    return store.suppressions(after, limit);
  }

  /** Lets an address be written to again. A second time it changes nothing. */
  public void lift(String id) {
    store.lift(
        id,
        AuditEntry.of(
            clocks.wallNow(),
            AuditAction.LIFT_MAIL_SUPPRESSION.code(),
            store.find(id).map(mail -> mail.planned().account()),
            id,
            AuditChange.changed(Map.of("suppressed", "true"), Map.of("suppressed", "false"))));
  }

  /** How sending is doing. */
  public MailBacklog backlog() {
    return store.backlog(clocks.wallNow(), clocks.billingNow());
  }
}
