package com.tatame.billing.mailservice;

/** A sender as one text, whose name can't be read as another address. */
final class Mailbox {
  private Mailbox() {}

  static String of(SenderAddress sender) {
    if (sender.name().isEmpty()) {
      return sender.address();
    }
    return "\"" + sender.name().replace("\\", "\\\\").replace("\"", "\\\"") + "\" <"
        + sender.address() + ">";
  }
}
