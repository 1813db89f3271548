package com.tatame.billing.simulator.engine;

/** What was reported to a meter: once under an identifier. Its own id is not shown. */
final class MeterEvent extends StripeObject {
  String meter = "";
  String identifier = "";
  String customer = "";
  long value;
  long timestamp;
  boolean canceled;
}
