package com.tatame.billing.testkit;

import java.time.Instant;

final class InMemoryMailServiceTest implements MailTransportContract {
  @Override
  public MailServiceUnderTest service() {
    return new InMemoryMailService(new SettableClock(Instant.parse("2026-03-01T09:00:00Z")));
  }
}
