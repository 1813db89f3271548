package com.tatame.billing.move;

import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.move.MoveStatus.Phase;
import com.tatame.billing.move.Rows.Changed;
import com.tatame.billing.move.Rows.Page;
import com.tatame.billing.move.Rows.Step;
import com.tatame.billing.schema.StoreState;
import com.tatame.billing.store.StoreMode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Moves all that one store holds to another one, while the first is at work. What has been done is
 * noted in the target together with the rows, so each step can be killed at any point and asked for
 * again. One program at a time may move; a second one is refused.
 *
 * <p>All methods throw {@link StoreUnavailable} if a side doesn't answer for a while, and {@link
 * MoveRefused} if it isn't time for this step.
 */
public final class Move {
  /** Entries of the log that are brought over at once. */
  private static final int CHANGES = 500;

  /** How often a switch tries to catch up. */
  private static final int ROUNDS = 20;

  /** Rows that a plan reads to see how fast that is. */
  private static final int SAMPLE = 500;

  private final MoveEnd source;
  private final MoveEnd target;
  private final MoveLimits limits;
  private final InstantSource clock;
  private final MoveListener listener;

  public Move(
      MoveEnd source,
      MoveEnd target,
      MoveLimits limits,
      InstantSource clock,
      MoveListener listener) {
    this.source = source;
    this.target = target;
    this.limits = limits;
    this.clock = clock;
    this.listener = listener;
  }

  /** Looks at both sides and changes nothing. */
  public MovePlan plan() {
    List<TableLayout> layout = fitting();
    List<MovePlan.Table> tables = layout.stream()
        .map(table -> new MovePlan.Table(table.table(), table.rows(), table.bytes()))
        .toList();
    Instant begin = clock.instant();
    Page sample = source.page(layout.get(0).table(), Optional.empty(), SAMPLE);
    double seconds = Math.max(Duration.between(begin, clock.instant()).toNanos() / 1e9, 1e-3);
    double rate = sample.rows().size() / seconds;
    long rows = layout.stream().mapToLong(table -> table.rows().orElse(0)).sum();
    return new MovePlan(
        tables,
        rate,
        rate == 0 ? Duration.ZERO : Duration.ofSeconds((long) (rows / rate / limits.lanes())),
        source.blockers());
  }

  /** Copies all tables, or what is left of them, and what changes meanwhile. */
  public void copy() {
    List<TableLayout> layout = fitting();
    String move = begin(layout);
    if (!progress(target).wayBack()) {
      new Copy(move, source, target, limits, listener).run(layout);
    }
    follow(move);
  }

  /**
   * Brings over what has changed since the last time.
   *
   * @return how many rows
   */
  public long follow() {
    return follow(copied());
  }

  private long follow(String move) {
    return follow(source, target, move, false);
  }

  /**
   * Compares all rows of all tables, those that change meanwhile included.
   *
   * @throws MoveRefused if not all is copied
   */
  public Verification verify() {
    String move = copied();
    follow(move);
    LogPosition checked = progress(target).followed().position();
    Verification found = comparing(source, target, move).run(fitting());
    note(target, move, Progress.CHECKED, Progress.checked(checked));
    note(target, move, Progress.COMPARED, Progress.compared(found, clock.instant()));
    return found;
  }

  /**
   * Lets the target take over: the source takes no more writes, the last changes are brought over, all
   * rows that changed since both sides were verified are compared, the target goes to work. Repeated
   * after it was killed, it ends what it had begun.
   *
   * @throws MoveRefused if both sides were not verified as equal, or aren't equal any more
   */
  public Cutover cutover() {
    Phase phase = status().phase();
    if (phase == Phase.MOVED || phase == Phase.FINISHED) {
      return new Cutover(Duration.ZERO, 0);
    }
    if (phase == Phase.ROLLING_BACK) {
      throw new MoveRefused(
          "The move is being rolled back. Roll back once more to end that first.");
    }
    String move = phase == Phase.ROLLED_BACK ? back(target) : copied();
    Progress progress = progress(target);
    if (!progress.wayBack() && progress.comparedAt().isEmpty()) {
      throw new MoveRefused("It is not known whether both sides are equal. Verify first.");
    }
    return switchOver(source, target, move);
  }

