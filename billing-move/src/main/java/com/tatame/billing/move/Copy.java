package com.tatame.billing.move;

import com.tatame.billing.move.Progress.Copied;
import com.tatame.billing.move.Rows.Changed;
import com.tatame.billing.move.Rows.Page;
import com.tatame.billing.move.Rows.Step;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Copies tables page by page, several at a time, reading one page ahead. */
final class Copy {
  private static final int FIRST_PAGE = 500;
  private static final int LARGEST_PAGE = 5000;

  private final String move;
  private final MoveEnd source;
  private final MoveEnd target;
  private final MoveLimits limits;
  private final MoveListener listener;

  Copy(String move, MoveEnd source, MoveEnd target, MoveLimits limits, MoveListener listener) {
    this.move = move;
    this.source = source;
    this.target = target;
    this.limits = limits;
    this.listener = listener;
  }

  void run(List<TableLayout> tables) {
    Progress progress = new Progress(target.progress());
    // Twice as many threads: each lane reads ahead.
    try (BoundedParallel lanes = new BoundedParallel(limits.lanes() * 2)) {
      BoundedParallel.each(limits.lanes(), tables, table -> copy(table, progress, lanes));
    }
  }

  private void copy(TableLayout table, Progress progress, BoundedParallel readers) {
    String item = Progress.copied(table.table());
    Optional<String> before = progress.raw(item);
    Copied done = progress.of(table.table());
    if (done.done()) {
      return;
    }
    CompletableFuture<Page> ahead = read(table, done.last(), FIRST_PAGE, readers);
    while (!done.done()) {
      Page page = joined(ahead);
      boolean end = page.rows().isEmpty();
      if (!end) {
        ahead = read(table, page.last(), fitting(page), readers);
      }
      done = new Copied(page.last().or(done::last), done.rows() + page.rows().size(), end);
      Changed rows = new Changed(table.table(), page.rows(), List.of());
      target.apply(new Step(move, item, before, done.json(), end ? List.of() : List.of(rows)));
      before = Optional.of(done.json());
      listener.copied(table.table(), done.rows(), table.rows());
    }
  }

  private CompletableFuture<Page> read(
      TableLayout table, Optional<String> after, int limit, BoundedParallel readers) {
    return readers.submit(() -> source.page(table.table(), after, limit));
  }

  private int fitting(Page page) {
    long perRow = Math.max(1, page.size() / page.rows().size());
    return (int) Math.max(1, Math.min(LARGEST_PAGE, limits.pageBytes() / perRow));
  }

  private static <T> T joined(CompletableFuture<T> future) {
    try {
      return future.join();
    } catch (CompletionException e) {
      throw BoundedParallel.unwrapped(e);
    }
  }
}
