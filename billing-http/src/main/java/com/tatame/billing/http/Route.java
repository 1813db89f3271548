package com.tatame.billing.http;

import com.tatame.billing.apikey.Scope;
import com.tatame.billing.workload.Workload;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One row of the route table: how it is called, by whom, what it takes and answers, and who does it.
 *
 * @param method GET, POST, PUT, PATCH or DELETE
 * @param path with {@code {parameters}}
 */
record Route(
    String method,
    String path,
    Admission admission,
    Input input,
    Description description,
    Function<Handlers, RouteHandler.Later> handler) {
  private static final Pattern PATH_PARAMETER = Pattern.compile("\\{(\\w+)}");

  /**
   * By whom it may be called.
   *
   * @param effect what it does to the account; with access it decides who may call
   * @param scope what an API key must be permitted to be let in; of no meaning where no caller needs
   *     to sign in
   * @param anonymousToo whether visitors are let in who have not signed in, with their own proof
   * @param fromProvider whether the payment provider calls it, from an address that it may have
   */
  record Admission(
      Access access, RouteEffect effect, Scope scope, boolean anonymousToo, boolean fromProvider) {}

  /**
   * What it takes.
   *
   * @param body what the request's body is read into; empty if the route takes none
   * @param ownKeys whether what is done keeps the Idempotency-Key, and not the answer
   */
  record Input(
      List<Parameter> parameters, Optional<Class<?>> body, BodyRule bodyRule, boolean ownKeys) {}

  /**
   * What is said about it in the API's description.
   *
   * @param refusals the problems that are particular to it
   * @param deprecatedFor the canonical path, if this is an old name for it
   */
  record Description(
      String tag,
      String summary,
      List<Reply> replies,
      List<ProblemCode> refusals,
      Optional<String> deprecatedFor) {}

  /** A query or header parameter. */
  record Parameter(String name, String in, String description, Type type) {
    enum Type {
      TEXT,
      FLAG,
      LIMIT
    }

    static Parameter flag(String name, String description) {
      return new Parameter(name, "query", description, Type.FLAG);
    }

    static Parameter query(String name, String description) {
      return new Parameter(name, "query", description, Type.TEXT);
    }
  }

  /**
   * An answer that is no problem.
   *
   * @param type of the body; empty for what is not JSON
   * @param list whether the body is a page of them
   */
  record Reply(
      int status, String description, String contentType, Optional<Class<?>> type, boolean list) {
    static Reply reply(int status, Class<?> type, String description) {
      return new Reply(status, description, Answer.JSON, Optional.of(type), false);
    }

    static Reply pageOf(Class<?> type, String description) {
      return new Reply(200, description, Answer.JSON, Optional.of(type), true);
    }

    static Reply none(String description) {
      return new Reply(204, description, Answer.JSON, Optional.empty(), false);
    }

    static Reply plain(String contentType, String description) {
      return new Reply(200, description, contentType, Optional.empty(), false);
    }
  }

  /** How the body of a request is treated before the handler sees it. */
  enum BodyRule {
    /** JSON of at most 256 KiB. */
    JSON(256 * 1024),
    /** At most 1 MiB, handed over as it came. */
    RAW(1024 * 1024);

    private final int limit;

    BodyRule(int limit) {
      this.limit = limit;
    }

    /** Most bytes that it may have. */
    int limit() {
      return limit;
    }
  }

  /** A route that reads, and so has no effect. */
  static Builder get(String path, Access access) {
    return new Builder("GET", path, access, RouteEffect.NONE);
  }

  static Builder post(String path, Access access, RouteEffect effect) {
    return new Builder("POST", path, access, effect);
  }

  static Builder patch(String path, Access access, RouteEffect effect) {
    return new Builder("PATCH", path, access, effect);
  }

  static Builder put(String path, Access access, RouteEffect effect) {
    return new Builder("PUT", path, access, effect);
  }

  static Builder delete(String path, Access access, RouteEffect effect) {
    return new Builder("DELETE", path, access, effect);
  }

  /** The same route under an old path. */
  Route alias(String oldPath) {
    return aliasBy(oldPath, handler, description.replies);
  }

  /** An old path, at which the same was answered otherwise. */
  Route alias(String oldPath, Function<Handlers, RouteHandler> oldHandler, List<Reply> oldReplies) {
    return aliasBy(oldPath, RouteHandler.now(oldHandler), oldReplies);
  }

  /** As the other, where a replay reads again what is not kept. */
  Route alias(
      String oldPath,
      Function<Handlers, RouteHandler> oldHandler,
      Function<Handlers, RouteHandler.Reopening> oldReopening,
      List<Reply> oldReplies) {
    return aliasBy(
        oldPath, RouteHandler.reopening(RouteHandler.now(oldHandler), oldReopening), oldReplies);
  }

  /** The same with another body. */
  Route taking(Class<?> otherBody) {
    return new Route(
        method,
        path,
        admission,
        new Input(input.parameters, Optional.of(otherBody), input.bodyRule, input.ownKeys),
        description,
        handler);
  }

  /** The same with other query parameters. */
  Route asking(List<Parameter> otherParameters) {
    return new Route(
        method,
        path,
        admission,
        new Input(otherParameters, input.body, input.bodyRule, input.ownKeys),
        description,
        handler);
  }

  private Route aliasBy(
      String oldPath, Function<Handlers, RouteHandler.Later> oldHandler, List<Reply> oldReplies) {
    return new Route(
        method,
        oldPath,
        admission,
        input,
        new Description(
            "Other paths",
            description.summary,
            oldReplies,
            description.refusals,
            Optional.of(path)),
        oldHandler);
  }

  List<String> pathParameters() {
    List<String> names = new ArrayList<>();
    Matcher matcher = PATH_PARAMETER.matcher(path);
    while (matcher.find()) {
      names.add(matcher.group(1));
    }
    return names;
  }

  /** Whether a path as requested is one of this route's. */
  boolean matches(String requested) {
    return requested.matches(path.replaceAll("\\{\\w+}", "[^/]+"));
  }

  /**
   * Whether query parameters and body fields that it doesn't know are refused. Old paths ignore
   * them, as do webhooks and what browsers and monitors ask for.
   */
  boolean strict() {
    return path.startsWith("/api/v1/")
        && description.deprecatedFor.isEmpty()
        && !admission.fromProvider;
  }

  /** Whether it changes something, and its answers are kept under their Idempotency-Key. */
  boolean takesKeys() {
    return !method.equals("GET") && !input.ownKeys;
  }

  /** What its requests are part of, and so what they share with others. */
  Workload workload() {
    if (admission.fromProvider) {
      return Workload.WEBHOOKS;
    }
    if (path.startsWith("/health") || admission.access == Access.METRICS) {
      return Workload.HEALTH;
    }
    if (admission.access == Access.ADMINISTRATOR) {
      return Workload.ADMINISTRATION;
    }
    if (admission.effect == RouteEffect.USE) {
      return Workload.CONSUMPTION;
    }
    if (path.startsWith("/api/v1/entitlements")) {
      return Workload.ENTITLEMENTS;
    }
    return method.equals("GET") ? Workload.READS : Workload.MUTATIONS;
  }

  boolean authenticated() {
    return actsForAccount() || admission.access == Access.ADMINISTRATOR;
  }

  /** Whether an API key must name the account that it acts for. */
  boolean actsForAccount() {
    return admission.access == Access.SIGNED_IN || admission.access == Access.TRUSTED;
  }

  /** Who may call, by kind; what a route further asks of one's plan or objects is not said here. */
  Set<Caller> callers() {
    return switch (admission.access) {
      case PUBLIC -> EnumSet.of(Caller.ANYBODY);
      case METRICS -> EnumSet.of(Caller.COLLECTOR);
      case TRUSTED, ADMINISTRATOR -> EnumSet.of(Caller.API_KEY, Caller.ADMINISTRATOR);
      case SIGNED_IN -> {
        Set<Caller> callers =
            EnumSet.of(Caller.USER, Caller.BILLING_ROLE, Caller.API_KEY, Caller.ADMINISTRATOR);
        if (admission.effect != RouteEffect.BILLING) {
          callers.add(Caller.MEMBER);
        }
        if (admission.anonymousToo) {
          callers.add(Caller.VISITOR);
        }
        yield callers;
      }
    };
  }

  /** Puts a row together; each row ends with {@link #by} or {@link #byLater}. */
  static final class Builder {
    private final String method;
    private final String path;
    private final Access access;
    private final RouteEffect effect;
    private Scope scope;
    private String tag = "";
    private String summary = "";
    private final List<Parameter> parameters = new ArrayList<>();
    private Optional<Class<?>> body = Optional.empty();
    private BodyRule bodyRule = BodyRule.JSON;
    private boolean anonymousToo;
    private boolean fromProvider;
    private boolean ownKeys;
    private final List<Reply> replies = new ArrayList<>();
    private final List<ProblemCode> refusals = new ArrayList<>();
    private Optional<Function<Handlers, RouteHandler.Reopening>> reopening = Optional.empty();

    private Builder(String method, String path, Access access, RouteEffect effect) {
      this.method = method;
      this.path = path;
      this.access = access;
      this.effect = effect;
      this.scope =
          access == Access.SIGNED_IN || access == Access.TRUSTED ? Scope.ACCOUNT : Scope.ADMIN;
    }

    /** Lets in API keys of this scope, too; by default it takes the widest of the access. */
    Builder orKeyWith(Scope narrower) {
      scope = narrower;
      return this;
    }

    /** Lets in visitors, too, who have not signed in. */
    Builder orAnonymous() {
      if (access != Access.SIGNED_IN) {
        throw new IllegalStateException(path + " is not open to users, so not to visitors");
      }
      anonymousToo = true;
      return this;
    }

    Builder is(String newTag, String newSummary) {
      tag = newTag;
      summary = newSummary;
      return this;
    }

    Builder with(Parameter... more) {
      parameters.addAll(List.of(more));
      return this;
    }

    Builder paged() {
      return with(
          new Parameter("limit", "query", "Most entries of the page.", Parameter.Type.LIMIT),
          Parameter.query("cursor", "The nextCursor of the page before."));
    }

    Builder takes(Class<?> newBody) {
      body = Optional.of(newBody);
      return this;
    }

    Builder fromProvider() {
      fromProvider = true;
      return this;
    }

    /** What is done keeps its key, longer than answers are kept. */
    Builder keepsKeysItself() {
      ownKeys = true;
      return this;
    }

    Builder takesRaw() {
      bodyRule = BodyRule.RAW;
      return this;
    }

    Builder answers(Reply... more) {
      replies.addAll(List.of(more));
      return this;
    }

    Builder refuses(ProblemCode... more) {
      refusals.addAll(List.of(more));
      return this;
    }

    /** How a replay reads again what is not kept of the first answer. */
    Builder reopens(Function<Handlers, RouteHandler.Reopening> how) {
      reopening = Optional.of(how);
      return this;
    }

    Route by(Function<Handlers, RouteHandler> handler) {
      return byLater(RouteHandler.now(handler));
    }

    /** Done by one that keeps no thread until its answer is known. */
    Route byLater(Function<Handlers, RouteHandler.Later> handler) {
      return new Route(
          method,
          path,
          new Admission(access, effect, scope, anonymousToo, fromProvider),
          new Input(List.copyOf(parameters), body, bodyRule, ownKeys),
          new Description(
              tag, summary, List.copyOf(replies), List.copyOf(refusals), Optional.empty()),
          reopening.map(how -> RouteHandler.reopening(handler, how)).orElse(handler));
    }
  }
}
