package com.tatame.billing.testkit;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import com.tatame.billing.command.Command;
import com.tatame.billing.command.CommandId;
import com.tatame.billing.command.CommandJournal;
import com.tatame.billing.command.CommandKind;
import com.tatame.billing.command.CommandState;
import com.tatame.billing.command.JournalFilter;
import com.tatame.billing.command.RequestKey;
import com.tatame.billing.command.Resolution;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

final class InMemoryJournal implements CommandJournal {
  private static final Comparator<Command> OLDEST_FIRST = Comparator.comparing(Command::createdAt)
      .thenComparing(command -> command.id().value());

  /** Who sends a command, and until when no other process may. */
  private record Lease(String token, Instant until) {}

  private final SharedLock lock;
  private final InMemoryAudit audited;
  private final Map<CommandId, Command> commands = new LinkedHashMap<>();
  private final Map<CommandId, Lease> leases = new LinkedHashMap<>();

  InMemoryJournal(SharedLock lock, InMemoryAudit audited) {
    this.lock = lock;
    this.audited = audited;
  }

  @Override
  public Command open(Command planned, AuditEntry audit) {
    return audited.changing(audit, () -> commands.containsKey(planned.id()), () -> {
      Optional<Command> open = findOpen(planned.account(), planned.kind(), planned.target());
      if (open.isPresent()) {
        return open.get();
      }
      if (commands.containsKey(planned.id())) {
        throw new IllegalArgumentException("There is a settled command with this id.");
      }
      commands.put(planned.id(), planned);
      return planned;
    });
  }

  @Override
  public Optional<Command> findOpen(AccountId account, CommandKind kind, String target) {
    return lock.hold(() -> commands.values().stream()
        .filter(command -> command.state().open())
        .filter(command -> isAbout(command, account, kind, target))
        .findFirst());
  }

  @Override
  public Optional<Command> begin(CommandId id, String token, Instant now, Duration leaseTime) {
    return lock.hold(() -> {
      Command command = commands.get(id);
      if (command == null || command.state().settled() || isBeingSent(id, now)) {
        return Optional.empty();
      }
      Command sending = copy(
          command,
          CommandState.SENDING,
          command.firstSentAt().or(() -> Optional.of(now)),
          command.result(),
          command.error());
      leases.put(id, new Lease(token, now.plus(leaseTime)));
      commands.put(id, sending);
      return Optional.of(sending);
    });
  }

  @Override
  public boolean extend(CommandId id, String token, Instant now, Duration leaseTime) {
    return lock.hold(() -> {
      Lease lease = leases.get(id);
      boolean held = lease != null && lease.token().equals(token);
      if (held) {
        leases.put(id, new Lease(token, now.plus(leaseTime)));
      }
      return held;
    });
  }

  @Override
  public boolean end(
      CommandId id,
      String token,
      CommandState state,
      Optional<String> result,
      Optional<String> error,
      Instant now) {
    if (state == CommandState.SENDING) {
      throw new IllegalArgumentException("An attempt can't end by going on.");
    }
    return lock.hold(() -> {
      Command command = commands.get(id);
      Lease lease = leases.get(id);
      if (command == null || lease == null || !lease.token().equals(token)) {
        return false;
      }
      leases.remove(id);
      commands.put(id, copy(command, state, command.firstSentAt(), result, error));
      return true;
    });
  }

  @Override
  public Optional<Command> renew(
      CommandId id, String token, int generation, Instant now, Duration leaseTime) {
    return lock.hold(() -> {
      Command command = commands.get(id);
      Lease lease = leases.get(id);
      if (command == null || lease == null || !lease.token().equals(token)) {
        return Optional.empty();
      }
      Command renewed = new Command(
          command.id(),
          command.account(),
          command.kind(),
          command.target(),
          command.params(),
          command.state(),
          generation + 1,
          command.createdAt(),
          Optional.of(now),
          command.result(),
          command.error(),
          command.request(),
          command.resolutions());
      leases.put(id, new Lease(token, now.plus(leaseTime)));
      commands.put(id, renewed);
      return Optional.of(renewed);
    });
  }