  /** Where the move stands. Changes nothing. */
  public MoveStatus status() {
    StoreState from = source.state();
    StoreState to = target.state();
    Progress progress = progress(target);
    return new MoveStatus(
        phase(from, to, progress),
        from.mode(),
        to.mode(),
        progress.rowsCopied(),
        progress.followed().rows(),
        progress.comparedAt());
  }

  private Phase phase(StoreState from, StoreState to, Progress progress) {
    boolean same = from.move().isPresent() && from.move().equals(to.move());
    if (!same) {
      return from.mode() == StoreMode.FROZEN && to.mode() == StoreMode.STANDBY
          ? Phase.CUTTING_OVER
          : Phase.NOT_BEGUN;
    }
    return switch (to.mode()) {
      case STANDBY ->
        from.mode() == StoreMode.FROZEN
            ? Phase.CUTTING_OVER
            : progress.wayBack() || allCopied(progress) ? Phase.FOLLOWING : Phase.COPYING;
      // A state is what the store itself says, and a store doesn't know that its database is
      // read-only.
      case OPEN, READ_ONLY ->
        switch (from.mode()) {
          case STANDBY -> Phase.ROLLING_BACK;
          case FROZEN -> to.recording() ? Phase.MOVED : Phase.FINISHED;
          case OPEN, READ_ONLY ->
            throw new IllegalStateException("both sides are at work: stop one at once");
        };
      case FROZEN ->
        from.mode() == StoreMode.STANDBY
            ? Phase.ROLLING_BACK
            : from.recording() ? Phase.ROLLED_BACK : Phase.NOT_BEGUN;
    };
  }

  private boolean allCopied(Progress progress) {
    return source.layout().stream().allMatch(table -> progress.of(table.table()).done());
  }

  /**
   * Takes the move back. Before the switch the target is given up and the source goes on as if nothing
   * had been; after it, what was written since is brought back and the source takes over again. Repeated after it
   * was killed, it ends what it had begun.
   *
   * @return the pause that this took
   * @throws MoveRefused if there is nothing to take back, or no way back any more
   */
  public Cutover rollback() {
    switch (status().phase()) {
      case ROLLED_BACK -> {
        return new Cutover(Duration.ZERO, 0);
      }
      case NOT_BEGUN ->
        throw new MoveRefused("There is nothing to roll back: " + source.label() + " is at work.");
      case FINISHED ->
        throw new MoveRefused("The move was finished, and there is no way back. Move again, from "
            + target.label() + " to an empty store.");
      case COPYING, FOLLOWING, CUTTING_OVER -> {
        return giveUp();
      }
      default -> {
        return switchOver(target, source, back(source));
      }
    }
  }

  // Before the target is given up, it is closed for good, so that it can't be opened any more.
  private Cutover giveUp() {
    String move = source.state().move().orElseThrow();
    target.giveUp(move);
    source.thaw(move);
    source.endRecording(move);
    return new Cutover(Duration.ZERO, 0);
  }

  /**
   * Gives up the way back, and the log of changes with it, which grows until then.
   *
   * @throws MoveRefused if neither side has taken over
   */
  public void finish() {
    switch (status().phase()) {
      case MOVED -> target.endRecording(move(target));
      case ROLLED_BACK -> source.endRecording(move(source));
      case FINISHED -> {}
      default -> throw new MoveRefused("The move is not at its end. Cut over, or roll back.");
    }
  }

  private static String move(MoveEnd end) {
    return end.state().move().orElseThrow(() -> new MoveRefused("No move was begun. Copy first."));
  }

  private List<TableLayout> fitting() {
    List<TableLayout> from = source.layout();
    List<TableLayout> to = target.layout();
    boolean empty = to.isEmpty();
    boolean fit = from.size() == to.size()
        && from.stream().allMatch(table -> to.stream().anyMatch(table::fits));
    if (from.isEmpty()) {
      throw new MoveRefused(source.label() + " holds no tables of this product.");
    }
    if (!empty && !fit) {
      throw new MoveRefused("The tables of " + source.label() + " and " + target.label()
          + " are not of the same release. Bring both schemas up to date.");
    }
    return from.stream()
        .sorted(Comparator.comparing(TableLayout::bytes).reversed())
        .toList();
  }

