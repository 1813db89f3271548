package com.tatame.billing.testkit.eventorder;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.invoice.InvoiceStatus;
import com.tatame.billing.ledger.Cause;
import com.tatame.billing.mail.MailFilter;
import com.tatame.billing.mail.MailPlanner;
import com.tatame.billing.mail.MailRenderer;
import com.tatame.billing.mail.MailStatus;
import com.tatame.billing.mail.MailTemplate;
import com.tatame.billing.mail.MailTransport;
import com.tatame.billing.mail.PlannedMail;
import com.tatame.billing.mail.RenderedMail;
import com.tatame.billing.mail.StoredMail;
import com.tatame.billing.observation.Fact;
import com.tatame.billing.outbox.PublishedEvent;
import com.tatame.billing.outbox.SubscriberStatus;
import com.tatame.billing.payment.PaymentIntent;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.subscription.Subscription;
import com.tatame.billing.subscription.SubscriptionStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A mail service of all nodes that can't be asked, loses answers and is busy now and then, and where
 * programs die. Each mail must be handed over once at most and not contradict what is known then; in the
 * end each account has one mail of a kind about a thing, and none is missing.
 */
final class MailsCheck implements MailTransport {
  /** Of these an account gets one about each object, whatever happens to it. */
  private static final Set<MailTemplate> ONE_FOR_EACH_OBJECT = Set.of(
      MailTemplate.WELCOME,
      MailTemplate.SUBSCRIPTION_STARTED,
      MailTemplate.RECEIPT,
      MailTemplate.PAYMENT_FAILED,
      MailTemplate.PAYMENT_ACTION_REQUIRED);

  private static final int FAILS_ONE_IN = 8;
  private static final int PAGE = 100;

  private final ProofWorld world;
  private final BillingStore store;
  private final Consumer<Map<MailTemplate, Integer>> sent;
  private final Map<String, Integer> handedOver = new HashMap<>();
  private final List<String> complaints = new ArrayList<>();

  /**
   * Begins without a mail.
   *
   * @param sent is told by {@link #count} how many mails of each template were handed over
   */
  MailsCheck(ProofWorld world, BillingStore store, Consumer<Map<MailTemplate, Integer>> sent) {
    this.world = world;
    this.store = store;
    this.sent = sent;
  }

  MailRenderer renderer() {
    return mail -> {
      String code = mail.template().code();
      return new RenderedMail(
          mail.id(), mail.template(), mail.to(), code, code, code, mail.unsubscribe());
    };
  }

  @Override
  public String name() {
    return "proof";
  }

  @Override
  public Outcome send(RenderedMail mail) {
    dieNowAndThen("before a mail is handed over");
    if (fails()) {
      return new Deferred("busy", Optional.empty());
    }
    world.trace("mail " + mail.template().code() + " " + mail.id());
    handedOver.merge(mail.id(), 1, Integer::sum);
    store
        .mails()
        .find(mail.id())
        .map(StoredMail::planned)
        .flatMap(this::contradiction)
        .ifPresent(complaints::add);
    dieNowAndThen("after a mail was handed over");
    return fails() ? new Unknown("no answer") : new Accepted(Optional.empty());
  }

  private void dieNowAndThen(String where) {
    if (world.diesHere()) {
      throw new FaultInjector.Death(where);
    }
  }

  private boolean fails() {
    return world.hostile() && world.random().nextInt(FAILS_ONE_IN) == 0;
  }

  private Optional<String> contradiction(PlannedMail mail) {
    Optional<String> known = switch (mail.template()) {
      case RECEIPT ->
        invoice(mail).filter(status -> status != InvoiceStatus.PAID).map(Enum::name);
      case PAYMENT_FAILED ->
        invoice(mail)
            .filter(status -> status == InvoiceStatus.PAID || status == InvoiceStatus.VOID)
            .map(Enum::name);
      case SUBSCRIPTION_STARTED ->
        subscription(mail)
            .filter(Subscription::terminal)
            .map(ended -> ended.status().code());
      case SUBSCRIPTION_CANCELED ->
        subscription(mail)
            .filter(Subscription::terminal)
            .map(ended -> ended.status().code());
      case SUBSCRIPTION_ENDED ->
        subscription(mail)
            .filter(now -> !now.terminal())
            .map(now -> now.status().code());
      case TRIAL_ENDING ->
        subscription(mail)
            .filter(now -> now.status() != SubscriptionStatus.TRIALING)
            .map(now -> now.status().code());
      case PAYMENT_ACTION_REQUIRED ->
        store
            .paymentIntents()
            .ofCustomer(mail.account(), mail.objectId())
            .filter(payment -> payment.status() != PaymentIntent.Status.REQUIRES_ACTION)
            .map(payment -> payment.status().code());
      default -> Optional.empty();
    };
    return known.map(status ->
        mail.template().code() + " of " + mail.objectId() + " was sent, which is " + status);
  }

