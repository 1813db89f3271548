package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.mail.AddressSuppression;
import com.tatame.billing.mail.DeliveryReport;
import com.tatame.billing.mail.MailBacklog;
import com.tatame.billing.mail.MailFilter;
import com.tatame.billing.mail.MailPreferences;
import com.tatame.billing.mail.MailResult;
import com.tatame.billing.mail.MailStatus;
import com.tatame.billing.mail.MailStore;
import com.tatame.billing.mail.PlannedMail;
import com.tatame.billing.mail.StoredMail;
import com.tatame.billing.mail.StoredMail.Delivery;
import com.tatame.billing.mail.StoredMail.Progress;
import com.tatame.billing.mail.SuppressionReason;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Mails and what became of them. Thread-safe by the store's lock. */
final class InMemoryMails implements MailStore {
  private static final List<DeliveryReport.Kind> BY_STRENGTH = List.of(
      DeliveryReport.Kind.SOFT_BOUNCED,
      DeliveryReport.Kind.DELIVERED,
      DeliveryReport.Kind.HARD_BOUNCED,
      DeliveryReport.Kind.COMPLAINED);
  private static final Comparator<Entry> LAST_FIRST = Comparator.comparing(
          (Entry each) -> each.planned.plannedAt())
      .thenComparing(each -> each.planned.id())
      .reversed();
  private static final Comparator<AddressSuppression> LAST_SUPPRESSED_FIRST = Comparator.comparing(
          AddressSuppression::since)
      .thenComparing(AddressSuppression::id)
      .reversed();

  private final SharedLock lock;
  private final InMemoryAudit audited;
  private final Map<String, Entry> mails = new TreeMap<>();
  private final Map<String, AddressSuppression> suppressions = new TreeMap<>();
  private final Map<AccountId, MailPreferences> preferences = new HashMap<>();

  private static final class Entry {
    PlannedMail planned;
    MailStatus status = MailStatus.PLANNED;
    Optional<SuppressionReason> suppressed = Optional.empty();
    int attempts;
    int failures;
    int losses;
    Optional<Instant> sentAt = Optional.empty();
    Optional<String> messageId = Optional.empty();
    Optional<String> address = Optional.empty();
    Optional<String> detail = Optional.empty();
    Optional<Instant> nextAt;
    Optional<Delivery> delivery = Optional.empty();
    Optional<String> claim = Optional.empty();
    Instant leaseUntil = Instant.MIN;

    Entry(PlannedMail planned) {
      this.planned = planned;
      this.nextAt = Optional.of(planned.plannedAt());
    }

    boolean sameAs(PlannedMail other) {
      return planned.template() == other.template()
          && planned.cause().equals(other.cause())
          && planned.account().equals(other.account());
    }

    boolean waits(Instant billingNow) {
      return status == MailStatus.PLANNED && !planned.dueAt().isAfter(billingNow);
    }

    StoredMail stored() {
      return new StoredMail(
          planned,
          status,
          suppressed,
          new Progress(attempts, failures, losses, sentAt, messageId, address, detail, nextAt),
          delivery);
    }

    void release(MailStatus becomes, Optional<Instant> next) {
      status = becomes;
      nextAt = next;
      claim = Optional.empty();
      leaseUntil = Instant.MIN;
    }
  }

  InMemoryMails(SharedLock lock, InMemoryAudit audited) {
    this.lock = lock;
    this.audited = audited;
  }

  @Override
  public void plan(List<PlannedMail> planned) {
    lock.hold(() -> {
      planned.stream()
          .filter(mail -> mails.values().stream()
              .noneMatch(each -> each.sameAs(mail) && each.planned.copy() == mail.copy()))
          .toList()
          .forEach(mail -> mails.putIfAbsent(mail.id(), new Entry(mail)));
      return true;
    });
  }

  @Override
  public List<StoredMail> claim(
      String claim, int most, Instant now, Instant billingNow, Duration lease) {
    return lock.hold(() -> mails.values().stream()
        .filter(each -> each.nextAt.filter(next -> !next.isAfter(now)).isPresent())
        .filter(each -> !each.planned.dueAt().isAfter(billingNow))
        .filter(each -> !each.leaseUntil.isAfter(now))
        .sorted(Comparator.comparing((Entry each) -> each.planned.dueAt())
            .thenComparing(each -> each.planned.id()))
        .limit(most)
        .map(each -> {
          if (each.status == MailStatus.SENDING) {
            each.status = MailStatus.UNKNOWN;
            each.losses++;
            each.detail = Optional.of("the program ended while it was sent");
          }
          each.claim = Optional.of(claim);
          each.leaseUntil = now.plus(lease);
          return each.stored();
        })
        .toList());
  }

