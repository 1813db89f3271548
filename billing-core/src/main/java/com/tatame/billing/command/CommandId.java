package com.tatame.billing.command;

/** Names one outgoing mutation; also written into what it creates at the provider. */
public record CommandId(String value) {
  @Override
  public String toString() {
    return value;
  }
}
