package com.tatame.billing.http;

import java.util.regex.Pattern;

/**
 * A webhook's payload as it is shown: without client secrets, ephemeral keys, and addresses of pages
 * that ask for no other proof. All else is byte for byte what was received.
 */
final class MaskedPayload {
  private static final String TEXT = "\"(?:[^\"\\\\]|\\\\.)*+\"";
  private static final Pattern SECRETS =
      Pattern.compile("(\"(?:client_secret|secret|hosted_invoice_url|invoice_pdf|receipt_url"
          + "|hosted_verification_url|hosted_voucher_url|hosted_instructions_url)\"\\s*:\\s*)"
          + TEXT);

  // Addresses of lists are paths.
  private static final Pattern ADDRESSES =
      Pattern.compile("(\"url\"\\s*:\\s*)\"https?:(?:[^\"\\\\]|\\\\.)*+\"");

  private static final String MASKED = "$1\"***\"";

  private MaskedPayload() {}

  static String of(String payload) {
    return ADDRESSES.matcher(SECRETS.matcher(payload).replaceAll(MASKED)).replaceAll(MASKED);
  }
}