  private Optional<Entry> held(String id, String claim) {
    return Optional.ofNullable(mails.get(id))
        .filter(each -> each.claim.filter(claim::equals).isPresent());
  }

  @Override
  public boolean begin(String id, String claim, String address, Instant now) {
    return lock.hold(() -> {
      Optional<Entry> held = held(id, claim)
          .filter(each -> each.leaseUntil.isAfter(now) && each.status != MailStatus.SENDING);
      held.ifPresent(mail -> {
        mail.status = MailStatus.SENDING;
        mail.attempts++;
        mail.sentAt = Optional.of(now);
        mail.address = Optional.of(address);
      });
      return held.isPresent();
    });
  }

  @Override
  public boolean end(String id, String claim, MailResult result, Instant now) {
    return lock.hold(() -> {
      Optional<Entry> held = held(id, claim);
      held.ifPresent(mail -> end(mail, result, now));
      return held.isPresent();
    });
  }

  private void end(Entry mail, MailResult result, Instant now) {
    if (result instanceof MailResult.Sent sent) {
      mail.messageId = sent.messageId().or(() -> mail.messageId);
      mail.detail = Optional.empty();
      mail.release(MailStatus.SENT, Optional.empty());
    } else if (result instanceof MailResult.Refused refused) {
      mail.detail = Optional.of(refused.detail());
      mail.release(MailStatus.REFUSED, Optional.empty());
      if (refused.undeliverable()) {
        suppress(mail, AddressSuppression.Reason.REFUSED, mail.detail, now);
      }
    } else if (result instanceof MailResult.Postponed postponed) {
      mail.detail = Optional.of(postponed.detail());
      mail.failures++;
      mail.release(MailStatus.PLANNED, Optional.of(postponed.nextAt()));
    } else if (result instanceof MailResult.Lost lost) {
      mail.detail = Optional.of(lost.detail());
      mail.losses += mail.status == MailStatus.SENDING ? 1 : 0;
      mail.release(MailStatus.UNKNOWN, lost.nextAt());
    } else if (result instanceof MailResult.Suppressed left) {
      mail.suppressed = Optional.of(left.reason());
      mail.detail = Optional.empty();
      mail.release(MailStatus.SUPPRESSED, Optional.empty());
    }
  }

  private void suppress(
      Entry mail, AddressSuppression.Reason reason, Optional<String> detail, Instant now) {
    mail.address.map(AddressSuppression::normalized).ifPresent(address -> {
      AddressSuppression fresh =
          new AddressSuppression(mail.planned.id(), address, reason, detail, now);
      suppressions.merge(
          address,
          fresh,
          (before, after) -> before.reason().compareTo(after.reason()) >= 0
              ? before
              : new AddressSuppression(
                  before.id(), address, after.reason(), after.detail(), before.since()));
    });
  }

  @Override
  public int report(List<DeliveryReport> reports) {
    return lock.hold(() -> (int) reports.stream().filter(this::apply).count());
  }

  private boolean apply(DeliveryReport report) {
    Optional<Entry> found = report
        .mailId()
        .flatMap(id -> Optional.ofNullable(mails.get(id)))
        .or(() -> report
            .messageId()
            .flatMap(message -> mails.values().stream()
                .filter(each -> each.messageId.filter(message::equals).isPresent())
                .findFirst()))
        .filter(each -> each.attempts > 0);
    if (found.isEmpty()) {
      return false;
    }
    Entry mail = found.get();
    if (mail.status == MailStatus.PLANNED
        || mail.status == MailStatus.SENDING
        || mail.status == MailStatus.UNKNOWN) {
      mail.messageId = mail.messageId.or(report::messageId);
      mail.release(MailStatus.SENT, Optional.empty());
    }
    boolean stronger = mail.delivery
        .map(before -> strength(before.kind()) < strength(report.kind()))
        .orElse(true);
    if (!stronger) {
      return false;
    }
    mail.delivery = Optional.of(new Delivery(report.kind(), report.at(), report.detail()));
    if (report.kind() == DeliveryReport.Kind.HARD_BOUNCED) {
      suppress(mail, AddressSuppression.Reason.HARD_BOUNCE, report.detail(), report.at());
    } else if (report.kind() == DeliveryReport.Kind.COMPLAINED) {
      suppress(mail, AddressSuppression.Reason.COMPLAINT, report.detail(), report.at());
    }
    return true;
  }

  private static int strength(DeliveryReport.Kind kind) {
    return BY_STRENGTH.indexOf(kind);
  }

