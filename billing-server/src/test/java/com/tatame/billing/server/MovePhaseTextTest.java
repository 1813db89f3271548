package com.tatame.billing.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.move.MoveStatus;
import com.tatame.billing.move.MoveStatus.Phase;
import com.tatame.billing.store.StoreMode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class MovePhaseTextTest {
  private static final Pattern COMMAND = Pattern.compile("billing migrate (\\w+)");
  private static final Set<String> STEPS =
      Main.commandLine(System::getenv).getSubcommands().values().stream()
          .filter(command -> command.getCommandName().equals("migrate"))
          .flatMap(command -> command.getSubcommands().keySet().stream())
          .collect(Collectors.toSet());

  private static List<String> commands(MovePhaseText words) {
    return Stream.of(words.next(), words.otherwise())
        .flatMap(Optional::stream)
        .flatMap(text -> COMMAND.matcher(text).results())
        .map((MatchResult found) -> found.group(1))
        .toList();
  }

  @ParameterizedTest
  @EnumSource
  void whatIsAdvisedExistsAndWhoIsWhoIsSaid(Phase phase) {
    MovePhaseText words = MovePhaseText.of(phase, "supabase", "postgres");

    assertThat(STEPS).containsAll(commands(words));
    assertThat(words.meaning()).endsWith(".");
    assertThat(words.next().isPresent()).isEqualTo(phase != Phase.FINISHED);
  }

  @Test
  void eachPhaseLeadsToTheNextOne() {
    Map<Phase, List<String>> advice = Stream.of(Phase.values())
        .collect(Collectors.toMap(
            phase -> phase, phase -> commands(MovePhaseText.of(phase, "supabase", "postgres"))));

    assertThat(advice)
        .isEqualTo(Map.of(
            Phase.NOT_BEGUN, List.of("copy"),
            Phase.COPYING, List.of("copy", "rollback"),
            Phase.FOLLOWING, List.of("verify", "cutover", "rollback"),
            Phase.CUTTING_OVER, List.of("cutover", "rollback"),
            Phase.MOVED, List.of("finish", "rollback"),
            Phase.ROLLING_BACK, List.of("rollback"),
            Phase.ROLLED_BACK, List.of("cutover", "finish"),
            Phase.FINISHED, List.of()));
  }

  @Test
  void whileNothingCanBeWrittenItIsSaid() {
    assertThat(MovePhaseText.of(Phase.CUTTING_OVER, "supabase", "postgres").meaning())
        .contains("nothing can be written");
  }

  @Test
  void modesAreSaidInPlainWords() {
    MoveStatus status =
        new MoveStatus(Phase.FOLLOWING, StoreMode.OPEN, StoreMode.STANDBY, 1, 2, Optional.empty());

    assertThat(MovePhaseText.modes(status, "supabase", "postgres"))
        .isEqualTo("supabase is open, postgres is standing by");
  }
}
