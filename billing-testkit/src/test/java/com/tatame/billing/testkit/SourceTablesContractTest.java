package com.tatame.billing.testkit;

import com.tatame.billing.importing.SourceTables;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of tables that are imported holds in memory, and notices each rule that is broken. */
class SourceTablesContractTest {

  @Nested
  class InMemory implements SourceTablesContract {
    @Override
    public SourceTables source() {
      return BadTables.kept();
    }
  }

  static Stream<Arguments> bad() {
    return Stream.of(
        Arguments.of(
            BadTables.ForgetsThePlace.class, "allRowsAreReadInTheOrderOfTheKeyWhateverItsType"),
        Arguments.of(BadTables.CountsAll.class, "aRowWithoutTheKeyIsLeftOut"),
        Arguments.of(BadTables.WritesNull.class, "valuesAreTextsAndWhatIsNullIsAbsent"),
        Arguments.of(BadTables.HasEverything.class, "whatItHasNotIsSaid"));
  }

  @ParameterizedTest
  @MethodSource("bad")
  void isCaught(Class<?> binding, String test) {
    FailingContractTests.assertThatItFails(binding, test);
  }
}
