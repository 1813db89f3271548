package com.tatame.billing.schema;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.subscription.Quote;
import com.tatame.billing.subscription.QuoteStore;
import java.time.Instant;
import java.util.Optional;

/** Quotes behind their functions. */
final class QuoteFunctions implements QuoteStore {
  private final Functions functions;

  QuoteFunctions(Functions functions) {
    this.functions = functions;
  }

  @Override
  public void keep(Quote quote) {
    functions.call(
        "keep_quote_v1",
        Row.empty()
            .with("id", quote.id())
            .with("account_id", quote.account())
            .with("stripe_subscription_id", quote.change().subscriptionId())
            .with("state", quote)
            .with("created_at", quote.createdAt())
            .with("expires_at", quote.expiresAt()));
  }

  @Override
  public Optional<Quote> find(AccountId account, String quoteId) {
    return functions
        .row("find_quote_v1", Row.empty().with("account_id", account).with("id", quoteId))
        .map(state -> RecordRows.read(Quote.class, state));
  }

  @Override
  public Taking take(String quoteId, CommandId command) {
    Row asked = Row.empty().with("id", quoteId).with("command_id", command.value());
    return new Row(functions.call("take_quote_v1", asked)).constant("taking", Taking.class);
  }

  @Override
  public int prune(Instant before) {
    return functions.call("prune_quotes_v1", Row.empty().with("before", before)).intValue();
  }
}
