package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.inbox.ReceivedEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How events are read that another program has kept. */
public interface KeptEventsContract extends GatewayUnderTest {

  @Test
  default void anEventThatWasKeptIsTheOneThatArrived() {
    buyer();
    List<ReceivedEvent> arrived = new ArrayList<>();
    gateway().history().since(Instant.EPOCH, arrived::addAll);
    assertThat(arrived).isNotEmpty();

    assertThat(arrived)
        .allSatisfy(
            event -> assertThat(gateway().events().kept(event.payload())).contains(event));
  }

  @Test
  default void whatIsNoEventIsNone() {
    for (String text : List.of(
        "",
        "{",
        "[]",
        "null",
        "{}",
        "{\"id\":\"cus_1\",\"object\":\"customer\",\"created\":1767225600}",
        "{\"id\":\"evt_1\",\"type\":\"customer.created\"}")) {
      assertThat(gateway().events().kept(text)).as(text).isEqualTo(Optional.empty());
    }
  }
}
