package com.tatame.billing.simulator.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

final class Customer extends StripeObject {
  @Nullable
  String email;

  @Nullable
  String name;

  @Nullable
  String phone;

  @Nullable
  String description;

  @Nullable
  String currency;

  @Nullable
  String defaultPaymentMethod;

  @Nullable
  String footer;

  @Nullable
  Map<String, String> address;

  List<String> preferredLocales = new ArrayList<>();
  String taxExempt = "none";
  String invoicePrefix = "";
  long nextInvoiceSequence = 1;
  long balance;
  boolean delinquent;
  boolean deleted;
}
