package com.tatame.billing;

import com.tatame.billing.account.BillingRoles;
import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.catalog.ItemPricing;
import com.tatame.billing.checkout.CheckoutUrls;
import com.tatame.billing.command.Pause;
import com.tatame.billing.drift.DriftPolicy;
import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.inbox.InboxListener;
import com.tatame.billing.inbox.RetryPolicy;
import com.tatame.billing.mail.MailListener;
import com.tatame.billing.mail.MailRenderer;
import com.tatame.billing.mail.MailService;
import com.tatame.billing.mail.MailSettings;
import com.tatame.billing.mail.MailTransport;
import com.tatame.billing.outbox.EndpointDelivery.EndpointTransport;
import com.tatame.billing.outbox.EventFormat;
import com.tatame.billing.outbox.EventSender;
import com.tatame.billing.secret.SecretsKeys;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.time.StoreClock;
import com.tatame.billing.trial.TrialKeys;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Collects the parts. Gateway, store, catalog and the origins to which payers return are required;
 * all else has a default.
 */
public final class BillingBuilder {
  private static final int DEFAULT_WORKERS = 2;
  private static final int DEFAULT_READS_PER_SECOND = 20;

  @Nullable
  PaymentGateway gateway;

  @Nullable
  BillingStore store;

  @Nullable
  Catalog catalog;

  InstantSource clock = InstantSource.system();

  @Nullable
  InstantSource wallClock;

  InstantSource nodeClock = InstantSource.system();
  RandomGenerator random = new SecureRandom();
  Pause pause = Pause.blocking();
  Optional<ItemPricing> itemPricing = Optional.empty();

  @Nullable
  Predicate<URI> checkoutUrls;

  RetryPolicy retries = RetryPolicy.DEFAULT;
  int workers = DEFAULT_WORKERS;
  int readsPerSecond = DEFAULT_READS_PER_SECOND;
  Duration keepEvents = Duration.ofDays(90);
  Duration catchUpEvery = Duration.ofMinutes(5);
  Duration rememberEntitlements = Duration.ofSeconds(1);
  Duration staleEntitlements = Duration.ofMinutes(10);
  boolean projectOnArrival = true;
  DriftPolicy drift = DriftPolicy.REPAIR;
  InboxListener listener = InboxListener.NONE;
  TrialKeys trialKeys = TrialKeys.NONE;
  BillingRoles billingRoles = BillingRoles.DEFAULT;
  Duration keepFeed = Duration.ofDays(90);
  Optional<Duration> keepConversations = Optional.empty();
  Optional<Duration> keepCheckIns = Optional.empty();
  Optional<EndpointTransport> endpoints = Optional.empty();
  Optional<MailService> mail = Optional.empty();

  BillingBuilder() {}

  public BillingBuilder gateway(PaymentGateway value) {
    gateway = value;
    return this;
  }

  /** The store stays the caller's to close. */
  public BillingBuilder store(BillingStore value) {
    store = value;
    return this;
  }

  public BillingBuilder catalog(Catalog value) {
    catalog = value;
    return this;
  }

  /** The billing clock, by which trials and grace periods run. Default: the system's. */
  public BillingBuilder clock(InstantSource value) {
    clock = value;
    return this;
  }

  /**
   * Wall time, for leases and retries, of a program that sets the time itself. Default: the store's,
   * as {@link StoreClock} knows it, which is the same on all nodes.
   */
  public BillingBuilder wallClock(InstantSource value) {
    wallClock = value;
    return this;
  }

  /**
   * The clock of this machine, which tells the time until the store has told it, and is compared with
   * the store's. Default: the system's.
   */
  public BillingBuilder nodeClock(InstantSource value) {
    nodeClock = value;
    return this;
  }

  /** Source of ids, jitter and the secrets of API keys. Default: a secure one. */
  public BillingBuilder random(RandomGenerator value) {
    random = value;
    return this;
  }

  /** How callers wait for each other. Default: by blocking. */
  public BillingBuilder pause(Pause value) {
    pause = value;
    return this;
  }

  /**
   * The origins of your own pages, to which payers may be sent back. There is no default: an address
   * that a caller may choose leads payers from the provider's page to a stranger's. None, for a
   * program that opens no checkouts.
   *
   * @param origins such as {@code https://app.example.com}, {@code http://localhost:3000} or {@code
   *     myapp://}; only those on this machine may be without TLS
   * @throws IllegalArgumentException saying which one can't be used, and why
   */
  public BillingBuilder checkoutOrigins(String... origins) {
    return checkoutUrls(CheckoutUrls.of(List.of(origins)));
  }

  /** Where a payer may be sent back to, by a rule of your own in place of {@link #checkoutOrigins}. */
  public BillingBuilder checkoutUrls(Predicate<URI> value) {
    checkoutUrls = value;
    return this;
  }

  /**
   * What accounts pay for items, in place of the terms of their plans; sales take no units then.
   * Default: the plans' terms.
   */
  public BillingBuilder itemPricing(ItemPricing value) {
    itemPricing = Optional.of(value);
    return this;
  }

  /** When failed events are tried again. */
  public BillingBuilder retries(RetryPolicy value) {
    retries = value;
    return this;
  }

