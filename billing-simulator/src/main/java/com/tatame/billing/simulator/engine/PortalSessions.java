package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import java.util.function.Supplier;

/** The API's side of the customer portal. */
final class PortalSessions {
  static final Shape CREATE = Shape.of("customer! return_url configuration locale expand[]"
      + " flow_data{type:(payment_method_update|subscription_cancel|subscription_update|subscription_update_confirm)!"
      + " subscription_cancel{subscription! ~retention} subscription_update{subscription!} ~after_completion"
      + " ~subscription_update_confirm} ~customer_account ~on_behalf_of");

  private final Account account;
  private final Customers customers;
  private final PortalConfigurations configurations;
  private final Supplier<String> pages;

  PortalSessions(
      Account account,
      Customers customers,
      PortalConfigurations configurations,
      Supplier<String> pages) {
    this.account = account;
    this.customers = customers;
    this.configurations = configurations;
    this.pages = pages;
  }

  Outcome create(Call call) {
    Params params = call.params();
    Customer customer = customers.live(params.required("customer"), "customer");
    PortalSession session = account.begin(new PortalSession(), "bps_", 24);
    session.customer = customer.id;
    session.returnUrl = params.text("return_url");
    session.locale = params.text("locale");
    session.configuration = configuration(params);
    if (params.given("flow_data")) {
      Params flow = params.child("flow_data");
      session.flow = flow.required("type");
      if (!session.flow.equals("payment_method_update")) {
        session.subscription = subscription(flow.child(session.flow), customer);
      }
    }
    account.portalSessions.put(session.id, session);
    return new Outcome.Ready(json(session));
  }

  /** An account has one configuration as default, whatever others are made. */
  private String configuration(Params params) {
    String usual = "bpc_" + account.id.substring("acct_".length());
    String asked = params.text("configuration", usual);
    if (!asked.equals(usual) && !configurations.configuration(asked, "configuration").active) {
      throw StripeException.invalid(
          null, "configuration", "The configuration " + asked + " is not active.");
    }
    return asked;
  }

  private String subscription(Params params, Customer customer) {
    String id = params.required("subscription");
    return Optional.ofNullable(account.subscriptions.get(id))
        .filter(subscription -> subscription.customer.equals(customer.id) && !subscription.ended())
        .orElseThrow(() -> StripeException.missing("subscription", id, params.path("subscription")))
        .id;
  }

  private ObjectNode json(PortalSession session) {
    ObjectNode node = Json.object("billing_portal.session", session)
        .put("configuration", session.configuration)
        .put("customer", session.customer)
        .put("locale", session.locale)
        .put("return_url", session.returnUrl)
        .put("url", pages.get() + "/portal/" + session.id);
    node.remove("metadata");
    if (session.flow == null) {
      node.putNull("flow");
    } else {
      ObjectNode flow = node.putObject("flow").put("type", session.flow);
      Json.nulls(
          flow.putObject("after_completion").put("type", "portal_homepage"),
          "hosted_confirmation",
          "redirect");
      Json.nulls(flow, "subscription_cancel", "subscription_update", "subscription_update_confirm");
      if (session.subscription != null) {
        ObjectNode about = flow.putObject(session.flow).put("subscription", session.subscription);
        if (session.flow.equals("subscription_cancel")) {
          about.putNull("retention");
        }
      }
    }
    return Json.nulls(node, "customer_account", "on_behalf_of");
  }
}
