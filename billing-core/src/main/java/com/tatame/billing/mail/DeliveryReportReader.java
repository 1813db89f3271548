package com.tatame.billing.mail;

import com.tatame.billing.failure.InvalidSignature;
import com.tatame.billing.failure.ValidationFailed;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Port: reads the requests by which a mail service reports. */
public interface DeliveryReportReader {
  /** Which service, as in the route's path: {@code sendgrid} or {@code postmark}. */
  String service();

  /**
   * Checks where the request comes from, and reads it. Kinds of reports that say nothing about delivery
   * are left out.
   *
   * @param header a header of the request by its name, in whatever case
   * @param body exactly as received
   * @throws InvalidSignature if it doesn't prove where it comes from
   * @throws ValidationFailed if it can't be read
   */
  List<DeliveryReport> read(Function<String, Optional<String>> header, byte[] body);
}
