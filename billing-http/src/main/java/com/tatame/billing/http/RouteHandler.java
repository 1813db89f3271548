package com.tatame.billing.http;

import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Does one route: reads the call, calls one use case, renders its answer. */
@FunctionalInterface
interface RouteHandler {
  Answer handle(Call call);

  /** One whose answer may come later, from another thread. */
  @FunctionalInterface
  interface Later {
    /** What is thrown, and what the future fails with, becomes an answer as well. */
    CompletableFuture<Answer> handle(Call call);
  }

  /** The same, for who can wait for an answer. */
  static Function<Handlers, Later> now(Function<Handlers, RouteHandler> handler) {
    return handlers -> {
      RouteHandler now = handler.apply(handlers);
      return call -> CompletableFuture.completedFuture(now.handle(call));
    };
  }
}
