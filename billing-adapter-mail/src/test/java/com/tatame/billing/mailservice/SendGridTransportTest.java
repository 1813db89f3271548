package com.tatame.billing.mailservice;

import com.tatame.billing.testkit.MailServiceUnderTest;
import com.tatame.billing.testkit.MailTransportContract;

final class SendGridTransportTest implements MailTransportContract {
  @Override
  public MailServiceUnderTest service() {
    return new SendGridServer();
  }
}
