package com.tatame.billing.move;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.move.MoveStatus.Phase;
import com.tatame.billing.move.Stores.Store;
import com.tatame.billing.schema.SqlFunctions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.Random;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A program that moves and dies, again and again, and what the next one makes of what it left. */
class KilledMoveTest {
  private static final int DEATHS = 50;
  /** Comparing takes few enough calls for a program that lives long to end it. */
  private static final MoveLimits SMALL = new MoveLimits(2, 200_000, 2_000);

  /** The end of a program: nothing in the product can catch it. */
  private static final class Killed extends Error {
    private static final long serialVersionUID = 1L;
  }

  /** Dies at its nth call, either before it reaches the database or before the answer comes back. */
  private record Mortal(SqlFunctions store, AtomicInteger callsLeft, boolean executed)
      implements SqlFunctions {
    @Override
    public String call(String function, String argument) {
      int left = callsLeft.decrementAndGet();
      if (left < 0 || (left == 0 && !executed)) {
        throw new Killed();
      }
      String answer = store.call(function, argument);
      if (left == 0) {
        throw new Killed();
      }
      return answer;
    }

    @Override
    public void close() {}
  }

  @Test
  void goesThereAndBackAndThereHoweverOftenItDies() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    try (Store source = Stores.postgres();
        Store target = Stores.postgres()) {
      source.run("insert into users (id, issuer, subject) select 'user_' || n, 'i', 's' from"
          + " generate_series(1, 2000) n");
      Move survivor = move(source.end(), target.end());
      int deaths = 0;
      try (Writers writers = Writers.at(source, 2, seed)) {
        while (survivor.status().phase() != Phase.MOVED) {
          deaths += dies(source, target, random, 900) ? 1 : 0;
        }
        assertThat(writers.committed()).as("seed %s", seed).isPositive();
      }
      try (Writers here = Writers.at(source, 1, seed);
          Writers there = Writers.at(target, 1, seed + 1)) {
        while (deaths < DEATHS) {
          deaths += dies(source, target, random, 20) ? 1 : 0;
        }
        while (survivor.status().phase() != Phase.MOVED) {
          step(survivor);
        }
        assertThat(here.refused()).as("seed %s", seed).isPositive();
        assertThat(there.committed()).as("seed %s", seed).isPositive();
        // What is written from here on is not brought over.
        survivor.rollback();
      }
      survivor.cutover();
      assertThat(target.query(MoveTest.ALL_ROWS))
          .as("seed %s after %s deaths", seed, deaths)
          .isEqualTo(source.query(MoveTest.ALL_ROWS));
    }
  }

  private static Move move(MoveEnd source, MoveEnd target) {
    return new Move(source, target, SMALL, InstantSource.system(), MoveListener.SILENT);
  }

  private static boolean dies(Store source, Store target, Random random, int mostCalls) {
    AtomicInteger calls = new AtomicInteger(1 + random.nextInt(mostCalls));
    boolean executed = random.nextBoolean();
    Move move = move(
        MoveEnd.store("a", new Mortal(source.functions(), calls, executed), Stores.unhurried()),
        MoveEnd.store("b", new Mortal(target.functions(), calls, executed), Stores.unhurried()));
    try {
      step(move);
      return false;
    } catch (Killed e) {
      return true;
    } catch (CompletionException e) {
      assertThat(e).hasRootCauseInstanceOf(Killed.class);
      return true;
    }
  }

  private static void step(Move move) {
    switch (move.status().phase()) {
      case NOT_BEGUN, COPYING, FOLLOWING -> {
        move.copy();
        assertThat(move.verify().differences()).isEmpty();
        move.cutover();
      }
      case CUTTING_OVER, ROLLED_BACK -> move.cutover();
      case MOVED, ROLLING_BACK -> move.rollback();
      case FINISHED -> throw new AssertionError("it was not finished");
    }
  }

  @Test
  void filesThatWereCutOffInTheMiddleOfALineAreWrittenOn(@TempDir Path directory) throws Exception {
    try (Store source = Stores.postgres()) {
      source.run("insert into users (id, issuer, subject) select 'user_' || n, 'i', 's' from"
          + " generate_series(1, 300) n");
      Path files = directory.resolve("export");
      AtomicInteger calls = new AtomicInteger(25);
      MoveEnd mortal =
          MoveEnd.store("a", new Mortal(source.functions(), calls, true), Stores.unhurried());
      Move dying = move(mortal, MoveEnd.files(files));
      assertThat(catchKilled(dying)).isTrue();
      Path users = files.resolve("users.jsonl");
      Files.writeString(
          users, "{\"id\": \"user_9", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      Move second = move(source.end(), MoveEnd.files(files));
      second.copy();
      assertThat(second.verify().differences()).isEmpty();
      // And the row of the epoch, which every store has.
      assertThat(second.verify().rows()).isEqualTo(301);
    }
  }

  private static boolean catchKilled(Move move) {
    try {
      move.copy();
      return false;
    } catch (Killed e) {
      return true;
    } catch (CompletionException e) {
      return e.getCause() instanceof Killed;
    }
  }
}
