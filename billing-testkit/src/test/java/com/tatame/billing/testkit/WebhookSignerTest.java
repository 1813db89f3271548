package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class WebhookSignerTest {
  private static final Instant AT = Instant.ofEpochSecond(1_492_774_577L);

  @Test
  void signsTimeAndBodyWithTheWholeSecret() {
    // Computed with: printf '1492774577.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test
    assertThat(new WebhookSigner("whsec_test").header("{\"id\":\"evt_1\"}", AT))
        .isEqualTo(
            "t=1492774577,v1=7656fc2882a7ca0a651666b36bf2f2f22ee204f54f608f227498a2419f2890b2");
  }

  @Test
  void signsWithEachSecretWhileOneIsRolled() {
    String both = new WebhookSigner("whsec_old", "whsec_new").header("{}", AT);

    String old = new WebhookSigner("whsec_old").header("{}", AT);
    String young = new WebhookSigner("whsec_new").header("{}", AT);
    assertThat(both).isEqualTo(old + young.substring(young.indexOf(",v1=")));
  }

  @Test
  void needsASecret() {
    assertThatThrownBy(WebhookSigner::new).isInstanceOf(IllegalArgumentException.class);
  }
}
