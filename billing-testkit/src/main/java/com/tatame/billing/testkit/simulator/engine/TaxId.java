package com.tatame.billing.testkit.simulator.engine;

final class TaxId extends StripeObject {
  String customer = "";
  String type = "";
  String value = "";
}