  /** Begins the move, or finds it begun. */
  private String begin(List<TableLayout> layout) {
    StoreState from = source.state();
    StoreState to = target.state();
    Optional<String> begun = to.mode() == StoreMode.STANDBY ? to.move() : Optional.<String>empty();
    String move = begun
        .or(() -> from.recording() ? from.move() : Optional.empty())
        .orElseGet(() -> "move_" + clock.millis());
    if (to.mode() == StoreMode.FROZEN) {
      throw new MoveRefused(target.label()
          + " was moved away from. Roll that move back, or move into an empty store.");
    }
    target.beginStandby(move, layout);
    source.beginRecording(move);
    return move;
  }

  private String copied() {
    String move = move(target);
    Phase phase = status().phase();
    if (phase != Phase.FOLLOWING && phase != Phase.CUTTING_OVER) {
      throw new MoveRefused(
          phase == Phase.COPYING || phase == Phase.NOT_BEGUN
              ? "Not all tables are copied. Copy first."
              : "There is nothing to follow. Ask for the status.");
    }
    return move;
  }

  /** Makes what was left frozen ready to be brought up to date. */
  private String back(MoveEnd end) {
    String move = move(end);
    end.beginStandby(move, List.of());
    return move;
  }

  private Cutover switchOver(MoveEnd from, MoveEnd to, String move) {
    int rounds = 0;
    while (follow(from, to, move, false) + check(from, to, move) > CHANGES) {
      if (++rounds == ROUNDS) {
        throw new MoveRefused(from.label() + " is written faster than the changes can be brought"
            + " over. Try again when it is quieter.");
      }
    }
    Instant begin = clock.instant();
    String sequences = from.freeze(move);
    long rows = lastChanges(from, to, move);
    to.open(move, sequences);
    return new Cutover(Duration.between(begin, clock.instant()), rows);
  }

  // Nothing but the opening decides who is at work: as long as it was not asked for, all can go on.
  private long lastChanges(MoveEnd from, MoveEnd to, String move) {
    try {
      long rows = follow(from, to, move, true);
      check(from, to, move);
      return rows;
    } catch (RuntimeException e) {
      from.thaw(move);
      throw e;
    }
  }

  /** Compares what has changed since that was last done, and answers with how much it was. */
  private long check(MoveEnd from, MoveEnd to, String move) {
    Progress progress = progress(to);
    LogPosition followed = progress.followed().position();
    Verification found = comparing(from, to, move).touched(progress.checked(), followed);
    if (!found.equal()) {
      throw new MoveRefused("Rows that have changed meanwhile are not equal, such as "
          + found.differences().get(0) + ". Verify again.");
    }
    note(to, move, Progress.CHECKED, Progress.checked(followed));
    return found.rows();
  }

  /** Up to what is settled when it begins, or to the end of the log. */
  private long follow(MoveEnd from, MoveEnd to, String move, boolean last) {
    Progress progress = progress(to);
    Optional<String> before = progress.raw(Progress.FOLLOWED);
    Progress.Followed followed = progress.followed();
    long rowsBefore = followed.rows();
    String settled = "";
    while (true) {
      Rows.Changes changes = from.changes(followed.position(), CHANGES, last);
      if (changes.entries() == 0) {
        return followed.rows() - rowsBefore;
      }
      settled = settled.isEmpty() ? changes.settled() : settled;
      long rows = changes.tables().stream()
          .mapToLong(table -> table.rows().size() + table.gone().size())
          .sum();
      followed = new Progress.Followed(changes.next(), followed.rows() + rows);
      to.apply(new Step(move, Progress.FOLLOWED, before, followed.json(), changes.tables()));
      before = Optional.of(followed.json());
      listener.followed(followed.rows());
      if (!last && (changes.entries() < CHANGES || followed.position().reached(settled))) {
        return followed.rows() - rowsBefore;
      }
    }
  }

  private Verifier comparing(MoveEnd from, MoveEnd to, String move) {
    return new Verifier(
        from,
        to,
        limits,
        listener,
        () -> follow(from, to, move, false),
        () -> progress(to).followed());
  }

  private static void note(MoveEnd end, String move, String item, String value) {
    end.apply(new Step(move, item, progress(end).raw(item), value, List.<Changed>of()));
  }

  private static Progress progress(MoveEnd end) {
    return new Progress(end.progress());
  }
}
