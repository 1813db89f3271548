package com.tatame.billing.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.subscription.Cancellation;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CommandParamTest {
  private static final Instant NOON = Instant.parse("2026-03-15T12:00:00Z");
  private static final CommandParam<Cancellation> WHEN =
      CommandParam.choice("when", Cancellation.values(), Cancellation::code);

  private static Command command(Map<String, String> params) {
    return Command.planned(
        new CommandId("1"),
        new AccountId("user_ada"),
        CommandKind.CREATE_REFUND,
        "pi_1",
        params,
        NOON);
  }

  private static <T> void assertStored(CommandParam<T> param, T value, String stored) {
    Map<String, String> params = CommandParams.none().with(param, value).asMap();

    assertThat(params).containsOnly(Map.entry(param.name(), stored));
    assertThat(param.get(command(params))).isEqualTo(value);
  }

  @Test
  void valuesAreReadAsTheyWereWritten() {
    assertStored(CommandParam.text("reason"), "too dear", "too dear");
    assertStored(CommandParam.number("amount"), 9_007_199_254_740_993L, "9007199254740993");
    assertStored(CommandParam.integer("months"), 3, "3");
    assertStored(CommandParam.decimal("percent_off"), new BigDecimal("12.50"), "12.50");
    assertStored(CommandParam.decimal("percent_off"), new BigDecimal("20"), "20");
    assertStored(CommandParam.flag("all"), true, "true");
    assertStored(CommandParam.flag("all"), false, "false");
    assertStored(CommandParam.second("until"), NOON, "1773576000");
    assertStored(CommandParam.seconds("begun"), List.of(NOON), "1773576000");
    assertStored(
        CommandParam.seconds("begun"), List.of(NOON, NOON.plusSeconds(1)), "1773576000,1773576001");
    assertStored(WHEN, Cancellation.PERIOD_END, "period_end");
  }

  @Test
  void missingParameterIsNamedWithTheKindOfItsCommand() {
    Command without = command(Map.of());

    assertThat(CommandParam.number("amount").find(without)).isEmpty();
    assertThatThrownBy(() -> CommandParam.number("amount").get(without))
        .isInstanceOf(BadCommandParam.class)
        .hasMessageContaining("create_refund")
        .hasMessageContaining("no parameter amount");
  }

  static List<CommandParam<?>> strict() {
    return List.of(
        CommandParam.number("x"),
        CommandParam.integer("x"),
        CommandParam.decimal("x"),
        CommandParam.flag("x"),
        CommandParam.second("x"),
        CommandParam.seconds("x"),
        CommandParam.choice("x", Cancellation.values(), Cancellation::code));
  }

  @ParameterizedTest
  @MethodSource("strict")
  void malformedParameterIsNamedWithTheKindOfItsCommand(CommandParam<?> param) {
    for (String malformed : List.of("", " ", "one", "1,", "99999999999999999999x", "NOW")) {
      Command command = command(Map.of("x", malformed));

      assertThatThrownBy(() -> param.find(command))
          .as(malformed)
          .isInstanceOf(BadCommandParam.class)
          .hasMessageContaining("create_refund")
          .hasMessageContaining("malformed parameter x");
    }
  }

  @Test
  void absentValueIsNotWritten() {
    CommandParam<Long> amount = CommandParam.number("amount");

    assertThat(CommandParams.none().with(amount, Optional.empty()).asMap()).isEmpty();
    assertThat(
            CommandParams.none().with(amount, Optional.of(1L)).without(amount).asMap())
        .isEmpty();
  }
}
