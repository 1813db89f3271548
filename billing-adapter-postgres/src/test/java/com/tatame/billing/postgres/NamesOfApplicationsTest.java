package com.tatame.billing.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What applications of before this product look for in tables and views, under the names they use. */
class NamesOfApplicationsTest {
  private final PostgresConfig config = TestDatabase.freshSchema();

  @BeforeEach
  void migrate() {
    PostgresBillingStore.migrate(config);
    run("insert into stripe_customer_mapping (user_id, stripe_customer_id, created_at)"
        + " values ('user_ada', 'cus_1', now())");
  }

  @Test
  void anInvoiceHasItsCustomerAndAmount() {
    run(
        "insert into stripe_invoices (stripe_invoice_id, stripe_customer_id, status, currency, total,"
            + " amount_due, amount_paid, attempt_count, period_start, period_end, created_at, as_of, source)"
            + " values ('in_1', 'cus_1', 'paid', 'usd', 2499, 0, 0, 1, now(), now(), now(), now(), 'read')");

    assertThat(query("select customer_id || ' ' || amount || ' ' || status from stripe_invoices"))
        .containsExactly("cus_1 2499 paid");
    run("update stripe_invoices set total = 1000");
    assertThat(query("select amount from stripe_invoices")).containsExactly("1000");
  }

  @Test
  void theCustomersDefaultPaymentMethodIsTheDefault() {
    customer("'pm_2'");
    method("pm_1");
    method("pm_2");
    subscription("sub_1", "active", "'pm_1'", "2026-01-01");

    assertThat(defaults()).containsExactly("pm_1 cus_1 false", "pm_2 cus_1 true");
  }

  @Test
  void withoutOneItIsThatOfTheNewestLivingSubscription() {
    customer("null");
    method("pm_1");
    method("pm_2");
    method("pm_3");
    subscription("sub_1", "active", "'pm_1'", "2026-01-01");
    subscription("sub_2", "trialing", "'pm_2'", "2026-02-01");
    subscription("sub_3", "canceled", "'pm_3'", "2026-03-01");

    assertThat(defaults())
        .containsExactly("pm_1 cus_1 false", "pm_2 cus_1 true", "pm_3 cus_1 false");
  }

  @Test
  void aMethodOfAnUnknownCustomerIsNoDefault() {
    method("pm_1");

    assertThat(defaults()).containsExactly("pm_1 cus_1 false");
  }

  private List<String> defaults() {
    return query("select payment_method_id || ' ' || customer_id || ' ' || is_default"
        + " from stripe_payment_methods order by 1");
  }

  private void customer(String defaultMethod) {
    run("insert into customers (id, delinquent, created_at, as_of, source, default_payment_method)"
        + " values ('cus_1', false, now(), now(), 'read', " + defaultMethod + ")");
  }

  private void method(String id) {
    run("insert into provider_objects (kind, id, subject_id, state, created_at, as_of, source)"
        + " values ('payment_method', '" + id + "', 'cus_1',"
        + " '{\"customer_id\": \"cus_1\", \"type\": \"card\"}', now(), now(), 'read')");
  }

  private void subscription(String id, String status, String method, String createdAt) {
    run("insert into subscriptions (stripe_subscription_id, stripe_customer_id, status, items,"
        + " current_period_start, current_period_end, cancel_at_period_end, created_at, as_of, source,"
        + " default_payment_method) values ('" + id + "', 'cus_1', '" + status
        + "', '[]', now(), now(),"
        + " false, '" + createdAt + "', now(), 'read', " + method + ")");
  }

  private void run(String sql) {
    TestDatabase.run(config, sql);
  }

  private List<String> query(String sql) {
    return TestDatabase.query(config, sql);
  }
}
