package com.tatame.billing.http;

import com.tatame.billing.Billing;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
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

    /** Answers a repeated call from what was kept of the first answer, and reads the rest again. */
    default Answer reopen(Call call, String kept) {
      throw new IllegalStateException("the route has no way to read again what it doesn't keep");
    }

    /** The same, done by one catalog from beginning to end. */
    default Later withOneCatalog(Billing billing) {
      Later handler = this;
      return new Later() {
        @Override
        public CompletableFuture<Answer> handle(Call call) {
          return billing.withOneCatalog(() -> handler.handle(call));
        }

        @Override
        public Answer reopen(Call call, String kept) {
          return billing.withOneCatalog(() -> handler.reopen(call, kept));
        }
      };
    }

    /** The same, after a check that throws what it refuses. */
    default Later after(Consumer<Call> check) {
      Later checked = this;
      return new Later() {
        @Override
        public CompletableFuture<Answer> handle(Call call) {
          check.accept(call);
          return checked.handle(call);
        }

        @Override
        public Answer reopen(Call call, String kept) {
          return checked.reopen(call, kept);
        }
      };
    }
  }

  /** Reads again what is not kept of an answer. */
  @FunctionalInterface
  interface Reopening {
    Answer reopen(Call call, String kept);
  }

  /** The same, for who can wait for an answer. */
  static Function<Handlers, Later> now(Function<Handlers, RouteHandler> handler) {
    return handlers -> {
      RouteHandler now = handler.apply(handlers);
      return call -> CompletableFuture.completedFuture(now.handle(call));
    };
  }

  /** The same, of whose answers something is read again. */
  static Function<Handlers, Later> reopening(
      Function<Handlers, Later> handler, Function<Handlers, Reopening> reopening) {
    return handlers -> {
      Later first = handler.apply(handlers);
      Reopening again = reopening.apply(handlers);
      return new Later() {
        @Override
        public CompletableFuture<Answer> handle(Call call) {
          return first.handle(call);
        }

        @Override
        public Answer reopen(Call call, String kept) {
          return again.reopen(call, kept);
        }
      };
    };
  }
}
