package com.tatame.billing.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.tatame.billing.account.AccountId;
import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.observation.ObjectKind;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.projection.Change;
import com.tatame.billing.projection.CommitResult;
import com.tatame.billing.projection.ReadPriority;
import com.tatame.billing.projection.Unit;
import com.tatame.billing.subscription.Subscription;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class FunctionBackedStoreTest {
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.123456789Z");

  /** Answers calls by a rule, and records their arguments. */
  private static final class Scripted implements SqlFunctions {
    private final Function<JsonNode, String> rule;
    private final List<JsonNode> calls = new ArrayList<>();
    private int closed;

    Scripted(Function<JsonNode, String> rule) {
      this.rule = rule;
    }

    @Override
    public String call(String function, String argument) {
      try {
        JsonNode asked = new JsonMapper().readTree(argument);
        calls.add(asked);
        return rule.apply(asked);
      } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
        throw new IllegalArgumentException(e);
      }
    }

    @Override
    public void close() {
      closed++;
    }
  }

  private static SqlFunctionFailed failed(String state) {
    return new SqlFunctionFailed(Optional.of(state), Optional.of("some_key"), null);
  }

  private static Unit unit(String subject, Change... changes) {
    return new Unit(new SubjectId(subject), 0, Optional.empty(), Set.of(), List.of(changes));
  }

  @Test
  void aRefusedBatchIsRepeatedUnitByUnitAndOnlyTheGuiltyOneIsRejected() {
    Scripted functions = new Scripted(asked -> {
      if (asked.get("units").toString().contains("cus_bad")) {
        throw failed("23505");
      }
      return "{\"stale\": null, \"lease_lost\": null}";
    });

    List<CommitResult> results = new FunctionBackedStore(functions)
        .projections()
        .commit(List.of(unit("cus_1"), unit("cus_bad"), unit("cus_2")), NOW);

    assertThat(results)
        .containsExactly(
            new CommitResult.Applied(),
            new CommitResult.Rejected("SQLSTATE 23505, constraint some_key"),
            new CommitResult.Applied());
    assertThat(functions.calls)
        .extracting(call -> call.get("units").size())
        .containsExactly(3, 1, 1, 1);
  }

  @Test
  void aDatabaseThatIsDownIsNotAskedAgain() {
    Scripted functions = new Scripted(asked -> {
      throw failed("57P01");
    });
    FunctionBackedStore store = new FunctionBackedStore(functions);

    assertThatThrownBy(() -> store.projections().commit(List.of(unit("cus_1"), unit("cus_2")), NOW))
        .isInstanceOf(StoreUnavailable.class);
    assertThatThrownBy(store::ping).isInstanceOf(StoreUnavailable.class);
    assertThat(functions.calls).hasSize(2);
  }

  @Test
  void aMissingFunctionIsNoPassingTrouble() {
    FunctionBackedStore store = new FunctionBackedStore(new Scripted(asked -> {
      throw failed("42883");
    }));

    assertThatThrownBy(() -> store.customers().find(new AccountId("user_1")))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("find_customer_link_v1");
  }

  @Test
  void anAnswerThatIsNotJsonIsReportedWithoutItsText() {
    FunctionBackedStore store =
        new FunctionBackedStore(new Scripted(asked -> "<html>ada@example.com</html>"));

    assertThatThrownBy(() -> store.customers().find(new AccountId("user_1")))
        .isInstanceOf(IllegalStateException.class)
        .hasStackTraceContaining("find_customer_link_v1")
        .rootCause()
        .hasMessageNotContaining("ada@");
  }

  @Test
  void amountsAndPercentagesAreExact() {
    String row = """
        {"stripe_subscription_id":"sub_1","stripe_customer_id":"cus_1","status":"active",
         "items":[{"id":"si_1","price_id":"price_1","product_id":"prod_1","quantity":9007199254740993,
           "currency":"usd","unit_amount":9223372036854775807}],
         "created_at":"2026-01-02T08:49:05.123456+05:45",
         "current_period_start":"2026-01-02T03:04:05+00:00",
         "current_period_end":"1900-01-01T05:41:16+05:41:16",
         "cancel_at_period_end":false,"cancel_at":null,
         "discount":{"coupon_id":"c","percent_off":12.3450}}""";
    Subscription subscription = new FunctionBackedStore(new Scripted(asked -> row))
        .subscriptions()
        .find(new AccountId("user_1"), "sub_1")
        .orElseThrow();

    assertThat(subscription.mainItem().quantity()).isEqualTo(9_007_199_254_740_993L);
    assertThat(subscription.mainItem().unitAmount()).contains(Long.MAX_VALUE);
    assertThat(subscription.discount().orElseThrow().percentOff().orElseThrow())
        .hasToString("12.3450");
    assertThat(subscription.createdAt()).isEqualTo("2026-01-02T03:04:05.123456Z");
    assertThat(subscription.currentPeriodEnd()).isEqualTo("1900-01-01T00:00:00Z");
    assertThat(subscription.cancelAt()).isEmpty();
  }

  @Test
  void instantsTravelWithMicroseconds() {
    Scripted functions = new Scripted(asked -> "{}");

    new FunctionBackedStore(functions).projections().commit(List.of(unit("cus_1")), NOW);

    assertThat(functions.calls.get(0).get("now").textValue())
        .isEqualTo("2026-01-02T03:04:05.123456Z");
  }

  @Test
  void withinOneUnitTheLastChangeOfARowCounts() {
    Scripted functions = new Scripted(asked -> "{}");
    ObjectRef required = new ObjectRef(ObjectKind.INVOICE, "in_1");
    ObjectRef settled = new ObjectRef(ObjectKind.INVOICE, "in_2");
    ObjectRef buried = new ObjectRef(ObjectKind.CUSTOMER, "cus_1");

    new FunctionBackedStore(functions)
        .projections()
        .commit(
            List.of(unit(
                "cus_1",
                new Change.RequireRead(required, ReadPriority.ROUTINE, NOW),
                new Change.RequireRead(required, ReadPriority.AMBIGUOUS, NOW.plusSeconds(9)),
                new Change.RequireRead(settled, ReadPriority.ROUTINE, NOW),
                new Change.SettleRead(settled),
                new Change.Tombstone(buried, NOW, Source.SNAPSHOT),
                new Change.Tombstone(buried, NOW.plusSeconds(9), Source.READ))),
            NOW);

    JsonNode asked = functions.calls.get(0);
    assertThat(asked.get("required_reads")).singleElement().satisfies(read -> {
      assertThat(read.get("object_id").textValue()).isEqualTo("in_1");
      assertThat(read.get("priority").intValue()).isZero();
      assertThat(read.get("since").textValue()).isEqualTo("2026-01-02T03:04:05.123456Z");
    });
    assertThat(asked.get("settled_reads"))
        .singleElement()
        .satisfies(read -> assertThat(read.get("object_id").textValue()).isEqualTo("in_2"));
    assertThat(asked.get("buried"))
        .singleElement()
        .satisfies(row ->
            assertThat(row.get("as_of").textValue()).isEqualTo("2026-01-02T03:04:14.123456Z"));
    assertThat(asked.get("units").get(0).get("proven_at").textValue())
        .isEqualTo("2026-01-02T03:04:14.123456Z");
  }

  @Test
  void closingTheStoreClosesItsTransport() {
    Scripted functions = new Scripted(asked -> "{}");

    new FunctionBackedStore(functions).close();

    assertThat(functions.closed).isEqualTo(1);
  }
}
