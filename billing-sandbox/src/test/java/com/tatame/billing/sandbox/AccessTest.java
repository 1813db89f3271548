package com.tatame.billing.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.apikey.ApiKeys;
import com.tatame.billing.apikey.Scope;
import com.tatame.billing.sandbox.ApiClient.Reply;
import com.tatame.billing.sandbox.Contract.Operation;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** Who may do what, route by route as the server describes them. */
@ParameterizedClass
@EnumSource(mode = Mode.EXCLUDE, names = "ON_SUPABASE_IN_TROUBLE")
final class AccessTest {
  private static final Pattern PARAMETER = Pattern.compile("\\{([^}]+)}");
  private static final String CANCEL = "{\"when\":\"now\"}";

  private final LocalServer world;
  private final ApiClient anonymous;
  private final List<Operation> operations;

  AccessTest(Worlds worlds) {
    world = worlds.world();
    anonymous = ApiClient.of(world);
    operations = anonymous.contract().operations();
  }

  @Test
  void everyRouteSaysWhoItIsFor() {
    assertThat(operations)
        .hasSizeGreaterThan(35)
        .allSatisfy(operation -> assertThat(operation.access())
            .isIn("public", "signed_in", "trusted", "administrator", "metrics"));
  }

  @Test
  void nobodyGetsInWithoutASession() {
    List<Operation> closed =
        operations.stream().filter(operation -> !operation.scope().isEmpty()).toList();

    assertThat(closed).hasSizeGreaterThan(25).allSatisfy(operation -> {
      String path = PARAMETER.matcher(operation.path()).replaceAll("any");
      assertThat(call(anonymous, operation.method(), path).code()).isEqualTo("unauthenticated");
    });
  }

  @Test
  void aUserIsNoAdministrator() {
    ApiClient user = new Buyer(world).api();
    ApiClient root = anonymous.as(world.token("user_root"));
    List<Operation> administrative = operations.stream()
        .filter(operation -> Set.of("trusted", "administrator").contains(operation.access()))
        .toList();

    assertThat(administrative).isNotEmpty().allSatisfy(operation -> {
      assertThat(call(user, operation.method(), operation.path()).code()).isEqualTo("forbidden");
      assertThat(call(root, operation.method(), operation.path()).status()).isNotIn(401, 403);
    });
  }

  @Test
  void aKeyIsNeverMoreThanItsScopes() {
    for (Scope scope : Scope.values()) {
      ApiClient program = anonymous.as(key(scope).secret());
      List<Operation> permitted = operations.stream()
          .filter(operation -> !operation.scope().isEmpty())
          .filter(operation ->
              !call(program, operation.method(), operation.path()).code().equals("forbidden"))
          .toList();

      assertThat(permitted.stream().map(Operation::scope).distinct())
          .as(scope.code())
          .isSubsetOf(
              switch (scope) {
                case ADMIN -> Scope.codes();
                case ACCOUNT -> List.of("account", "entitlements", "chat");
                default -> List.of(scope.code());
              });
    }
  }

  @Test
  void aRevokedKeyIsNobody() {
    ApiKeys.Created key = key(Scope.ADMIN);
    ApiClient program = anonymous.as(key.secret());
    assertThat(program.get("/api/v1/webhooks/status").status()).isEqualTo(200);

    ApiClient root = anonymous.as(world.token("user_root"));
    assertThat(call(root, "DELETE", "/api/v1/api-keys/" + key.key().id()).status())
        .isEqualTo(204);

    assertThat(operations.stream().filter(operation -> !operation.scope().isEmpty()))
        .hasSizeGreaterThan(25)
        .allSatisfy(operation -> assertThat(
                call(program, operation.method(), operation.path()).code())
            .isEqualTo("unauthenticated"));
  }

  private ApiKeys.Created key(Scope scope) {
    return world.server().billing().apiKeys().create("test", Set.of(scope), Optional.empty());
  }

  @Test
  void theMetricsAreClosedUntilTheyHaveAToken() {
    assertThat(anonymous.get("/metrics").code()).isEqualTo("forbidden");
  }

  @Test
  void everyPathRefusesMethodsThatItDoesNotKnow() {
    ApiClient user = new Buyer(world).api();

    Set<String> takePut = operations.stream()
        .filter(operation -> operation.method().equals("PUT"))
        .map(Operation::path)
        .collect(Collectors.toSet());
    assertThat(operations.stream()
            .map(Operation::path)
            .distinct()
            .filter(path -> !takePut.contains(path)))
        .hasSizeGreaterThan(30)
        .allSatisfy(path -> {
          Reply refused = user.call(
              "PUT", PARAMETER.matcher(path).replaceAll("any"), BodyPublishers.ofString("{}"));
          assertThat(refused.status()).isEqualTo(405);
          assertThat(refused.header("Allow")).isPresent();
        });
  }

  private static Reply call(ApiClient api, String method, String template) {
    String path = PARAMETER.matcher(template).replaceAll("any");
    return method.equals("POST")
        ? api.post(path, CANCEL)
        : api.call(method, path, BodyPublishers.noBody());
  }
}
