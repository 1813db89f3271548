package com.tatame.billing.http;

import com.tatame.billing.account.Principal;
import com.tatame.billing.failure.StoreUnavailable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
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
 * Does in the thread that reads requests what needs no other: takes in events, and tells and uses
 * entitlements that are in mind. Everything else is left to the handlers behind it, which may block,
 * on threads of their own.
 */
final class AtOnce extends Handler.Wrapper {
  /** Larger events keep a thread each while they arrive, so that not many are held at a time. */
  private static final int LARGEST = 64 * 1024;

  private static final String FEATURE = "feature";

  private final HttpShell shell;
  private final Map<String, Route> webhooks;
  private final Map<String, Route> entitlements;
  private final Route use;
  private final Pattern usePath;
  private final Handlers handlers;

  /**
   * Wires it.
   *
   * @param webhooks at which the provider may call
   * @param entitlements at which a caller asks for all of them
   * @param use at which a caller uses units of a feature, under keys that are kept there
   */
  AtOnce(
      HttpShell shell,
      List<Route> webhooks,
      List<Route> entitlements,
      Route use,
      Handlers handlers) {
    this.shell = shell;
    this.webhooks = byPath(webhooks);
    this.entitlements = byPath(entitlements);
    this.use = use;
    this.usePath = Pattern.compile(use.path().replace("{" + FEATURE + "}", "([a-z0-9_]+)"));
    this.handlers = handlers;
  }

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
    if (!takesIn(webhooks.get(path), request, response, callback)
        && !tells(entitlements.get(path), request, response, callback)
        && !uses(usePath.matcher(path), request, response, callback)) {
      leave(request, response, callback);
    }
    return true;
  }

  /** An event of a known length that is not too large, as the provider sends them. */
  private boolean takesIn(
      @Nullable Route route, Request request, Response response, Callback callback) {
    if (route == null || !request.getMethod().equals(route.method()) || !small(request)) {
      return false;
    }
    read(
        request,
        callback,
        body -> shell.answer(
            route,
            handlers.webhooks()::receive,
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

  /** To a user whose token and account are in mind, and who asks for the present. */
  private boolean tells(
      @Nullable Route route, Request request, Response response, Callback callback) {
    if (route == null
        || !request.getMethod().equals(route.method())
        || request.getHttpURI().getQuery() != null) {
      return false;
    }
    Exchange exchange = new JettyExchange(request, response, callback, Map.of(), new byte[0]);
    Optional<Answer> answer =
        shell.inMind(exchange).flatMap(user -> handlers.entitlements().inMind(user.account()));
    answer.ifPresent(known -> shell.tell(route, known, exchange));
    return answer.isPresent();
  }

  /** For a user whose token is in mind; what must be read for it is read by others. */
  private boolean uses(Matcher path, Request request, Response response, Callback callback) {
    if (!path.matches() || !request.getMethod().equals(use.method()) || !small(request)) {
      return false;
    }
    Map<String, String> feature = Map.of(FEATURE, path.group(1));
    Optional<Principal> user =
        shell.inMind(new JettyExchange(request, response, callback, feature, null));
    user.ifPresent(caller -> read(
        request,
        callback,
        body -> shell.answer(
            caller,
            use,
            call -> handlers.entitlements().consumeAsync(call, this::mayBlock),
            new JettyExchange(request, response, callback, feature, body))));
    return user.isPresent();
  }

  private void mayBlock(Runnable work) {
    try {
      VirtualThreads.execute(getServer().getThreadPool(), work);
    } catch (RejectedExecutionException e) {
      throw new StoreUnavailable("More is asked than there are threads for.");
    }
  }

  private void leave(Request request, Response response, Callback callback) {
    try {
      VirtualThreads.execute(
          getServer().getThreadPool(), () -> answer(request, response, callback));
    } catch (RejectedExecutionException e) {
      Response.writeError(request, response, callback, HttpStatus.SERVICE_UNAVAILABLE_503);
    }
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
