package com.tatame.billing.move;

import com.tatame.billing.move.Rows.Changed;
import com.tatame.billing.move.Rows.Changes;
import com.tatame.billing.move.Rows.Digest;
import com.tatame.billing.move.Rows.KeyHash;
import com.tatame.billing.move.Rows.Page;
import com.tatame.billing.move.Rows.Range;
import com.tatame.billing.move.Rows.RowState;
import com.tatame.billing.move.Rows.Step;
import com.tatame.billing.move.Rows.Touched;
import com.tatame.billing.schema.StoreState;
import com.tatame.billing.store.StoreMode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A directory as one side of a move: for each table a file to which a line is added for each row that
 * was written and each key that has gone, so that the last one of a key says what there is; and what
 * the move knows of itself, replaced at once. Lines behind the length noted there were never written.
 */
final class FilesEnd extends MoveEnd {
  /** Tables whose keys are kept in memory. */
  private static final int INDEXES = 2;

  private static final StoreState UNTOUCHED =
      new StoreState(StoreMode.OPEN, false, Optional.empty());

  private final Path directory;
  private final Map<String, LineIndex> indexes = new LinkedHashMap<>();

  FilesEnd(Path directory) {
    this.directory = directory;
  }

  @Override
  public String label() {
    return "files in " + directory;
  }

  @Override
  synchronized StoreState state() {
    return MoveFile.read(directory).map(MoveFile::state).orElse(UNTOUCHED);
  }

  @Override
  synchronized List<TableLayout> layout() {
    return MoveFile.read(directory).map(MoveFile::layout).orElse(List.of());
  }

  @Override
  List<Blocker> blockers() {
    return List.of();
  }

  @Override
  synchronized void beginRecording(String move) {
    MoveFile file = begun();
    if (file.state().recording() && !ofMove(file, move)) {
      throw new MoveRefused(label() + " take part in another move. Roll that one back first.");
    }
    if (file.state().mode() == StoreMode.STANDBY) {
      throw new MoveRefused(label() + " are not complete: the move into them was not cut over.");
    }
    file.in(file.state().mode(), Optional.of(move), true).write(directory);
  }

  @Override
  synchronized void endRecording(String move) {
    MoveFile file = begun();
    if (ofMove(file, move)) {
      file.in(file.state().mode(), file.state().move(), false).write(directory);
    }
  }

  @Override
  synchronized String freeze(String move) {
    MoveFile file = checked(move);
    file.in(StoreMode.FROZEN, Optional.of(move), true).write(directory);
    return file.sequences();
  }

  @Override
  synchronized void thaw(String move) {
    checked(move).in(StoreMode.OPEN, Optional.of(move), true).write(directory);
  }

  @Override
  synchronized Page page(String table, Optional<String> after, int limit) {
    LineIndex index = index(table);
    List<LineIndex.Line> lines = index.within(Range.after(after), Rows.most(limit));
    return new Page(
        index.read(lines),
        lines.isEmpty()
            ? Optional.empty()
            : Optional.of(lines.get(lines.size() - 1).key().text()));
  }

  @Override
  Changes changes(LogPosition after, int limit, boolean last) {
    return new Changes(after, 0, after.rev(), List.of());
  }

  @Override
  Touched touched(LogPosition after, LogPosition through, int limit) {
    return new Touched(through, 0, Map.of());
  }

