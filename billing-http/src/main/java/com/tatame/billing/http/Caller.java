package com.tatame.billing.http;

import java.util.Locale;

/** A kind of caller, as far as the route table tells them apart. */
enum Caller {
  /** Any caller, without credentials. */
  ANYBODY,
  /** A visitor who has not signed in, with the token of an anonymous session. */
  VISITOR,
  /** Signed in, for the personal account. */
  USER,
  /** Signed in, for an organisation in which the role is none of the billing roles. */
  MEMBER,
  /** Signed in, for an organisation, with one of its billing roles. */
  BILLING_ROLE,
  /** A program with an API key that has the route's scope. */
  API_KEY,
  ADMINISTRATOR,
  /** A collector of metrics. */
  COLLECTOR;

  /** As the API description names it. */
  String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
