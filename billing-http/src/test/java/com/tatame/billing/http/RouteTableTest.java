package com.tatame.billing.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rules that hold for every route of the table. */
final class RouteTableTest {
  @Test
  void everyRouteIsDescribedAndNoOther() throws IOException {
    JsonNode paths = new ObjectMapper().readTree(BillingRoutes.describe("1")).path("paths");
    Set<String> described = new TreeSet<>();
    paths
        .properties()
        .forEach(path -> path.getValue()
            .fieldNames()
            .forEachRemaining(
                method -> described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey())));
    Set<String> routed = RouteTable.all().stream()
        .map(route -> route.method() + " " + route.path())
        .collect(Collectors.toSet());

    assertThat(described).isEqualTo(routed).hasSizeGreaterThan(40);
  }

  @Test
  void everyRouteThatTakesACodeMayRefuseThoseWhoGuess() {
    List<Route> taking = RouteTable.all().stream()
        .filter(route -> route.admission().access() == Access.SIGNED_IN && takesACode(route))
        .toList();

    assertThat(taking)
        .filteredOn(route -> route.description().deprecatedFor().isEmpty())
        .extracting(Route::path)
        .containsExactlyInAnyOrder(
            "/api/v1/coupons/validate", "/api/v1/coupons/apply", "/api/v1/checkout");
    assertThat(taking)
        .allSatisfy(route -> assertThat(route.description().refusals())
            .as(route.path())
            .contains(ProblemCode.RATE_LIMITED));
  }

  private static boolean takesACode(Route route) {
    return route.input().body().stream()
        .filter(Class::isRecord)
        .flatMap(type -> Arrays.stream(type.getRecordComponents()))
        .map(RecordComponent::getName)
        .anyMatch(name -> name.equals("code") || name.equals("promotionCode"));
  }

  /** Links, secrets and numbers that a member could pay with, read invoices by, or pass on. */
  private static final Pattern REVEALING =
      Pattern.compile("(?i).*(url|secret|token(?!s$)|pdf|portal).*");

  @Test
  void everythingThatOpensAnInvoiceOrPaymentIsHiddenFromMembers() {
    Set<String> shown = new TreeSet<>();
    for (Route route : RouteTable.all()) {
      if (route.callers().contains(Caller.MEMBER)) {
        route.description().replies().stream()
            .flatMap(reply -> reply.type().stream())
            .forEach(type -> revealing(type, shown));
      }
    }
    assertThat(shown).isEmpty();
    PaymentDetails.FIELDS.forEach((type, fields) -> assertThat(type.getRecordComponents())
        .filteredOn(component -> fields.contains(component.getName()))
        .as(type.getSimpleName())
        .hasSameSizeAs(fields)
        .allMatch(component -> component.getAnnotatedType().isAnnotationPresent(Nullable.class)));
  }

  private static void revealing(Type type, Set<String> shown) {
    if (type instanceof ParameterizedType generic) {
      Arrays.stream(generic.getActualTypeArguments())
          .forEach(argument -> revealing(argument, shown));
    } else if (type instanceof Class<?> record && record.isRecord()) {
      for (RecordComponent component : record.getRecordComponents()) {
        if (REVEALING.matcher(component.getName()).matches()
            && !PaymentDetails.FIELDS
                .getOrDefault(record, Set.of())
                .contains(component.getName())) {
          shown.add(record.getSimpleName() + "." + component.getName());
        }
        revealing(component.getGenericType(), shown);
      }
    }
  }

  @Test
  void routeThatIsNotForUsersCanNotBeOpenedToVisitors() {
    for (Access access : Set.of(Access.TRUSTED, Access.ADMINISTRATOR)) {
      assertThatThrownBy(() -> Route.post("/x", access, RouteEffect.USE).orAnonymous())
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
