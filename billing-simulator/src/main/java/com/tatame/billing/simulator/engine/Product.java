package com.tatame.billing.simulator.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

final class Product extends StripeObject {
  String name = "";
  boolean active = true;
  long updated;

  @Nullable
  String description;

  @Nullable
  String defaultPrice;

  @Nullable
  String statementDescriptor;

  @Nullable
  String unitLabel;

  @Nullable
  String url;

  @Nullable
  String taxCode;

  @Nullable
  Boolean shippable;

  List<String> images = new ArrayList<>();
  List<String> marketingFeatures = new ArrayList<>();
}
