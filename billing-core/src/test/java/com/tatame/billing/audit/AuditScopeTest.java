package com.tatame.billing.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class AuditScopeTest {
  private static final String ISSUER = "https://id.example.com";
  private static final Instant NOW = Instant.parse("2026-01-02T03:04:05.123456789Z");

  @Test
  void entryNamesTheInnermostActorAndItsRequest() {
    AuditEntry[] seen = new AuditEntry[2];

    AuditEntry inner = AuditScope.within(AuditActor.CLI, Optional.of("outer"), () -> {
      AuditEntry innermost = AuditScope.within(
          AuditActor.system("find_duplicates"), Optional.empty(), AuditScopeTest::entry);
      seen[0] = entry();
      return innermost;
    });
    seen[1] = entry();

    assertThat(inner.actor().value()).isEqualTo("system:find_duplicates");
    assertThat(inner.requestId()).isEmpty();
    assertThat(seen[0].actor()).isEqualTo(AuditActor.CLI);
    assertThat(seen[0].requestId()).contains("outer");
    assertThat(seen[1].actor()).isEqualTo(AuditActor.PROGRAM);
    assertThat(seen[1].requestId()).isEmpty();
  }

  @Test
  void scopeEndsWithWorkThatFails() {
    assertThatThrownBy(() -> AuditScope.within(AuditActor.CLI, Optional.of("request"), () -> {
          throw new IllegalStateException("failed");
        }))
        .hasMessage("failed");

    assertThat(entry().actor()).isEqualTo(AuditActor.PROGRAM);
  }

  @Test
  void timeIsKeptToTheMicrosecond() {
    assertThat(entry().at()).isEqualTo(Instant.parse("2026-01-02T03:04:05.123456Z"));
  }

  @Test
  void actorTellsKindsOfCallersApart() {
    AccountId organization = new AccountId("supabase:org_1");
    Principal user = Principal.ofUser(ISSUER, "user_1");
    Principal member = Principal.ofMember(ISSUER, "user_1", organization.value(), "admin");

    assertThat(AuditActor.of(user).value()).isEqualTo("user:user_1");
    assertThat(AuditActor.of(member).value()).isEqualTo("member:user_1");
    assertThat(AuditActor.of(administrator(new AccountId("supabase:user_1"), Optional.empty()))
            .value())
        .isEqualTo("administrator:supabase:user_1");
    assertThat(AuditActor.of(administrator(organization, Optional.of("member"))).value())
        .isEqualTo("administrator:user_1");
    assertThat(AuditActor.of(Principal.ofApiKey(organization, "bk_1", true)).value())
        .isEqualTo("api_key:bk_1");
    assertThat(
            AuditActor.of(Principal.ofAnonymous(new AccountId("anonymous:1"))).value())
        .isEqualTo("visitor:anonymous:1");
    assertThat(AuditActor.of(user.withEmail("ada@example.com").withName("Ada")).value())
        .isEqualTo("user:user_1");
  }

  private static Principal administrator(AccountId account, Optional<String> role) {
    return new Principal(
        account, ISSUER, "user_1", Optional.of("ada@example.com"), Optional.empty(), true, role);
  }

  private static AuditEntry entry() {
    return AuditEntry.of(
        NOW,
        AuditAction.CREATE_GRANT.code(),
        Optional.empty(),
        "gr_1",
        AuditChange.created(Map.of()));
  }
}
