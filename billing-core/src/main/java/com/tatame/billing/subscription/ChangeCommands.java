package com.tatame.billing.subscription;

import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandHandler;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandLookup;
import com.tatame.billing.command.CommandParam;
import com.tatame.billing.command.CommandParams;
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
import java.util.Optional;

/** The frozen form of changes, and how they are sent. */
public final class ChangeCommands implements CommandHandler {
  private static final CommandParam<String> ITEM = CommandParam.text("item");
  private static final CommandParam<String> PRICE = CommandParam.text("price");
  private static final CommandParam<Long> QUANTITY = CommandParam.number("quantity");
  private static final CommandParam<ChangePolicy> POLICY =
      CommandParam.choice("policy", ChangePolicy.values(), ChangePolicy::code);
  private static final CommandParam<Instant> PRORATION_DATE = CommandParam.second("proration_date");
  private static final CommandParam<String> FROM_PRICE = CommandParam.text("from_price");
  private static final CommandParam<Long> FROM_QUANTITY = CommandParam.number("from_quantity");
  private static final CommandParam<String> QUOTE = CommandParam.text("quote");

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
    return params(change, from.customerId(), item.priceId(), item.quantity()).asMap();
  }

  static Map<String, String> params(Quote quote, Subscription subscription) {
    return params(
            quote.change(), subscription.customerId(), quote.fromPriceId(), quote.fromQuantity())
        .with(QUOTE, quote.id())
        .asMap();
  }

  private static CommandParams params(
      SubscriptionChange change, String customerId, String fromPriceId, long fromQuantity) {
    return CommandParams.ofCustomer(customerId)
        .with(ITEM, change.itemId())
        .with(PRICE, change.priceId())
        .with(QUANTITY, change.quantity())
        .with(POLICY, change.policy())
        .with(FROM_PRICE, fromPriceId)
        .with(FROM_QUANTITY, fromQuantity)
        .with(PRORATION_DATE, change.prorationDate());
  }

  private static SubscriptionChange change(Command command) {
    return new SubscriptionChange(
        command.target(),
        ITEM.get(command),
        PRICE.get(command),
        QUANTITY.get(command),
        POLICY.get(command),
        PRORATION_DATE.find(command));
  }

  static Optional<String> quoteOf(Command command) {
    return QUOTE.find(command);
  }

  @Override
  public Optional<SubjectId> subject(Command command) {
    return Optional.of(customer(command));
  }

  private static SubjectId customer(Command command) {
    return new SubjectId(CommandParam.CUSTOMER.get(command));
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
    Observation read =
        reads.read(new ObjectRef(ObjectKind.SUBSCRIPTION, command.target()), customer(command));
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
        ITEM.get(command),
        FROM_PRICE.get(command),
        FROM_QUANTITY.get(command),
        ChangePolicy.NONE,
        Optional.empty());
  }

  private static ProviderRejected superseded() {
    return Commands.superseded("The subscription is not what this change was decided on.");
  }
}