  private Optional<InvoiceStatus> invoice(PlannedMail mail) {
    return store.invoices().find(mail.account(), mail.objectId()).map(found -> found.status());
  }

  private Optional<Subscription> subscription(PlannedMail mail) {
    return store.subscriptions().find(mail.account(), mail.objectId());
  }

  @Override
  public boolean canFind() {
    return false;
  }

  @Override
  public Outcome find(String id, Instant sentAt) {
    throw new UnsupportedOperationException("can't be asked");
  }

  /** One node less; the service goes on. */
  @Override
  public void close() {}

  /** Whether all is planned, and all that is due is settled, but for what is in a pause. */
  boolean idle(Instant billingNow) {
    return store.mails().backlog(world.wallClock().instant(), billingNow).ready() == 0
        && store.subscribers().list().stream()
            .filter(subscriber -> subscriber.name().equals(MailPlanner.SUBSCRIBER))
            .mapToLong(SubscriberStatus::waiting)
            .allMatch(waiting -> waiting == 0);
  }

  /** Says how many mails of each template were handed over. */
  void count() {
    Map<MailTemplate, Integer> counts = new EnumMap<>(MailTemplate.class);
    handedOver
        .keySet()
        .forEach(id -> store
            .mails()
            .find(id)
            .ifPresent(mail -> counts.merge(mail.planned().template(), 1, Integer::sum)));
    sent.accept(counts);
  }

  /**
   * What is wrong, once all is quiet.
   *
   * @param streams the entries of each account
   */
  List<String> complaints(Map<AccountId, List<PublishedEvent>> streams) {
    List<String> all = new ArrayList<>(complaints);
    handedOver.forEach((id, times) -> {
      if (times > 1) {
        all.add("mail " + id + " was handed over " + times + " times");
      }
    });
    Set<String> subjects = new HashSet<>();
    for (StoredMail mail : mails()) {
      PlannedMail planned = mail.planned();
      boolean given = handedOver.containsKey(mail.id());
      boolean ended = given
          ? mail.status() == MailStatus.SENT || mail.status() == MailStatus.UNKNOWN
          : mail.status() != MailStatus.SENT;
      if (!ended) {
        all.add(planned + " is " + mail.status() + ", and was handed over: " + given);
      }
      if (!subjects.add(subject(planned.account(), planned.template(), planned.objectId()))
          && ONE_FOR_EACH_OBJECT.contains(planned.template())) {
        all.add(planned + " is a second mail about " + planned.objectId());
      }
    }
    streams.forEach((account, entries) -> entries.stream()
        .filter(entry -> !entry.late() && isNews(entry))
        .forEach(entry -> required(entry)
            .filter(subject -> !subjects.contains(subject))
            .ifPresent(subject -> all.add("no mail is planned: " + subject))));
    return all;
  }

  private List<StoredMail> mails() {
    List<StoredMail> all = new ArrayList<>();
    List<StoredMail> page = store.mails().list(MailFilter.ALL, Optional.empty(), PAGE);
    while (!page.isEmpty()) {
      all.addAll(page);
      page =
          store.mails().list(MailFilter.ALL, Optional.of(all.get(all.size() - 1).id()), PAGE);
    }
    return all;
  }

  private static boolean isNews(PublishedEvent entry) {
    Cause.Source source = entry.event().cause().source();
    return source != Cause.Source.IMPORT && source != Cause.Source.RECONCILIATION;
  }

  private static Optional<String> required(PublishedEvent entry) {
    Fact fact = entry.event().fact();
    return switch (fact.type()) {
      case "account.created" ->
        Optional.of(
            subject(entry.account(), MailTemplate.WELCOME, entry.account().value()));
      case "invoice.paid" ->
        fact.amount()
            .filter(paid -> paid.amount() > 0)
            .map(paid -> subject(
                entry.account(),
                MailTemplate.RECEIPT,
                fact.key().substring(0, fact.key().indexOf(':'))));
      case "invoice.payment_failed" ->
        Optional.ofNullable(fact.details().get("invoice"))
            .map(invoice -> subject(entry.account(), MailTemplate.PAYMENT_FAILED, invoice));
      default -> Optional.empty();
    };
  }

  private static String subject(AccountId account, MailTemplate template, String objectId) {
    return template.code() + " of " + objectId + " for " + account.value();
  }
}
