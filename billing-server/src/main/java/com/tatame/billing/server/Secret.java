package com.tatame.billing.server;

/** A text that must not be shown; its text form is masked. */
public record Secret(String value) {
  @Override
  public String toString() {
    return "***";
  }
}
