package com.tatame.billing.subscription;

import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandLookup;
import com.tatame.billing.command.CommandSearch;
import com.tatame.billing.command.Commands;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.subscription.Quote.Figures;
import com.tatame.billing.subscription.QuoteStore.Taking;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** The frozen form of changes, and how they are sent. */
public final class ChangeCommands implements CommandHandler {
  private static final String CUSTOMER = "customer";
  private static final String ITEM = "item";
  private static final String PRICE = "price";
  private static final String QUANTITY = "quantity";
  private static final String POLICY = "policy";
  private static final String PRORATION_DATE = "proration_date";
  private static final String FROM_PRICE = "from_price";
  private static final String FROM_QUANTITY = "from_quantity";
  private static final String QUOTE = "quote";

  private final SubscriptionControl provider;
  private final ObjectReads reads;
  private final QuoteStore quotes;
  private final CommandSearch search;

  private ChangeCommands(
      SubscriptionControl provider, ObjectReads reads, QuoteStore quotes, CommandSearch search) {
    this.provider = provider;
    this.reads = reads;
    this.quotes = quotes;
    this.search = search;
  }

  /** How changes are sent, at once and for the period's end, and found. */
  public static Map<CommandKind, CommandHandler> handlers(
      SubscriptionControl provider, ObjectReads reads, QuoteStore quotes, CommandSearch search) {
    ChangeCommands changes = new ChangeCommands(provider, reads, quotes, search);
    return Map.of(CommandKind.CHANGE_SUBSCRIPTION, changes, CommandKind.SCHEDULE_CHANGE, changes);
  }

  static CommandKind kind(SubscriptionChange change) {
    return change.policy() == ChangePolicy.AT_RENEWAL
        ? CommandKind.SCHEDULE_CHANGE
        : CommandKind.CHANGE_SUBSCRIPTION;
  }

  static Map<String, String> params(SubscriptionChange change, Subscription from) {
    Subscription.Item item = from.mainItem();
    return params(change, from.customerId(), item.priceId(), item.quantity());
  }

  static Map<String, String> params(Quote quote, Subscription subscription) {
    Map<String, String> params = params(
        quote.change(), subscription.customerId(), quote.fromPriceId(), quote.fromQuantity());
    params.put(QUOTE, quote.id());
    return params;
  }

  private static Map<String, String> params(
      SubscriptionChange change, String customerId, String fromPriceId, long fromQuantity) {
    Map<String, String> params = new TreeMap<>();
    params.put(CUSTOMER, customerId);
    params.put(ITEM, change.itemId());
    params.put(PRICE, change.priceId());
    params.put(QUANTITY, Long.toString(change.quantity()));
    params.put(POLICY, change.policy().code());
    params.put(FROM_PRICE, fromPriceId);
    params.put(FROM_QUANTITY, Long.toString(fromQuantity));
    change
        .prorationDate()
        .ifPresent(date -> params.put(PRORATION_DATE, Long.toString(date.getEpochSecond())));
    return params;
  }

  private static SubscriptionChange change(Command command) {
    return new SubscriptionChange(
        command.target(),
        required(command, ITEM),
        required(command, PRICE),
        Long.parseLong(required(command, QUANTITY)),
        ChangePolicy.of(required(command, POLICY)).orElseThrow(),
        Optional.ofNullable(command.params().get(PRORATION_DATE))
            .map(Long::valueOf)
            .map(Instant::ofEpochSecond));
  }

  private static String required(Command command, String name) {
    return Objects.requireNonNull(
        command.params().get(name), () -> "a stored change lacks " + name);
  }

  static Optional<String> quoteOf(Command command) {
    return Optional.ofNullable(command.params().get(QUOTE));
  }

  @Override
  public Optional<SubjectId> subject(Command command) {
    return Optional.of(new SubjectId(required(command, CUSTOMER)));
  }

  /**
   * Sends a change if the subscription is still what it was decided on, and a quoted one if the
   * provider still comes to the quoted figures. What the subscription sells already was made by an
   * earlier sending, or unquoted by another program: the provider then repeats its answer, or does
   * nothing.
   */
  @Override
  public Observation send(Command command) {
    SubscriptionChange change = change(command);
    Optional<String> quote = quoteOf(command);
    Optional<Taking> taking = quote.map(id -> quotes.take(id, command.id()));
    if (taking.filter(Taking.REFUSED::equals).isPresent()) {
      throw superseded();
    }
    Subscription present = present(command);
    boolean later = change.policy() == ChangePolicy.AT_RENEWAL;
    boolean made = !later && change.holds(present) && !origin(command).equals(bare(change));
    // What a quote promised is charged by its own command or not at all.
    if (made && taking.filter(Taking.FIRST::equals).isPresent()) {
      throw superseded();
    }
    if (!made) {
      if (!origin(command).holds(present)) {
        throw superseded();
      }
      quote.ifPresent(id -> requireAsQuoted(command, id, change, present));
    }
    return later
        ? provider.changeAtRenewal(change, command.idempotencyKey())
        : provider.change(change, command.idempotencyKey());
  }

  /** What is scheduled is stated as a whole, so stating it again does no harm. */
  @Override
  public CommandLookup find(Command command) {
    if (command.kind() == CommandKind.SCHEDULE_CHANGE) {
      return new CommandLookup.Absent();
    }
    Observation present = search.read(command, subject(command));
    boolean done = present
        .state()
        .map(Subscription.class::cast)
        .filter(change(command)::holds)
        .isPresent();
    return search.changed(command, present, done);
  }

  private void requireAsQuoted(
      Command command, String quoteId, SubscriptionChange change, Subscription present) {
    Figures promised = quotes
        .find(command.account(), quoteId)
        .map(Quote::figures)
        .orElseThrow(ChangeCommands::superseded);
    Figures figures;
    try {
      figures = ChangePreviewCalculator.of(
          change, present.mainItem().currency(), present.currentPeriodEnd(), provider::preview);
    } catch (ProviderRejected e) {
      throw superseded();
    }
    if (!figures.equalsToTheCent(promised)) {
      throw superseded();
    }
  }

  private Subscription present(Command command) {
    Observation read = reads.read(
        new ObjectRef(ObjectKind.SUBSCRIPTION, command.target()),
        new SubjectId(required(command, CUSTOMER)));
    return read.state()
        .map(Subscription.class::cast)
        .filter(subscription -> !subscription.terminal())
        .orElseThrow(ChangeCommands::superseded);
  }

  private static SubscriptionChange bare(SubscriptionChange change) {
    return new SubscriptionChange(
        change.subscriptionId(),
        change.itemId(),
        change.priceId(),
        change.quantity(),
        ChangePolicy.NONE,
        Optional.empty());
  }

  private static SubscriptionChange origin(Command command) {
    return new SubscriptionChange(
        command.target(),
        required(command, ITEM),
        required(command, FROM_PRICE),
        Long.parseLong(required(command, FROM_QUANTITY)),
        ChangePolicy.NONE,
        Optional.empty());
  }

  private static ProviderRejected superseded() {
    return Commands.superseded("The subscription is not what this change was decided on.");
  }
}
