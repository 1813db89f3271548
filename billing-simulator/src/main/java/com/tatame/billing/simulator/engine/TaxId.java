package com.tatame.billing.simulator.engine;

final class TaxId extends StripeObject {
  String customer = "";
  String type = "";
  String value = "";
}
