package com.tatame.billing.apikey;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What an API key may do. A closed set: what none of a key's scopes permits, the key may not. */
public enum Scope {
  /** Everything, the management of API keys included. */
  ADMIN("admin"),
  /** Act for any account that the call names, as that account's user could. */
  ACCOUNT("account"),
  /** Read and consume the entitlements of any account that the call names. */
  ENTITLEMENTS("entitlements"),
  /** Report the usage of any account that the call names, and set its gauges. */
  USAGE_WRITE("usage:write"),
  /** Read and add to the conversations and check-ins of any account that the call names. */
  CHAT("chat"),
  /** Make refunds, and list them. */
  REFUNDS("refunds"),
  /** Give grants and discounts to accounts, and take them back. */
  GRANTS("grants"),
  /** Look up customers, their history and what was mailed to them. */
  CUSTOMERS_READ("customers:read"),
  /** Read the analytics. */
  ANALYTICS_READ("analytics:read"),
  /** Look up who changed what. */
  AUDIT_READ("audit:read"),
  /** Look into the inbox of webhooks. */
  WEBHOOKS_READ("webhooks:read"),
  /** Replay webhooks. */
  WEBHOOKS_WRITE("webhooks:write"),
  /** Read what happened to all accounts, and who receives it. */
  EVENTS_READ("events:read"),
  /** Manage the endpoints that receive it, and what they did not receive. */
  EVENTS_WRITE("events:write"),
  /** Look at what was sent to the payment provider. */
  COMMANDS_READ("commands:read"),
  /** Decide about what was sent to the payment provider and never answered. */
  COMMANDS_WRITE("commands:write");

  private final String code;

  Scope(String code) {
    this.code = code;
  }

  /** The name on the wire. */
  public String code() {
    return code;
  }

  /** The scope of this name, if there is one. */
  public static Optional<Scope> of(String code) {
    return Arrays.stream(values()).filter(scope -> scope.code.equals(code)).findFirst();
  }

  /** All names on the wire, the widest first. */
  public static List<String> codes() {
    return Arrays.stream(values()).map(Scope::code).toList();
  }

  /** Whether a key with this scope may do what needs the other. */
  public boolean permits(Scope needed) {
    return this == ADMIN
        || this == needed
        || (this == ACCOUNT && (needed == ENTITLEMENTS || needed == CHAT));
  }
}