  /** Threads that process events. 0 leaves it to {@link Billing#work}. Default: 2. */
  public BillingBuilder workers(int value) {
    if (value < 0) {
      throw new IllegalArgumentException("workers must not be negative");
    }
    workers = value;
    return this;
  }

  /**
   * How often the provider may be asked what is true: so many reads a second for each kind of
   * object. 0 for never, which leaves open what events alone can't tell. Default: 20.
   */
  public BillingBuilder readsPerSecond(int value) {
    if (value < 0) {
      throw new IllegalArgumentException("readsPerSecond must not be negative");
    }
    readsPerSecond = value;
    return this;
  }

  /**
   * How long the payloads of processed events are kept. An event's id is kept for ever. Default: 90
   * days.
   */
  public BillingBuilder keepEvents(Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException("keepEvents must not be negative");
    }
    keepEvents = value;
    return this;
  }

  /**
   * How often the provider's list of events is searched for some that did not arrive, by one of all
   * nodes. Default: every five minutes, and at once after a time without any node.
   */
  public BillingBuilder catchUpEvery(Duration value) {
    catchUpEvery = positive("catchUpEvery", value);
    return this;
  }

  /**
   * How long the entitlements of an account are cached, by wall time: as long as that, a
   * change that another node made may go unseen; what this one changes is seen at once. Zero asks the
   * store each time. Default: one second.
   */
  public BillingBuilder rememberEntitlements(Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException("rememberEntitlements must not be negative");
    }
    rememberEntitlements = value;
    return this;
  }

  /**
   * How old cached entitlements may be, by wall time, that questions are answered by while the store
   * is known to be down. Such answers are marked, and never go beyond an end that is known; nothing
   * can be used meanwhile. Zero answers no such question. Default: ten minutes.
   */
  public BillingBuilder staleEntitlements(Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException("staleEntitlements must not be negative");
    }
    staleEntitlements = value;
    return this;
  }

  /**
   * Whether events are applied in the commit that stores them, as far as they alone tell; workers do
   * the rest, and everything while more events come than can be applied as fast. Without it,
   * workers do everything, in larger batches. Default: true.
   */
  public BillingBuilder projectOnArrival(boolean value) {
    projectOnArrival = value;
    return this;
  }

  /**
   * What is done about rows that differ from what the provider holds. Default: they are listed and
   * repaired.
   */
  public BillingBuilder drift(DriftPolicy value) {
    drift = value;
    return this;
  }

  /**
   * The keys of the trial ledger, under which the evidence of trials is hashed. Default: none; then
   * only an account's own subscriptions show that it has had one.
   */
  public BillingBuilder trialKeys(TrialKeys value) {
    trialKeys = value;
    return this;
  }

  /**
   * The roles inside an organisation that change what it buys and see how it pays; other members use
   * what was bought. Use cases that are told who calls refuse others. Default: {@link
   * BillingRoles#DEFAULT}.
   */
  public BillingBuilder billingRoles(BillingRoles value) {
    billingRoles = value;
    return this;
  }

  /**
   * How long entries stay in the feed with the account's state, and can be sent again. Their facts
   * stay in the ledger for ever. Default: 90 days.
   */
  public BillingBuilder keepFeed(Duration value) {
    keepFeed = positive("keepFeed", value);
    return this;
  }

  /**
   * How entries are sent to addresses of others. Default: not at all; handlers of the program receive
   * them all the same.
   *
   * @param keys under which the addresses' secrets are sealed
   */
  public BillingBuilder eventEndpoints(EventSender sender, EventFormat format, SecretsKeys keys) {
    endpoints = Optional.of(new EndpointTransport(sender, format, keys));
    return this;
  }

  /**
   * How mails are sent to accounts. Default: not at all.
   *
   * @param transport closed with what is built
   * @param mailListener hears what became of mails, such as for metrics
   */
  public BillingBuilder mail(
      MailRenderer renderer,
      MailTransport transport,
      MailSettings mailSettings,
      MailListener mailListener) {
    mail = Optional.of(new MailService(renderer, transport, mailSettings, mailListener));
    return this;
  }

  /**
   * How long a conversation is kept after its last message. Default: for ever; those of visitors who
   * never signed in for 90 days.
   */
  public BillingBuilder keepConversations(Duration value) {
    keepConversations = Optional.of(positive("keepConversations", value));
    return this;
  }

  /** How long a check-in is kept after its day. Default: for ever. */
  public BillingBuilder keepCheckIns(Duration value) {
    keepCheckIns = Optional.of(positive("keepCheckIns", value));
    return this;
  }

  private static Duration positive(String name, Duration value) {
    if (value.isZero() || value.isNegative()) {
      throw new IllegalArgumentException(name + " must be positive");
    }
    return value;
  }

  /** Receives the outcome of events, for metrics, traces and error reports. Default: none. */
  public BillingBuilder listener(InboxListener value) {
    listener = value;
    return this;
  }

  /**
   * Puts it together; nothing runs before {@link Billing#start}.
   *
   * @throws NullPointerException naming the part that is missing, and what to call
   */
  public Billing build() {
    return new Billing(this);
  }
}
