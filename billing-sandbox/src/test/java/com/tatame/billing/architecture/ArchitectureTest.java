package com.tatame.billing.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.gateway.PaymentGateway;
import com.tatame.billing.outbox.EventSender;
import com.tatame.billing.store.BillingStore;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The edges between the parts; each rule has an example that breaks it, or it would prove nothing. */
final class ArchitectureTest {
  private static final String ROOT = "com.tatame.billing";
  private static final String BAD_ROOT = "com.tatame.billing.architecture.bad";
  private static final JavaClasses PRODUCT = new ClassFileImporter()
      .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
      .importPackages(ROOT);
  private static final JavaClasses BAD = new ClassFileImporter().importPackages(BAD_ROOT);

  @Test
  void everyPartIsLookedAt() {
    Set<Module> seen =
        PRODUCT.stream().flatMap(any -> Module.of(any, ROOT).stream()).collect(Collectors.toSet());

    assertThat(PRODUCT).hasSizeGreaterThan(350);
    assertThat(seen)
        .contains(
            Module.CORE,
            Module.CONFIGURATION,
            Module.SCHEMA,
            Module.STRIPE,
            Module.POSTGRES,
            Module.SUPABASE,
            Module.WEBHOOK,
            Module.MAILSERVICE,
            Module.IDENTITY,
            Module.HTTP,
            Module.SERVER,
            Module.SIMULATOR,
            Module.TESTKIT,
            Module.SANDBOX);
    assertThat(PRODUCT.stream().map(JavaClass::getName))
        .noneMatch(name -> name.startsWith(BAD_ROOT));
  }

  @Test
  void arrowsPointInwardsOnly() {
    onlyKnowsWhatItMay(ROOT).check(PRODUCT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "CoreThatKnowsStripe",
        "StripeThatKnowsPostgres",
        "PostgresThatKnowsHttp",
        "HttpThatKnowsStripe",
        "SimulatorThatKnowsCatalog",
        "TestkitThatKnowsSchema",
        "SchemaThatKnowsTestkit"
      })
  void anArrowThatPointsOutwardsIsSeen(String name) {
    JavaClasses one =
        BAD.that(DescribedPredicate.describe(name, any -> any.getSimpleName().equals(name)));

    assertThat(one).hasSize(1);
    assertThat(onlyKnowsWhatItMay(BAD_ROOT).evaluate(one).getFailureReport().getDetails())
        .hasSize(1);
  }

  @Test
  void packagesHaveNoCycle() {
    noCycles(ROOT).check(PRODUCT);
    assertThat(noCycles(BAD_ROOT).evaluate(BAD).hasViolation()).isTrue();
  }

  @Test
  void anAdapterHasOneWayIn() {
    assertThat(waysIn("stripe", PRODUCT, PaymentGateway.class.getName()))
        .containsExactly("com.tatame.billing.stripe.StripeGateway");
    assertThat(waysIn("postgres", PRODUCT, BillingStore.class.getName()))
        .containsExactly("com.tatame.billing.postgres.PostgresBillingStore");
    assertThat(waysIn("supabase", PRODUCT, BillingStore.class.getName()))
        .containsExactly("com.tatame.billing.supabase.SupabaseBillingStore");
    assertThat(waysIn("webhook", PRODUCT, EventSender.class.getName()))
        .containsExactly("com.tatame.billing.webhook.HttpEventSender");
    assertThat(waysIn("stripe", BAD, BAD_ROOT + ".stripe.Gateway")).hasSize(2);
  }

  @Test
  void whatElseAnAdapterShowsIsNeededToOpenIt() {
    for (String adapter : List.of("stripe", "postgres", "supabase", "webhook")) {
      assertThat(shown(adapter, PRODUCT)).isNotEmpty();
      assertThat(shownWithoutNeed(adapter, PRODUCT)).isEmpty();
    }
    // Three ports are implemented there: their makers are the one way in.
    assertThat(shownWithoutNeed("mailservice", PRODUCT))
        .containsExactly("com.tatame.billing.mailservice.MailServices");
    assertThat(shownWithoutNeed("stripe", BAD)).contains(BAD_ROOT + ".stripe.FirstGateway");
  }

  @Test
  void timeIsAnArgument() {
    ArchRule rule = ArchRuleDefinition.noClasses()
        .should()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(System.class, "currentTimeMillis");

    rule.check(PRODUCT);
    assertThat(rule.evaluate(BAD).hasViolation()).isTrue();
  }

  private static ArchRule onlyKnowsWhatItMay(String root) {
    return ArchRuleDefinition.classes().should(new ArchCondition<>("know only what they may") {
      @Override
      public void check(JavaClass any, ConditionEvents events) {
        Module own = Module.of(any, root).orElseThrow();
        for (Dependency dependency : any.getDirectDependenciesFromSelf()) {
          Optional<Module> other =
              Module.of(dependency.getTargetClass().getBaseComponentType(), root);
          if (other.filter(module -> !own.mayKnow(module)).isPresent()) {
            events.add(SimpleConditionEvent.violated(any, dependency.getDescription()));
          }
        }
      }
    });
  }

  private static ArchRule noCycles(String root) {
    return SlicesRuleDefinition.slices().matching(root + ".(*)..").should().beFreeOfCycles();
  }

  private static List<String> waysIn(String adapter, JavaClasses classes, String port) {
    return shown(adapter, classes).stream()
        .filter(any -> any.isAssignableTo(port))
        .map(JavaClass::getName)
        .toList();
  }

  private static List<JavaClass> shown(String adapter, JavaClasses classes) {
    return classes.stream()
        .filter(any -> any.getPackageName().endsWith("." + adapter))
        .filter(any -> any.getModifiers().contains(JavaModifier.PUBLIC))
        .filter(JavaClass::isTopLevelClass)
        .toList();
  }

  // What a caller never has to name need not be public.
  private static List<String> shownWithoutNeed(String adapter, JavaClasses classes) {
    List<JavaClass> shown = shown(adapter, classes);
    Set<String> named = classes.stream()
        .filter(any -> any.getPackageName().endsWith("." + adapter))
        .flatMap(any -> any.getMethods().stream())
        .filter(method -> method.getModifiers().contains(JavaModifier.PUBLIC))
        .flatMap(method -> method.getAllInvolvedRawTypes().stream())
        .map(JavaClass::getName)
        .collect(Collectors.toSet());
    return shown.stream()
        .map(JavaClass::getName)
        .filter(name -> !named.contains(name))
        .toList();
  }
}
