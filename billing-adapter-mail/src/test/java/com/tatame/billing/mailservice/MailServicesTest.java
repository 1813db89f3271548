package com.tatame.billing.mailservice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.mail.MailTransport;
import com.tatame.billing.mail.MailTransport.Accepted;
import com.tatame.billing.mail.RenderedMail;
import com.tatame.billing.testkit.MailTransportContract;
import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MailServicesTest {
  @Test
  void consoleSaysOneLineWithoutAddressAndContent() {
    List<String> lines = new ArrayList<>();
    try (MailTransport console = MailServices.console(lines::add)) {
      assertThat(console.send(MailTransportContract.mail("mail_1"))).isInstanceOf(Accepted.class);
      assertThat(console.canFind()).isFalse();
      assertThatThrownBy(() -> console.find("mail_1", Instant.EPOCH))
          .isInstanceOf(UnsupportedOperationException.class);
    }
    assertThat(lines)
        .containsExactly("mail mail_1 (receipt) is not delivered: no mail service is configured");
  }

  @Test
  void recentMailsAreTheLastOnes() {
    try (RecentMails recent = MailServices.recent(2)) {
      for (String id : List.of("mail_1", "mail_2", "mail_3")) {
        assertThat(recent.send(MailTransportContract.mail(id))).isInstanceOf(Accepted.class);
      }
      assertThat(recent.latest()).extracting(RenderedMail::id).containsExactly("mail_3", "mail_2");
    }
  }

  @Test
  void mailThatWasGivenUpIsNotCompletedLater() {
    Handover late = new Handover();
    assertThat(late.giveUp()).isTrue();
    assertThat(late.begin()).isFalse();
    assertThat(late.giveUp()).isTrue();

    Handover begun = new Handover();
    assertThat(begun.begin()).isTrue();
    assertThat(begun.giveUp()).isFalse();
    assertThat(begun.begin()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "zoe@example.com, zoe@example.com",
    "zoe.o'hara+billing@sub.example.com, zoe.o'hara+billing@sub.example.com",
    "zoe@bücher.example, zoe@xn--bcher-kva.example",
    "ZOE@EXAMPLE.COM, ZOE@EXAMPLE.COM"
  })
  void addressesOfEveryServiceAreTaken(String address, String written) {
    assertThat(MailAddress.of(address)).contains(written);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "zoë@example.com",
        "\"zoe quill\"@example.com",
        ".zoe@example.com",
        "zoe..q@example.com",
        "zoe@-example.com",
        "zoe@example..com",
        "zoe@[127.0.0.1]",
        "zoe@example.com.",
        "a@b@example.com"
      })
  void rareAddressesAreRefused(String address) {
    assertThat(MailAddress.of(address)).isEmpty();
  }

  @Test
  void settingsThatCannotBeUsedAreNamed() {
    assertThatThrownBy(() -> new SenderAddress("billing", "Acme", Optional.empty()))
        .hasMessageStartingWith("address: ");
    assertThatThrownBy(() -> new SenderAddress("b@example.org", "A\r\nBcc: x", Optional.empty()))
        .hasMessageStartingWith("name: ");
    assertThatThrownBy(() -> new SenderAddress("b@example.org", "Acme", Optional.of("x")))
        .hasMessageStartingWith("replyTo: ");
    assertThatThrownBy(
            () -> new MailBranding(" ", Optional.empty(), Optional.empty(), Optional.empty()))
        .hasMessageStartingWith("application: ");
    assertThatThrownBy(() -> new MailBranding(
            "Acme", Optional.of(URI.create("javascript:x")), Optional.empty(), Optional.empty()))
        .hasMessageStartingWith("accountPage: ");
    assertThatThrownBy(() -> new MailBranding(
            "Acme", Optional.empty(), Optional.of(URI.create("/plans")), Optional.empty()))
        .hasMessageStartingWith("plansPage: ");
    assertThatThrownBy(
            () -> new MailBranding("Acme", Optional.empty(), Optional.empty(), Optional.of("help")))
        .hasMessageStartingWith("supportAddress: ");
  }
}
