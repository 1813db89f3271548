package com.tatame.billing.testkit.eventorder;

import com.tatame.billing.simulator.engine.ApiResponse;
import com.tatame.billing.simulator.engine.Engine;
import com.tatame.billing.simulator.engine.Fault;
import com.tatame.billing.simulator.engine.Request;
import com.tatame.billing.testkit.SettableClock;
import java.util.EnumSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/** What a handler on trial has around it: the provider to be read, the time, and chance. */
public final class ProofWorld {
  static final String SECRET = "whsec_proof";
  private static final int DEEPEST = 2;
  private static final int REFUSED = 503;
  private static final int TOO_MANY = 429;
  private static final int ALL = 1000;

  private final long seed;
  private final Engine engine;
  private final SettableClock wallClock;
  private final RandomGenerator random;
  private final int nodes;
  private final int crashPermille;
  private final Set<Coverage> met = EnumSet.noneOf(Coverage.class);
  private final Trace trace;
  private final Runnable turn;
  private Reads reads;
  private long lastReadSecond = Long.MIN_VALUE;
  private boolean hostile = true;
  private boolean echoing;
  private int depth;

  /**
   * What a handler has to cope with.
   *
   * @param nodes on which it runs
   * @param reads how often the provider may be read
   * @param crashPermille how often of a thousand steps a program dies after one
   */
  record Conditions(int nodes, Reads reads, int crashPermille) {}

  ProofWorld(
      long seed,
      Conditions conditions,
      Engine engine,
      SettableClock wallClock,
      RandomGenerator random,
      Trace trace,
      Runnable turn) {
    this.seed = seed;
    this.engine = engine;
    this.wallClock = wallClock;
    this.random = random;
    this.nodes = conditions.nodes();
    this.reads = conditions.reads();
    this.crashPermille = conditions.crashPermille();
    this.trace = trace;
    this.turn = turn;
  }

  /** Decides everything; also good for telling the accounts of one run from those of another. */
  public long seed() {
    return seed;
  }

  /** What webhooks are signed with. */
  public String webhookSecret() {
    return SECRET;
  }

  /** The account itself. Its own face knows no limit on reads; {@link #call} does. */
  public Engine engine() {
    return engine;
  }

  /** Wall time, which moves without the provider's, too. */
  public SettableClock wallClock() {
    return wallClock;
  }

  /** The only chance that a handler may use, or its runs could not be repeated. */
  public RandomGenerator random() {
    return random;
  }

  /** On how many nodes a handler that has nodes is to run. */
  public int nodes() {
    return nodes;
  }

  /** How often the provider may be read at this point of the story. */
  public Reads reads() {
    return reads;
  }

  /**
   * Calls the provider. A GET beyond what may be read is answered with 503 or 429.
   *
   * @return refusals are answers, too
   */
  public ApiResponse call(Request request) {
    if (!request.method().equals("GET")) {
      return engine.call(request);
    }
    if (reads == Reads.NONE_UNTIL_THE_END) {
      return refused(REFUSED);
    }
    long second = wallClock.instant().getEpochSecond();
    if (reads == Reads.ONE_A_SECOND && second == lastReadSecond) {
      return refused(TOO_MANY);
    }
    lastReadSecond = second;
    ApiResponse answer = engine.call(request);
    if (answer.status() == 404
        || ProviderTruth.parse(answer.body()).path("deleted").asBoolean()) {
      met.add(Coverage.NOT_FOUND);
    }
    return answer;
  }

  private ApiResponse refused(int status) {
    return new ApiResponse(
        status,
        "{\"error\":{\"type\":\"api_error\",\"message\":\"Not now.\"}}",
        "req_refused",
        false,
        engine.now(),
        Fault.Connection.ANSWERS);
  }

  /**
   * Lets something else happen, as if it happened at the same time: an event arrives, a customer
   * acts, time passes, another node goes on. To be called wherever a program on a machine of its own
   * could be overtaken. Does nothing once the world is calm.
   */
  public void meanwhile() {
    if (hostile && depth < DEEPEST) {
      depth++;
      try {
        turn.run();
      } finally {
        depth--;
      }
    }
  }

  /** Whether anything may fail; not once the world is calm. */
  boolean hostile() {
    return hostile;
  }

  /** Whether a program is to die here; never once the world is calm. */
  public boolean diesHere() {
    return hostile && random.nextInt(ALL) < crashPermille;
  }

  /** Adds a line to the trace that a failure prints. */
  public void trace(String step) {
    trace.add(step);
  }

  void become(Reads allowed) {
    reads = allowed;
  }

  void calm() {
    hostile = false;
  }

  void echo() {
    echoing = true;
  }

  /** Whether only second events of what is known arrive. */
  boolean echoing() {
    return echoing;
  }

  Set<Coverage> met() {
    return met;
  }
}
