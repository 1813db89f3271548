package com.tatame.billing.schema;

import com.tatame.billing.catalog.ProductStore;
import com.tatame.billing.checkout.CheckoutStore;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.customer.CustomerStore;
import com.tatame.billing.entitlement.EntitlementStore;
import com.tatame.billing.idempotency.IdempotencyStore;
import com.tatame.billing.inbox.InboxStore;
import com.tatame.billing.projection.ProjectionStore;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.subscription.SubscriptionStore;

/**
 * The billing store on the schema's functions: one call of a port is one call of a function, so
 * every transport gives the same semantics. Only a commit that the database refuses is repeated, unit
 * by unit.
 */
public final class FunctionBackedStore implements BillingStore {
  private final Functions functions;
  private final AccountFunctions accounts;

  /** A store that owns its transport: closing the one closes the other. */
  public FunctionBackedStore(SqlFunctions transport) {
    this.functions = new Functions(transport);
    this.accounts = new AccountFunctions(functions);
  }

  @Override
  public InboxStore inbox() {
    return new InboxFunctions(functions);
  }

  @Override
  public ProjectionStore projections() {
    return new ProjectionFunctions(functions);
  }

  @Override
  public CommandJournal commands() {
    return new CommandFunctions(functions);
  }

  @Override
  public CustomerStore customers() {
    return accounts.customers();
  }

  @Override
  public SubscriptionStore subscriptions() {
    return accounts.subscriptions();
  }

  @Override
  public CheckoutStore checkouts() {
    return accounts.checkouts();
  }

  @Override
  public ProductStore products() {
    return new CatalogFunctions(functions);
  }

  @Override
  public EntitlementStore entitlements() {
    return accounts.entitlements();
  }

  @Override
  public IdempotencyStore idempotency() {
    return new IdempotencyFunctions(functions);
  }

  @Override
  public void ping() {
    functions.call("ping_v1", Row.empty());
  }

  @Override
  public void close() {
    functions.close();
  }
}
