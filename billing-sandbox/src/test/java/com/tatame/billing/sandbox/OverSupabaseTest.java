package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.postgres.PostgresBillingStore;
import com.tatame.billing.postgres.PostgresConfig;
import com.tatame.billing.testkit.supabase.LocalSupabase;
import com.tatame.billing.testkit.supabase.LoggedRequest;
import java.net.Socket;
import java.net.SocketException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A server that has nothing of its database but the address of an API. */
final class OverSupabaseTest {
  private final LocalServer world = Worlds.ON_SUPABASE.world();
  private final LocalSupabase project = world.backing().project().orElseThrow();

  @Test
  void onlyTheProjectsOwnGatewayIsConnectedToTheDatabase() {
    assertThat(world.backing().environment())
        .containsOnlyKeys("BILLING_STORE", "SUPABASE_URL", "SUPABASE_SERVICE_ROLE_KEY");
    new Buyer(world).subscribe("basic", "monthly", Buyer.PAYS);
    world.settle();

    assertThat(world.backing().database().query("""
            select distinct usename from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()""")).containsExactly("authenticator");
  }

  @Test
  void noNetworkReachesTheDatabase() {
    Database database = world.backing().database();
    assertThat(database.query("show listen_addresses")).containsExactly("");
    for (String address : List.of("127.0.0.1", "::1")) {
      assertThatThrownBy(() -> new Socket(address, database.port()).close())
          .isInstanceOf(SocketException.class);
    }
    assertThatThrownBy(() -> PostgresBillingStore.open(PostgresConfig.of(database.url())))
        .isInstanceOf(StoreUnavailable.class);

    Buyer buyer = new Buyer(world);
    String id = buyer.subscribe("pro", "monthly", Buyer.PAYS);
    world.advance("P15D");
    assertThat(buyer.subscription(id).at("/status")).isEqualTo("active");
    assertThat(database.query(
            "select status from subscriptions where stripe_subscription_id = '" + id + "'"))
        .containsExactly("active");
  }

  @Test
  void aCheckIsOneRequest() {
    Buyer buyer = new Buyer(world);
    buyer.subscribe("pro", "monthly", Buyer.PAYS);
    world.settle();
    project.forgetRequests();

    assertThat(buyer.allowed("competition_planner")).isTrue();

    assertThat(naming(buyer.user())).hasSize(1);
  }

  @Test
  void anEventIsStoredByOneRequest() {
    Buyer buyer = new Buyer(world);
    project.forgetRequests();
    buyer.subscribe("pro", "monthly", Buyer.PAYS);
    world.settle();

    List<String> events = world.stripe().events().stream()
        .filter(event -> event.path("type").asText().equals("customer.subscription.created"))
        .filter(event -> event.toString().contains(buyer.user()))
        .map(event -> event.path("id").asText())
        .toList();
    assertThat(events)
        .singleElement()
        .satisfies(event -> assertThat(
                naming(event).filter(request -> request.body().contains("\"receive_events_")))
            .hasSize(1));
  }

  private Stream<LoggedRequest> naming(String id) {
    return project.requests().stream().filter(request -> request.body().contains(id));
  }
}
