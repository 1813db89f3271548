package com.tatame.billing.http;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.account.Principal;
import com.tatame.billing.failure.Overloaded;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.VirtualThreads;
import org.jspecify.annotations.Nullable;

/**
 * Serves the hot routes in the thread that reads requests, without blocking: ingests events, reports
 * cached entitlements and consumes by them. Everything else is left to the handlers behind it, which
 * may block, on threads of their own.
 */
final class NonBlockingHandler extends Handler.Wrapper {
  /** Larger events would keep the thread that reads busy for too long while they are parsed. */
  private static final int LARGEST = 64 * 1024;

  private static final String FEATURE = "feature";
  private static final String METHOD_OVERRIDE = "X-HTTP-Method-Override";

  private final HttpShell shell;
  private final Map<String, Route> webhooks;
  private final Map<String, Cached> cached;
  private final Route use;
  private final Pattern usePath;
  private final KnownInputs inputs;
  private final Handlers handlers;

  /**
   * @param webhooks at which the provider may call
   * @param cached what may be answered from memory
   * @param use at which a caller uses units of a feature, under keys that are kept there
   */
  NonBlockingHandler(
      HttpShell shell,
      List<Route> webhooks,
      List<Cached> cached,
      Route use,
      KnownInputs inputs,
      Handlers handlers) {
    this.shell = shell;
    this.webhooks = byPath(webhooks);
    this.cached = cached.stream()
        .collect(Collectors.toMap(answers -> answers.route().path(), answers -> answers));
    this.use = use;
    this.usePath = Pattern.compile(use.path().replace("{" + FEATURE + "}", "([a-z0-9_]+)"));
    this.inputs = inputs;
    this.handlers = handlers;
  }

  /**
   * Answers of a route that are cached.
   *
   * @param answer by the caller's account, of whom none need be known if the route is public; empty
   *     if it would have to be looked up
   */
  record Cached(Route route, Function<Optional<AccountId>, Optional<Answer>> answer) {}

  private static Map<String, Route> byPath(List<Route> routes) {
    return routes.stream().collect(Collectors.toMap(Route::path, route -> route));
  }

  @Override
  public InvocationType getInvocationType() {
    return InvocationType.NON_BLOCKING;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String path = Request.getPathInContext(request);
    if (!webhook(webhooks.get(path), request, response, callback)
        && !answersFromCache(cached.get(path), request, response, callback)
        && !consume(usePath.matcher(path), request, response, callback)) {
      dispatch(request, response, callback);
    }
    return true;
  }

  /** An event of a known length that is not too large, as the provider sends them. */
  private boolean webhook(
      @Nullable Route route, Request request, Response response, Callback callback) {
    if (route == null || !request.getMethod().equals(route.method()) || !small(request)) {
      return false;
    }
    read(
        request,
        callback,
        body -> shell.answer(
            route,
            handlers.get(WebhookHandlers.class)::receive,
            new JettyExchange(request, response, callback, Map.of(), body)));
    return true;
  }

  private static boolean small(Request request) {
    return request.getLength() >= 0 && request.getLength() <= LARGEST;
  }

  private static void read(Request request, Callback callback, Consumer<byte @Nullable []> answer) {
    Content.Source.asByteArrayAsync(
        request, LARGEST, Promise.Invocable.from(InvocationType.NON_BLOCKING, (body, failure) -> {
          try {
            answer.accept(body);
          } catch (RuntimeException e) {
            callback.failed(e);
          }
        }));
  }

  /** Without parameters, and to a caller whose token was verified before, if one must be known. */
  private boolean answersFromCache(
      @Nullable Cached known, Request request, Response response, Callback callback) {
    if (known == null
        || !request.getMethod().equals(known.route().method())
        || request.getHttpURI().getQuery() != null) {
      return false;
    }
    Exchange exchange = new JettyExchange(request, response, callback, Map.of(), new byte[0]);
    Optional<Answer> answer = known.route().authenticated()
        ? shell
            .cached(known.route(), exchange)
            .flatMap(user -> known.answer().apply(Optional.of(user.account())))
        : known.answer().apply(Optional.empty());
    answer.ifPresent(ready -> shell.tell(known.route(), ready, exchange));
    return answer.isPresent();
  }

  /** For a user whose token is cached; what must be read for it is read on another thread. */
  private boolean consume(Matcher path, Request request, Response response, Callback callback) {
    if (!path.matches() || !request.getMethod().equals(use.method()) || !small(request)) {
      return false;
    }
    Map<String, String> feature = Map.of(FEATURE, path.group(1));
    Optional<Principal> user =
        shell.cached(use, new JettyExchange(request, response, callback, feature, null));
    user.ifPresent(caller -> read(
        request,
        callback,
        body -> shell.answer(
            caller,
            use,
            inputs.checked(
                use,
                call -> handlers.get(EntitlementHandlers.class).consumeAsync(call, this::mayBlock)),
            new JettyExchange(request, response, callback, feature, body))));
    return user.isPresent();
  }

  private void mayBlock(Runnable work) {
    try {
      VirtualThreads.execute(getServer().getThreadPool(), shell.inTurn(use.workload(), work));
    } catch (RejectedExecutionException e) {
      throw noThread();
    }
  }

  private void dispatch(Request request, Response response, Callback callback) {
    Request plain = withoutOverride(request);
    try {
      VirtualThreads.execute(getServer().getThreadPool(), () -> answer(plain, response, callback));
    } catch (RejectedExecutionException e) {
      shell.refuse(noThread(), new JettyExchange(request, response, callback, Map.of(), null));
    }
  }

  private static Overloaded noThread() {
    return new Overloaded("More is asked than there are threads for.");
  }

  // Javalin would route by the method that this header names, past a proxy that lets only GET
  // through.
  private static Request withoutOverride(Request request) {
    if (!request.getHeaders().contains(METHOD_OVERRIDE)) {
      return request;
    }
    HttpFields headers =
        HttpFields.build(request.getHeaders()).remove(METHOD_OVERRIDE).asImmutable();
    return new Request.Wrapper(request) {
      @Override
      public HttpFields getHeaders() {
        return headers;
      }
    };
  }

  private void answer(Request request, Response response, Callback callback) {
    try {
      if (!super.handle(request, response, callback)) {
        Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
      }
    } catch (Exception e) {
      Response.writeError(request, response, callback, e);
    }
  }
}
