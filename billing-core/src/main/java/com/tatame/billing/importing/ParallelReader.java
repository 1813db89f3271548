package com.tatame.billing.importing;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Reads several customers at once, since each read mostly waits. */
final class ParallelReader implements AutoCloseable {
  private final ExecutorService threads;
  private final boolean alone;

  ParallelReader(int parallel) {
    alone = parallel == 1;
    threads = Executors.newFixedThreadPool(parallel, work -> {
      Thread thread = new Thread(work, "import");
      thread.setDaemon(true);
      return thread;
    });
  }

  /** What becomes of each, in their order; if one of them throws, that is thrown. */
  <A, B> List<B> map(List<A> all, Function<A, B> read) {
    if (alone) {
      return all.stream().map(read).toList();
    }
    List<Callable<B>> work = new ArrayList<>();
    all.forEach(each -> work.add(() -> read.apply(each)));
    List<B> answers = new ArrayList<>();
    try {
      for (Future<B> answer : threads.invokeAll(work)) {
        answers.add(answer.get());
      }
      return answers;
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException thrown
          ? thrown
          : new IllegalStateException("a customer can't be read", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("the import was interrupted; run it again", e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
