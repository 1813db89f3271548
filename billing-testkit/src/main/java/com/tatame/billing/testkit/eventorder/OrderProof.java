package com.tatame.billing.testkit.eventorder;

import com.tatame.billing.catalog.Catalog;
import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.testkit.Disorder;
import com.tatame.billing.testkit.fixture.ACatalog;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Proves that a webhook handler ends in the provider's own state, whatever the order of events. A
 * seed makes a simulated account with customers who buy, pay, owe, cancel and leave; a network that
 * loses, delays, doubles and reorders their webhooks; nodes that crash, or sleep through their leases;
 * and a clock. In the end all calms down, and what the handler believes is compared with what the
 * provider holds.
 *
 * <pre>{@code
 * OrderProof.of(world -> new MyHandler(world)).comparing("subscription.status").run(1, 1000);
 * }</pre>
 *
 * <p>A seed that fails prints itself, and does the same again whenever it is run. Immutable.
 */
public final class OrderProof {
  /** A seed to be replayed: it alone is run. */
  public static final String SEED = "billing.seed";

  private final Comparison comparison;
  private final RunOptions options;

  private OrderProof(Comparison comparison, RunOptions options) {
    this.comparison = comparison;
    this.options = options;
  }

  /** What is proved, and what its rows are compared with. */
  record Comparison(
      WebhookHandler.Factory handler,
      Catalog catalog,
      Function<Engine, Map<String, String>> alsoTrue,
      Set<String> fields) {}

  /** How the seeds are run. What is empty is left to the seed. */
  record RunOptions(
      int turns,
      Optional<Integer> nodes,
      Optional<Reads> reads,
      Optional<String> apiVersion,
      Disorder network,
      int crashPermille) {}

  /** A proof of this handler, with everything that can go wrong. */
  public static OrderProof of(WebhookHandler.Factory handler) {
    return new OrderProof(
        new Comparison(handler, ACatalog.freeBasicAndPro(), engine -> Map.of(), Set.of()),
        new RunOptions(
            150,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            new Disorder(true, 20, 8, 15),
            8));
  }

  /**
   * Compares these fields alone, such as {@code subscription.status}; all that {@link ProviderTruth}
   * tells by default.
   */
  public OrderProof comparing(String... fields) {
    return compared(comparison.alsoTrue, Set.of(fields));
  }

  /** Compares these rows, too, whose truth is read from the account. */
  public OrderProof also(Function<Engine, Map<String, String>> truth) {
    return compared(truth, comparison.fields);
  }

  private OrderProof compared(Function<Engine, Map<String, String>> alsoTrue, Set<String> fields) {
    return new OrderProof(
        new Comparison(comparison.handler, comparison.catalog, alsoTrue, fields), options);
  }

  /** How many things happen in a story before it calms down. Default: 150. */
  public OrderProof turns(int value) {
    return with(new RunOptions(
        value,
        options.nodes,
        options.reads,
        options.apiVersion,
        options.network,
        options.crashPermille));
  }

  /** How many nodes the handler runs on. Default: one to four, by the seed. */
  public OrderProof nodes(int value) {
    return with(new RunOptions(
        options.turns,
        Optional.of(value),
        options.reads,
        options.apiVersion,
        options.network,
        options.crashPermille));
  }

  /** How often the provider may be read. Default: each way in a third of the seeds. */
  public OrderProof reads(Reads value) {
    return with(new RunOptions(
        options.turns,
        options.nodes,
        Optional.of(value),
        options.apiVersion,
        options.network,
        options.crashPermille));
  }

  /** The version of the endpoint. Default: the newest, or an older one in a quarter of the seeds. */
  public OrderProof apiVersion(String value) {
    return with(new RunOptions(
        options.turns,
        options.nodes,
        options.reads,
        Optional.of(value),
        options.network,
        options.crashPermille));
  }

  /** How badly webhooks are treated before the end. */
  public OrderProof network(Disorder value) {
    return with(new RunOptions(
        options.turns,
        options.nodes,
        options.reads,
        options.apiVersion,
        value,
        options.crashPermille));
  }

  /** The chance of a crash at each place where one is possible, in thousandths. Default: 8. */
  public OrderProof crashes(int permille) {
    return with(new RunOptions(
        options.turns,
        options.nodes,
        options.reads,
        options.apiVersion,
        options.network,
        permille));
  }

  private OrderProof with(RunOptions changed) {
    return new OrderProof(comparison, changed);
  }

  /**
   * Runs one seed.
   *
   * @return a digest of all that happened: the same for the same seed, everywhere
   * @throws Divergence if the handler ends in another state than the provider
   */
  public long run(long seed) {
    return new ProofRun(seed, comparison, options).run().digest();
  }

  /**
   * Runs seeds one after the other.
   *
   * @throws Divergence of the first seed that diverges
   */
  public Report run(long first, int count) {
    Map<Coverage, Integer> met = new EnumMap<>(Coverage.class);
    long events = 0;
    for (long seed = first; seed < first + count; seed++) {
      ProofRun.Ending ending = new ProofRun(seed, comparison, options).run();
      ending.met().forEach(coverage -> met.merge(coverage, 1, Integer::sum));
      events += ending.events();
    }
    return new Report(count, events, met);
  }

  /**
   * Runs seeds from 1 on: as many as a system property says, or only the one that {@link #SEED} names.
   *
   * @param property names the system property that holds the number of seeds
   * @param usually how many without it
   * @return empty if one seed was replayed, which says nothing about coverage
   */
  public Optional<Report> runAsAsked(String property, int usually) {
    Long one = Long.getLong(SEED);
    if (one != null) {
      run(one);
      return Optional.empty();
    }
    return Optional.of(run(1, Integer.getInteger(property, usually)));
  }

  /** The first divergence among the seeds from 1 on, for proofs that must fail. */
  public Optional<Divergence> firstDivergence(int within) {
    for (long seed = 1; seed <= within; seed++) {
      try {
        run(seed);
      } catch (Divergence e) {
        return Optional.of(e);
      }
    }
    return Optional.empty();
  }
}
