package com.tatame.billing.command;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.audit.AuditEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Port: the journal of outgoing mutations. All instants are wall time. */
public interface CommandJournal {
  /**
   * Writes the command down, unless one of the same account, kind and target is open. One that needs
   * an operator stays open until it is resolved.
   *
   * @param audit written in the same commit, if this command is written down
   * @return the command as it now stands in the journal: the given one, or the open one in its way
   */
  Command open(Command planned, AuditEntry audit);

  /**
   * Takes an unsettled command for sending, alone, until the lease runs out.
   *
   * @param lease token of this attempt
   * @return the command in state sending; empty while another process sends it, or once it is settled
   */
  Optional<Command> begin(CommandId id, String lease, Instant now, Duration leaseTime);

  /**
   * Keeps a command for its sender.
   *
   * @param leaseTime from now on
   * @return false if the lease was lost or the attempt has ended; nothing was written then
   */
  boolean extend(CommandId id, String lease, Instant now, Duration leaseTime);

  /**
   * Ends an attempt.
   *
   * @param state the new state; not {@code SENDING}
   * @return false if the lease was lost; nothing was written then
   */
  boolean end(
      CommandId id,
      String lease,
      CommandState state,
      Optional<String> result,
      Optional<String> error,
      Instant now);

  /**
   * Raises the generation, and with it the key, of a command that was proven not to have been
   * executed. The lease goes on, and the time of the first sending is that of this generation.
   *
   * @param generation the one that was not executed
   * @return the command as it is to be sent now; empty if the lease was lost
   */
  Optional<Command> renew(
      CommandId id, String lease, int generation, Instant now, Duration leaseTime);

  Optional<Command> find(CommandId id);

  /** The open command of this account, kind and target; see {@link #open}. */
  Optional<Command> findOpen(AccountId account, CommandKind kind, String target);

  /** The commands that were made for a request, oldest first, then by id. */
  List<Command> ofRequest(RequestKey request);

  /** The latest command of this account, kind and target that succeeded. */
  Optional<Command> lastSucceeded(AccountId account, CommandKind kind, String target);

  /**
   * One page of all commands, newest first, then by id.
   *
   * @param before only those that come after this one in that order; empty for the first page
   * @param limit 1 to 101
   */
  List<Command> list(JournalFilter filter, Optional<CommandId> before, int limit);

  /** How many need an operator. */
  long undecided();

  /**
   * Settles a command that needs an operator, or lets it be sent again under the next generation, and
   * keeps what was decided.
   *
   * @param generation the one that was decided about
   * @param audit written in the same commit, if that is done
   * @return the command as it is then; empty if it doesn't need an operator, or not any more
   */
  Optional<Command> resolve(CommandId id, int generation, Resolution resolution, AuditEntry audit);

  /** Unsettled commands that no process sends and that were created before, oldest first. */
  List<Command> abandoned(Instant before, Instant now, int limit);
}