  @Override
  synchronized void beginStandby(String move, List<TableLayout> layout) {
    Optional<MoveFile> before = MoveFile.read(directory);
    if (before.isPresent()) {
      MoveFile file = before.get();
      if (file.state().mode() == StoreMode.OPEN || !ofMove(file, move)) {
        throw new MoveRefused(label() + " hold something already. Name an empty directory.");
      }
      if (file.state().mode() == StoreMode.FROZEN) {
        file.in(StoreMode.STANDBY, Optional.of(move), false)
            .with(Map.of("way_back", "true"))
            .write(directory);
      }
      return;
    }
    try {
      Files.createDirectories(directory);
      try (var entries = Files.list(directory)) {
        if (entries.findAny().isPresent()) {
          throw new MoveRefused(label() + " are not of a move. Name an empty directory.");
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    MoveFile.filledBy(move, layout).write(directory);
  }

  @Override
  synchronized void giveUp(String move) {
    MoveFile file = begun();
    if (file.state().mode() == StoreMode.OPEN) {
      throw new MoveRefused(label() + " are complete already. Roll the move back instead.");
    }
    if (ofMove(file, move)) {
      file.in(StoreMode.STANDBY, Optional.empty(), false).write(directory);
    }
  }

  @Override
  synchronized Map<String, String> progress() {
    return MoveFile.read(directory).map(MoveFile::progress).orElse(Map.of());
  }

  @Override
  synchronized void apply(Step step) {
    MoveFile file = checked(step.move());
    Optional<String> now = Optional.ofNullable(file.progress().get(step.item()));
    if (now.equals(Optional.of(step.value()))) {
      return;
    }
    if (file.state().mode() != StoreMode.STANDBY || !now.equals(step.expected())) {
      throw new MoveRefused("Another program is moving the same. Let one of them end.");
    }
    Map<String, Long> lengths = new LinkedHashMap<>(file.lengths());
    for (Changed changed : step.tables()) {
      lengths.put(changed.table(), append(changed, lengths.getOrDefault(changed.table(), 0L)));
      indexes.remove(changed.table());
    }
    Map<String, String> progress = new LinkedHashMap<>(file.progress());
    progress.put(step.item(), step.value());
    file.with(progress).ofLengths(lengths).write(directory);
  }

  private long append(Changed changed, long length) {
    StringBuilder lines = new StringBuilder();
    changed.rows().forEach(row -> lines.append(row).append('\n'));
    changed.gone().forEach(key -> lines.append(key).append('\n'));
    ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
    long end = length + bytes.remaining();
    try (FileChannel file = FileChannel.open(
        tableFile(changed.table()), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.truncate(length);
      file.position(length);
      while (bytes.hasRemaining()) {
        file.write(bytes);
      }
      file.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return end;
  }

  @Override
  synchronized void open(String move, String sequences) {
    MoveFile file = checked(move);
    file.in(StoreMode.OPEN, Optional.of(move), true).ofSequences(sequences).write(directory);
  }

  @Override
  synchronized Digest digest(String table, Range range, OptionalInt limit) {
    List<LineIndex.Line> lines = index(table).within(range, limit);
    return new Digest(
        lines.size(),
        Long.toString(lines.stream().mapToLong(LineIndex.Line::hash).reduce(0, (a, b) -> a ^ b)),
        lines.isEmpty()
            ? Optional.empty()
            : Optional.of(lines.get(lines.size() - 1).key().text()));
  }

  @Override
  synchronized List<KeyHash> hashes(String table, Range range) {
    List<KeyHash> hashes = new ArrayList<>();
    index(table)
        .within(range, OptionalInt.empty())
        .forEach(line -> hashes.add(new KeyHash(line.key().text(), hex(line))));
    return hashes;
  }

  @Override
  synchronized List<RowState> rows(String table, List<String> keys, LogPosition after) {
    LineIndex index = index(table);
    return keys.stream()
        .map(key -> new RowState(key, index.find(key).map(FilesEnd::hex), false))
        .toList();
  }

  private static String hex(LineIndex.Line line) {
    return String.format("%016x", line.hash());
  }

  private LineIndex index(String table) {
    LineIndex known = indexes.remove(table);
    LineIndex index = known == null ? read(table) : known;
    // Whatever was used last is at the end.
    indexes.put(table, index);
    if (indexes.size() > INDEXES) {
      indexes.remove(indexes.keySet().iterator().next());
    }
    return index;
  }

  private LineIndex read(String table) {
    MoveFile file = begun();
    TableLayout layout = file.layout().stream()
        .filter(each -> each.table().equals(table))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(label() + " have no table " + table));
    return LineIndex.of(tableFile(table), layout, file.lengths().getOrDefault(table, 0L));
  }

  private Path tableFile(String table) {
    return directory.resolve(table + ".jsonl");
  }

  private MoveFile begun() {
    return MoveFile.read(directory)
        .orElseThrow(() -> new MoveRefused(label() + " hold nothing that was moved."));
  }

  private MoveFile checked(String move) {
    MoveFile file = begun();
    if (!ofMove(file, move)) {
      throw new MoveRefused(label() + " take part in no such move. Ask for the status.");
    }
    return file;
  }

  private static boolean ofMove(MoveFile file, String move) {
    return file.state().move().equals(Optional.of(move));
  }
}
