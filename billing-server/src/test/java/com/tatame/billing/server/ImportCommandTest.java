package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.simulator.StripeSimulator;
import com.tatame.billing.store.BillingStore;
import com.tatame.billing.testkit.BareAccount;
import com.tatame.billing.testkit.InMemoryBillingStore;
import com.tatame.billing.testkit.SimulatorControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ImportCommandTest {
  private static final AccountId ADA = new AccountId("user_ada");

  private final StripeSimulator stripe = StripeSimulator.builder().start();
  private final BareAccount account = new BareAccount(stripe::call, new SimulatorControl(stripe));
  private final BillingStore store = new InMemoryBillingStore();
  private final Map<String, String> environment = new HashMap<>();

  @TempDir
  private Path folder;

  private String out = "";
  private String err = "";

  @BeforeEach
  void configure() throws IOException {
    environment.put("BILLING_ENV", "test");
    environment.put("STRIPE_SECRET_KEY", "sk_test_topsecret");
    environment.put("STRIPE_API_BASE", stripe.url());
    environment.put("BILLING_CATALOG", catalog("").toString());
  }

  @AfterEach
  void stop() {
    stripe.close();
    store.close();
  }

  @Test
  void takesOverABareAccountAndFindsAllOfItThereTheSecondTime() {
    String price = account.price("basic_monthly", 999);
    String ada = account.customerOf("user_ada");
    String bob = account.customer(Map.of("email", "bob@example.com"));
    account.subscribe(ada, price, BareAccount.PAYS);
    account.subscribe(bob, price, BareAccount.PAYS);

    assertThat(run("stripe", "--dry-run")).as(err).isZero();
    assertThat(out).contains("2 customers", "Nothing was changed").containsPattern("customers +2 ");
    assertThat(store.drift().customers(Optional.empty(), 10)).isEmpty();

    assertThat(run("stripe")).as(err).isZero();
    assertThat(out)
        .containsPattern("customers +2 ")
        .containsPattern("subscriptions +2 ")
        .containsPattern("links +1 ");
    assertThat(store.customers().find(ADA).orElseThrow().customerId()).isEqualTo(ada);
    assertThat(store.subscriptions().all(ADA)).hasSize(1);
    assertThat(store.customers().find(new AccountId("bob@example.com"))).isEmpty();

    assertThat(run("stripe")).as(err).isZero();
    assertThat(out).containsPattern("customers +0 +0 +2 ").containsPattern("links +0 +0 +1 ");
    assertThat(account.differences(store)).isEmpty();
  }

  @Test
  void aFileSaysWhoseCustomersAreAndARefusalIsTheExitCode() throws IOException {
    String ada = account.customer(Map.of());
    String bob = account.customerOf("user_bob");
    Path accounts = Files.writeString(
        folder.resolve("accounts.csv"),
        "customer,account\n" + ada + ", user_ada\n\n" + bob + ",user_eve\n");

    assertThat(run("stripe", "--accounts", accounts.toString())).isEqualTo(1);

    assertThat(out)
        .contains("- refused: " + bob + ": its metadata names account user_bob, not user_eve")
        .contains("1 refused.");
    assertThat(store.customers().find(ADA).orElseThrow().customerId()).isEqualTo(ada);
  }

  @Test
  void mistakesInTheFileAreToldWithTheirLines() throws IOException {
    Path accounts =
        Files.writeString(folder.resolve("accounts.csv"), "cus_1,a\ncus_1,b\nuser_1\ncus_2,\n");

    assertThat(run("stripe", "--accounts", accounts.toString())).isEqualTo(2);

    assertThat(err)
        .contains(
            accounts + ":2: names another account for cus_1 than a line before",
            accounts + ":3: must be a customer's id, a comma and an account's id",
            accounts + ":4: names no account");
  }

  @Test
  void pricesThatTheCatalogDoesNotSellAreTold() {
    String strange = account.price("strange", 500);
    account.subscribe(account.customer(Map.of()), strange, BareAccount.PAYS);

    assertThat(run("stripe")).as(err).isZero();

    assertThat(out).contains("! 1 running subscriptions are at price " + strange);
  }

  @Test
  void itDoesNotBeginWhereDuplicatesWouldBeRefunded() throws IOException {
    environment.put(
        "BILLING_CATALOG", catalog("duplicates: cancel_and_refund_newer").toString());

    assertThat(run("stripe")).isEqualTo(1);
    assertThat(err).contains("Set it to alert");
    assertThat(run("stripe", "--dry-run")).as(err).isZero();
  }

  @Test
  void aRateThatStripeNeverTakesIsRefused() {
    assertThat(run("stripe", "--rate", "101")).isEqualTo(1);
    assertThat(err).contains("--rate must be 1 to 100");
  }

  @Test
  void whereTablesAreIsCheckedBeforeAnythingIsDone() {
    environment.put("BILLING_IMPORT_FROM", "https://project.example.com");

    assertThat(run("tatame")).isEqualTo(2);
    assertThat(err).contains("BILLING_IMPORT_KEY is missing");
  }

  private Path catalog(String more) throws IOException {
    return Files.writeString(folder.resolve("catalog.yaml"), """
        defaultTier: free
        %s
        tiers:
          free:
            name: Free
          basic:
            name: Basic
            prices:
              monthly: {amount: 999}
        """.formatted(more));
  }

  private int run(String... arguments) {
    String[] all = new String[arguments.length + 1];
    all[0] = "import";
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    CommandRun run = CommandRun.of(store, environment, all);
    out = run.out();
    err = run.err();
    return run.status();
  }
}