  @Override
  public Optional<Command> find(CommandId id) {
    return lock.hold(() -> Optional.ofNullable(commands.get(id)));
  }

  @Override
  public List<Command> ofRequest(RequestKey request) {
    return lock.hold(() -> commands.values().stream()
        .filter(command -> command.request().equals(Optional.of(request)))
        .sorted(OLDEST_FIRST)
        .toList());
  }

  @Override
  public Optional<Command> lastSucceeded(AccountId account, CommandKind kind, String target) {
    return lock.hold(() -> commands.values().stream()
        .filter(command -> command.state() == CommandState.SUCCEEDED)
        .filter(command -> isAbout(command, account, kind, target))
        .max(OLDEST_FIRST));
  }

  @Override
  public List<Command> list(JournalFilter filter, Optional<CommandId> before, int limit) {
    PageLimit.require(limit);
    return lock.hold(() -> {
      Optional<Command> last = before.map(commands::get);
      if (before.isPresent() && last.isEmpty()) {
        return List.of();
      }
      return commands.values().stream()
          .filter(command -> filter.state().map(command.state()::equals).orElse(true))
          .filter(command -> filter.account().map(command.account()::equals).orElse(true))
          .filter(
              command -> last.map(end -> OLDEST_FIRST.compare(command, end) < 0).orElse(true))
          .sorted(OLDEST_FIRST.reversed())
          .limit(limit)
          .toList();
    });
  }

  @Override
  public long undecided() {
    return lock.hold(() -> commands.values().stream()
        .filter(command -> command.state() == CommandState.NEEDS_OPERATOR)
        .count());
  }

  @Override
  public Optional<Command> resolve(
      CommandId id, int generation, Resolution resolution, AuditEntry audit) {
    return audited.entering(audit, Optional::isPresent, () -> {
      Command command = commands.get(id);
      if (command == null
          || command.state() != CommandState.NEEDS_OPERATOR
          || command.generation() != generation) {
        return Optional.empty();
      }
      boolean again = resolution.outcome() == Resolution.Outcome.SEND_AGAIN;
      List<Resolution> resolutions = new ArrayList<>(command.resolutions());
      resolutions.add(resolution);
      Command resolved = new Command(
          command.id(),
          command.account(),
          command.kind(),
          command.target(),
          command.params(),
          resolution.outcome().state(),
          again ? generation + 1 : generation,
          command.createdAt(),
          again ? Optional.empty() : command.firstSentAt(),
          resolution.result(),
          again ? Optional.empty() : command.error(),
          command.request(),
          resolutions);
      commands.put(id, resolved);
      return Optional.of(resolved);
    });
  }

  @Override
  public List<Command> abandoned(Instant before, Instant now, int limit) {
    return lock.hold(() -> commands.values().stream()
        .filter(command -> !command.state().settled() && !isBeingSent(command.id(), now))
        .filter(command -> command.createdAt().isBefore(before))
        .sorted(OLDEST_FIRST)
        .limit(limit)
        .toList());
  }

  /** All of a kind. */
  List<Command> newestFirst(CommandKind kind) {
    return commands.values().stream()
        .filter(command -> command.kind() == kind)
        .sorted(OLDEST_FIRST.reversed())
        .toList();
  }

  private boolean isBeingSent(CommandId id, Instant now) {
    Lease lease = leases.get(id);
    return lease != null && now.isBefore(lease.until());
  }

  private static boolean isAbout(
      Command command, AccountId account, CommandKind kind, String target) {
    return command.account().equals(account)
        && command.kind() == kind
        && command.target().equals(target);
  }

  private static Command copy(
      Command command,
      CommandState state,
      Optional<Instant> firstSentAt,
      Optional<String> result,
      Optional<String> error) {
    return new Command(
        command.id(),
        command.account(),
        command.kind(),
        command.target(),
        command.params(),
        state,
        command.generation(),
        command.createdAt(),
        firstSentAt,
        result,
        error,
        command.request(),
        command.resolutions());
  }
}
