package com.tatame.billing.importing;

import com.tatame.billing.customer.Customer;
import com.tatame.billing.customer.CustomerList;
import com.tatame.billing.customer.CustomerList.Cursor;
import com.tatame.billing.importing.CustomerImport.Claim;
import com.tatame.billing.importing.CustomerImport.Manner;
import com.tatame.billing.observation.Observation;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Walks through all customers of the provider, page by page. */
final class ProviderImport {
  /** A page is what is done again after a run was killed. */
  static final int PAGE = 25;

  private final CustomerList list;
  private final CustomerImport customers;

  ProviderImport(CustomerList list, CustomerImport customers) {
    this.list = list;
    this.customers = customers;
  }

  /**
   * Where it stands.
   *
   * @param after the last customer that is done; empty at the beginning
   * @param done how many are
   */
  record Position(Optional<Cursor> after, long done) {
    static final Position BEGINNING = new Position(Optional.empty(), 0);

    String text() {
      return done
          + after
              .map(place -> " " + place.customerId()
                  + place.createdAt().map(at -> " " + at).orElse(""))
              .orElse("");
    }

    /** What can't be read is the beginning. */
    static Position parse(String text) {
      String[] parts = text.split(" ", -1);
      try {
        return parts.length < 2
            ? BEGINNING
            : new Position(
                Optional.of(new Cursor(
                    parts[1],
                    parts.length > 2 ? Optional.of(Instant.parse(parts[2])) : Optional.empty())),
                Long.parseLong(parts[0]));
      } catch (DateTimeException | NumberFormatException e) {
        return BEGINNING;
      }
    }
  }

  ImportCounts run(
      CustomerOwners owners,
      Optional<ImportCheckpoint> checkpoint,
      ImportSettings settings,
      RetryWithBackoff retries) {
    Position position = checkpoint
        .flatMap(ImportCheckpoint::open)
        .filter(text -> !settings.afresh())
        .map(Position::parse)
        .orElse(Position.BEGINNING);
    long before = position.done();
    long total = before + retries.get(countAfter(position));
    ImportCounts tally = new ImportCounts();
    try (ParallelReader readers = new ParallelReader(settings.parallel())) {
      settings.listener().progress(before, total, before);
      Manner manner = new Manner(readers, settings.dryRun());
      Optional<Position> next = Optional.of(position);
      while (next.isPresent()) {
        Position here = next.get();
        Optional<Page> page = retries.get(() -> take(here, owners, manner));
        next = page.map(Page::end);
        page.ifPresent(taken -> tally.add(taken.tally()));
        next.ifPresent(end -> {
          checkpoint.ifPresent(kept -> kept.move(end.text()));
          settings.listener().progress(end.done(), Math.max(total, end.done()), before);
        });
      }
    }
    checkpoint.ifPresent(ImportCheckpoint::remove);
    return tally;
  }

  private record Page(ImportCounts tally, Position end) {}

  private Optional<Page> take(Position from, CustomerOwners owners, Manner manner) {
    List<Observation> first = list.page(from.after(), PAGE);
    if (first.isEmpty()) {
      return Optional.empty();
    }
    List<Claim> claims = first.stream()
        .map(seen -> seen.object().id())
        .map(id -> new Claim(id, owners.of(id), Optional.empty()))
        .toList();
    // Listed twice: what the first answer says of a customer was read before its version was
    // loaded.
    ImportCounts tally = customers.take(claims, () -> list.page(from.after(), PAGE), manner);
    return Optional.of(new Page(tally, new Position(last(first), from.done() + first.size())));
  }

  private static Optional<Cursor> last(List<Observation> page) {
    Observation last = page.get(page.size() - 1);
    Optional<Instant> createdAt = last.state()
        .filter(Customer.class::isInstance)
        .map(state -> ((Customer) state).createdAt());
    return Optional.of(new Cursor(last.object().id(), createdAt));
  }

  private Supplier<Long> countAfter(Position position) {
    return () -> {
      long count = 0;
      Optional<Cursor> after = position.after();
      List<Observation> page = list.page(after, CustomerList.MAX_PAGE);
      while (!page.isEmpty()) {
        count += page.size();
        page = page.size() < CustomerList.MAX_PAGE
            ? List.of()
            : list.page(last(page), CustomerList.MAX_PAGE);
      }
      return count;
    };
  }
}
