package com.tatame.billing.supabase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.failure.ValidationFailed;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SupabaseConfigTest {
  private static final String URL = "https://abcdefghijklmnop.supabase.co";
  private static final String SECRET = "sb_secret_0123456789_abcdef";

  private static String token(String claims) {
    String head = encoded("{\"alg\":\"HS256\",\"typ\":\"JWT\"}");
    return head + "." + encoded(claims) + ".c2lnbmF0dXJl";
  }

  private static String encoded(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void bothKindsOfServiceKeyAreTaken() {
    assertThatCode(() -> SupabaseConfig.of(URL, SECRET)).doesNotThrowAnyException();
    assertThatCode(() -> SupabaseConfig.of(URL, token("{\"role\":\"service_role\"}")))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "'', is missing",
    "sb_publishable_0123456789, for browsers",
    "sb_something_0123456789, for browsers",
    "0123456789, neither a secret key",
    "a.b.c, neither a secret key",
    "'sb_secret_0123 456789', characters that no key has"
  })
  void anotherKeyIsRefusedInWordsThatDoNotHoldIt(String key, String problem) {
    assertThatThrownBy(() -> SupabaseConfig.of(URL, key))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("supabaseServiceRoleKey")
        .hasMessageContaining(problem)
        .hasMessageNotContaining("0123");
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"role\":\"anon\"}", "{\"role\":\"authenticated\"}", "{}", "[]"})
  void theTokenOfAnotherRoleIsRefused(String claims) {
    assertThatThrownBy(() -> SupabaseConfig.of(URL, token(claims)))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("token of another role")
        .hasMessageNotContaining(encoded(claims));
  }

  @Test
  void aLineBreakInTheKeyIsFoundBeforeAHeaderShowsIt() {
    assertThatThrownBy(() -> SupabaseConfig.of(URL, SECRET + "\n"))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("line break")
        .hasMessageNotContaining(SECRET);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://abc.supabase.co",
        "https://abc.supabase.co/",
        "https://billing.example.com:8443",
        "http://localhost:54321",
        "http://127.0.0.1:54321",
        "http://kong:8000"
      })
  void theAddressOfAProjectIsTaken(String url) {
    assertThat(SupabaseConfig.of(url, SECRET).functionUri("ping_v1"))
        .hasToString(url.replaceAll("/$", "") + "/rest/v1/rpc/ping_v1");
  }

  @ParameterizedTest
  @CsvSource({
    "'', must look like",
    "abc.supabase.co, must look like",
    "postgres://abc.supabase.co, must look like",
    "https://, must look like",
    "https://abc def, must look like",
    "https://abc.supabase.co/rest/v1, without a path",
    "https://supabase.com/dashboard/project/abc, without a path",
    "https://abc.supabase.co?x=1, without a path",
    "https://user:pass@abc.supabase.co, without a path",
    "http://abc.supabase.co, in the clear"
  })
  void anotherAddressIsRefused(String url, String problem) {
    assertThatThrownBy(() -> SupabaseConfig.of(url, SECRET))
        .isInstanceOf(ValidationFailed.class)
        .hasMessageContaining("supabaseUrl")
        .hasMessageContaining(problem);
  }

  @Test
  void allThatIsWrongIsSaidAtOnce() {
    assertThatThrownBy(() -> new SupabaseConfig(
            "ftp://x", "", "Billing;", Duration.ZERO, Duration.ZERO, Duration.ofSeconds(-1)))
        .isInstanceOfSatisfying(
            ValidationFailed.class,
            e -> assertThat(e.errors())
                .extracting(ValidationFailed.FieldError::field)
                .containsExactly(
                    "supabaseUrl",
                    "supabaseServiceRoleKey",
                    "schema",
                    "connectTimeout",
                    "callTimeout",
                    "retryTime"));
  }

  @Test
  void itsTextFormDoesNotShowTheKey() {
    assertThat(SupabaseConfig.of(URL, SECRET)).asString().contains(URL).doesNotContain(SECRET);
  }

  @Test
  void oneRequestMayTakeLongerThanTheApiWaitsAndTheDatabaseWorks() {
    assertThat(SupabaseConfig.of(URL, SECRET).callTimeout())
        .isGreaterThan(Duration.ofSeconds(10).plus(Duration.ofSeconds(8)));
  }

  @Test
  void onlyATokenIsSentAsBearer() {
    String token = token("{\"role\":\"service_role\"}");

    assertThat(new ServiceKey(token).bearer()).contains("Bearer " + token);
    assertThat(new ServiceKey(SECRET).bearer()).isEmpty();
    assertThat(new ServiceKey(SECRET).apiKey()).isEqualTo(SECRET);
  }
}
