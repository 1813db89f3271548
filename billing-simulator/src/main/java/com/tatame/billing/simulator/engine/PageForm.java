package com.tatame.billing.simulator.engine;

/** What the checkout page's form sends. Its text form hides what was typed. */
public record PageForm(String email, String number, String expiry, String cvc, String name) {
  @Override
  public String toString() {
    return "PageForm[hidden]";
  }
}