  @Override
  public List<StoredMail> list(MailFilter filter, Optional<String> after, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      Optional<Entry> last = after.map(mails::get);
      return after.isPresent() && last.isEmpty()
          ? List.of()
          : mails.values().stream()
              .filter(each -> last.map(end -> LAST_FIRST.compare(each, end) > 0).orElse(true))
              .filter(each -> asked(filter, each))
              .sorted(LAST_FIRST)
              .limit(limit)
              .map(Entry::stored)
              .toList();
    });
  }

  private static boolean asked(MailFilter filter, Entry mail) {
    return filter.account().map(mail.planned.account()::equals).orElse(true)
        && filter.template().map(mail.planned.template()::equals).orElse(true)
        && filter.status().map(mail.status::equals).orElse(true)
        && filter.cause().map(mail.planned.cause()::equals).orElse(true);
  }

  @Override
  public Optional<StoredMail> find(String id) {
    return lock.hold(() -> Optional.ofNullable(mails.get(id)).map(Entry::stored));
  }

  @Override
  public Optional<StoredMail> copy(
      String original,
      String id,
      String reason,
      Instant now,
      Instant billingNow,
      AuditEntry audit) {
    return audited.changing(audit, () -> mails.containsKey(id), () -> {
      Optional.ofNullable(mails.get(original))
          .map(found -> found.planned)
          .ifPresent(mail -> mails.putIfAbsent(
              id,
              new Entry(new PlannedMail(
                  id,
                  mail.template(),
                  mail.cause(),
                  mail.account(),
                  mail.objectId(),
                  mail.eventId(),
                  mail.content(),
                  now,
                  billingNow,
                  mail.expiresAt(),
                  1 + copies(mail),
                  Optional.of(reason)))));
      return Optional.ofNullable(mails.get(id)).map(Entry::stored);
    });
  }

  private int copies(PlannedMail mail) {
    return mails.values().stream()
        .filter(each -> each.sameAs(mail))
        .mapToInt(each -> each.planned.copy())
        .max()
        .orElse(0);
  }

  @Override
  public MailBacklog backlog(Instant now, Instant billingNow) {
    return lock.hold(() -> new MailBacklog(
        waiting(billingNow).count(),
        waiting(billingNow)
            .filter(each -> each.nextAt.filter(next -> !next.isAfter(now)).isPresent())
            .count(),
        waiting(billingNow).map(each -> each.planned.plannedAt()).min(Comparator.naturalOrder()),
        mails.values().stream()
            .filter(each -> each.status == MailStatus.UNKNOWN)
            .count()));
  }

  private Stream<Entry> waiting(Instant billingNow) {
    return mails.values().stream().filter(each -> each.waits(billingNow));
  }

  @Override
  public int prune(Instant before, int limit) {
    return lock.hold(() -> {
      List<Entry> old = mails.values().stream()
          .filter(each -> each.planned.plannedAt().isBefore(before) && each.nextAt.isEmpty())
          .filter(each -> each.address.isPresent() || each.planned.reason().isPresent())
          .limit(limit)
          .toList();
      old.forEach(each -> {
        each.address = Optional.empty();
        each.planned = withoutReason(each.planned);
      });
      return old.size();
    });
  }

  private static PlannedMail withoutReason(PlannedMail mail) {
    return new PlannedMail(
        mail.id(),
        mail.template(),
        mail.cause(),
        mail.account(),
        mail.objectId(),
        mail.eventId(),
        mail.content(),
        mail.plannedAt(),
        mail.dueAt(),
        mail.expiresAt(),
        mail.copy(),
        Optional.empty());
  }

  @Override
  public Optional<AddressSuppression> suppression(String address) {
    return lock.hold(
        () -> Optional.ofNullable(suppressions.get(AddressSuppression.normalized(address))));
  }

  private Optional<AddressSuppression> suppressed(String id) {
    return suppressions.values().stream().filter(each -> each.id().equals(id)).findFirst();
  }

  @Override
  public List<AddressSuppression> suppressions(Optional<String> after, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      Optional<AddressSuppression> last = after.flatMap(this::suppressed);
      return after.isPresent() && last.isEmpty()
          ? List.of()
          : suppressions.values().stream()
              .filter(each ->
                  last.map(end -> LAST_SUPPRESSED_FIRST.compare(each, end) > 0).orElse(true))
              .sorted(LAST_SUPPRESSED_FIRST)
              .limit(limit)
              .toList();
    });
  }

  @Override
  public boolean lift(String id, AuditEntry audit) {
    return audited.entering(
        audit,
        lifted -> lifted,
        () -> suppressions.values().removeIf(each -> each.id().equals(id)));
  }

  @Override
  public MailPreferences preferences(AccountId account) {
    return lock.hold(() -> preferences.getOrDefault(account, MailPreferences.NONE));
  }

  @Override
  public void put(AccountId account, MailPreferences wanted, AuditEntry audit) {
    audited.changing(
        audit,
        () -> preferences(account),
        () -> Optional.ofNullable(preferences.put(account, wanted)));
  }
}
