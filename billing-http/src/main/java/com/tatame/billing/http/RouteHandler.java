package com.tatame.billing.http;

/** Does one route: reads the call, calls one use case, renders its answer. */
@FunctionalInterface
interface RouteHandler {
  Answer handle(Call call);
}
