package com.tatame.billing.move;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Threads that work side by side; the first failure ends them all. */
final class BoundedParallel implements AutoCloseable {
  private final ExecutorService threads;

  BoundedParallel(int count) {
    threads = Executors.newFixedThreadPool(count);
  }

  <T> CompletableFuture<T> submit(Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, threads);
  }

  /** Does something with each, in their order. */
  static <T> void each(int count, List<T> all, Consumer<T> work) {
    AtomicBoolean failed = new AtomicBoolean();
    try (BoundedParallel lanes = new BoundedParallel(count)) {
      List<CompletableFuture<Void>> running = new ArrayList<>();
      for (T one : all) {
        running.add(lanes
            .submit(() -> {
              if (!failed.get()) {
                work.accept(one);
              }
              return (Void) null;
            })
            .whenComplete((done, failure) -> failed.compareAndSet(false, failure != null)));
      }
      CompletableFuture.allOf(running.toArray(CompletableFuture<?>[]::new)).join();
    } catch (CompletionException e) {
      throw unwrapped(e);
    }
  }

  static RuntimeException unwrapped(CompletionException e) {
    return e.getCause() instanceof RuntimeException cause ? cause : e;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
