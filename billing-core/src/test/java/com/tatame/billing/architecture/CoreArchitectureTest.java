package com.tatame.billing.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The rules of the core; each has an example that breaks it, or it would prove nothing. */
class CoreArchitectureTest {
  private static final JavaClasses CORE = new ClassFileImporter()
      .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
      .importPackages("com.tatame.billing");
  private static final JavaClasses BAD =
      new ClassFileImporter().importPackages("com.tatame.billing.architecture.bad");

  private static final ArchRule PURE_JAVA = ArchRuleDefinition.classes()
      .should()
      .onlyDependOnClassesThat()
      .resideInAnyPackage("com.tatame.billing..", "java..", "javax.crypto..", "org.jspecify..");

  private static final ArchRule NO_CYCLES_OF_FEATURES = SlicesRuleDefinition.slices()
      .matching("com.tatame.billing.(*)..")
      .should()
      .beFreeOfCycles();

  private static final ArchRule NO_CYCLES_OF_BAD_FEATURES = SlicesRuleDefinition.slices()
      .matching("com.tatame.billing.architecture.bad.(*)..")
      .should()
      .beFreeOfCycles();

  private static final ArchRule TIME_IS_AN_ARGUMENT = ArchRuleDefinition.noClasses()
      .should()
      .callMethod(Instant.class, "now")
      .orShould()
      .callMethod(LocalDate.class, "now")
      .orShould()
      .callMethod(LocalDateTime.class, "now")
      .orShould()
      .callMethod(System.class, "currentTimeMillis")
      .orShould()
      .callMethod(UUID.class, "randomUUID");

  private static final ArchRule ONLY_THE_BUILDER_KNOWS_THE_BAG = ArchRuleDefinition.noClasses()
      .that()
      .resideOutsideOfPackages("com.tatame.billing", "com.tatame.billing.store")
      .should()
      .dependOnClassesThat()
      .haveSimpleName("BillingStore");

  @Test
  void theWholeCoreIsLookedAt() {
    assertThat(CORE).hasSizeGreaterThan(80);
    assertThat(CORE.stream().map(JavaClass::getSimpleName)).contains("Billing", "Projector");
  }

  @Test
  void theCoreNeedsNothingButJava() {
    PURE_JAVA.check(CORE);
    assertBites(PURE_JAVA);
  }

  @Test
  void featuresHaveNoCycle() {
    NO_CYCLES_OF_FEATURES.check(CORE);
    assertBites(NO_CYCLES_OF_BAD_FEATURES);
  }

  @Test
  void timeAndChanceAreArguments() {
    TIME_IS_AN_ARGUMENT.check(CORE);
    assertBites(TIME_IS_AN_ARGUMENT);
  }

  @Test
  void useCasesTakeAStoreAndNeverTheBag() {
    ONLY_THE_BUILDER_KNOWS_THE_BAG.check(CORE);
    assertBites(ONLY_THE_BUILDER_KNOWS_THE_BAG);
  }

  private static void assertBites(ArchRule rule) {
    assertThat(rule.evaluate(BAD).hasViolation()).as(rule.getDescription()).isTrue();
  }
}
