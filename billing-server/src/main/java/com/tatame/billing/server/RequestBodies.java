package com.tatame.billing.server;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of each request without a thread that waits for it, within one budget of memory and a
 * limit of time, and hands the request on when the body is complete.
 *
 * <p>Bytes are copied out of the network's buffers: to retain those instead would hold a whole buffer
 * for each few bytes that a slow client sends.
 */
final class RequestBodies extends Handler.Wrapper {
  /** Held of a body before anything more is known of it; most bodies fit. */
  static final int FIRST_BLOCK = 8 * 1024;

  /** A client that is sending this much too much is read to its end, so that it sees the answer. */
  private static final int MAX_IGNORED = 4 << 20;

  private static final byte[] NOTHING = {};

  private final BodyBudget budget;
  private final Function<Request, BodyBudget.Client> client;
  private final BodyPace pace;
  private final int maxBytes;
  private final LongSupplier nanoTime;

  /**
   * @param client the address whose share of the budget a request takes
   * @param maxBytes the largest body that any route takes
   * @param nanoTime as {@link System#nanoTime}
   */
  RequestBodies(
      BodyBudget budget,
      Function<Request, BodyBudget.Client> client,
      BodyPace pace,
      int maxBytes,
      LongSupplier nanoTime) {
    this.budget = budget;
    this.client = client;
    this.pace = pace;
    this.maxBytes = maxBytes;
    this.nanoTime = nanoTime;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    if (!hasBody(request)) {
      return super.handle(request, response, callback);
    }
    new Arrival(request, response, callback).begin();
    return true;
  }

  private static boolean hasBody(Request request) {
    return request.getLength() > 0
        || (request.getLength() < 0
            && request
                .getHeaders()
                .contains(HttpHeader.TRANSFER_ENCODING, HttpHeaderValue.CHUNKED.asString()));
  }

  private void handOn(Request request, Response response, Callback callback) {
    try {
      if (!super.handle(request, response, callback)) {
        Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
      }
    } catch (Exception e) {
      Response.writeError(request, response, callback, e);
    }
  }

  /** One body on its way. Its methods are called by one thread at a time. */
  private final class Arrival implements Invocable.Task {
    private final Request request;
    private final Response response;
    private final Callback callback;
    private final BodyBudget.Share share = budget.share();
    private final BodyPace.Watch watch = pace.watch(nanoTime.getAsLong());
    private byte[] bytes = NOTHING;
    private int count;
    private boolean waits;
    private long idleTimeout;
    private boolean ignores;
    private long ignored;

    Arrival(Request request, Response response, Callback callback) {
      this.request = request;
      this.response = response;
      this.callback = callback;
    }

    void begin() {
      if (request.getLength() > maxBytes) {
        refuse(HttpStatus.PAYLOAD_TOO_LARGE_413);
        return;
      }
      long announced = request.getLength();
      int first = announced < 0 ? FIRST_BLOCK : (int) Math.min(FIRST_BLOCK, announced);
      if (!share.first(first)) {
        refuse(HttpStatus.SERVICE_UNAVAILABLE_503);
        return;
      }
      // Whatever becomes of the request, this is called once when nothing of it is left to do.
      Request.addCompletionListener(request, failure -> share.close());
      bytes = new byte[first];
      run();
    }

    @Override
    public InvocationType getInvocationType() {
      return InvocationType.NON_BLOCKING;
    }

    /** Reads what has arrived. */
    @Override
    public void run() {
      while (true) {
        Content.Chunk chunk = request.read();
        if (chunk == null) {
          awaitMore();
          return;
        }
        if (Content.Chunk.isFailure(chunk)) {
          failed(chunk.getFailure());
          return;
        }
        boolean last = chunk.isLast();
        int refusal = admit(chunk.getByteBuffer());
        chunk.release();
        if (refusal != 0) {
          refuse(refusal);
          return;
        }
        if (last) {
          completed();
          return;
        }
      }
    }

    private int admit(ByteBuffer arrived) {
      int more = arrived.remaining();
      // What had arrived before there was anything to wait for can't be late.
      if (waits && !watch.inTime(more, nanoTime.getAsLong())) {
        return HttpStatus.REQUEST_TIMEOUT_408;
      }
      if (!ignores) {
        return keep(arrived);
      }
      ignored += more;
      return ignored > MAX_IGNORED ? HttpStatus.PAYLOAD_TOO_LARGE_413 : 0;
    }

    private void awaitMore() {
      if (!waits) {
        waits = true;
        idleTimeout = endPoint().getIdleTimeout();
        endPoint().setIdleTimeout(pace.longestSilence().toMillis());
        if (!ignores && !share.waiting(client.apply(request))) {
          refuse(HttpStatus.SERVICE_UNAVAILABLE_503);
          return;
        }
      }
      request.demand(this);
    }

    /** Keeps what arrived, or says with which status it is refused; 0 if it is not. */
    private int keep(ByteBuffer arrived) {
      int more = arrived.remaining();
      if (count + more > maxBytes) {
        return HttpStatus.PAYLOAD_TOO_LARGE_413;
      }
      if (!fits(count + more)) {
        return HttpStatus.SERVICE_UNAVAILABLE_503;
      }
      arrived.get(bytes, count, more);
      count += more;
      return 0;
    }

    private boolean fits(int size) {
      if (size <= bytes.length) {
        return true;
      }
      long most = request.getLength() < 0 ? maxBytes : request.getLength();
      int capacity = (int) Math.max(size, Math.min(2L * bytes.length, most));
      if (!share.more(client.apply(request), capacity - bytes.length)) {
        return false;
      }
      bytes = Arrays.copyOf(bytes, capacity);
      return true;
    }

    private void completed() {
      restoreIdleTimeout();
      if (ignores) {
        callback.succeeded();
      } else {
        handOn(new Complete(request, bytes, count), response, callback);
      }
    }

    private void failed(Throwable failure) {
      if (ignores) {
        completed();
      } else if (failure instanceof TimeoutException) {
        refuse(HttpStatus.REQUEST_TIMEOUT_408);
      } else {
        // The route answers that the body can't be read, if the client is still there.
        share.close();
        restoreIdleTimeout();
        handOn(new Broken(request, failure), response, callback);
      }
    }

    /** Answers, and reads on without keeping anything, so that a client which sends on sees it. */
    private void refuse(int status) {
      share.close();
      bytes = NOTHING;
      if (ignores) {
        completed();
        return;
      }
      ignores = true;
      boolean sends = status != HttpStatus.REQUEST_TIMEOUT_408
          && !request.getHeaders().contains(HttpHeader.EXPECT);
      response.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
      Response.writeError(
          sends ? new ReadOn(request) : request,
          response,
          Callback.from(
              InvocationType.NON_BLOCKING, sends ? this : this::completed, callback::failed),
          status);
    }

    private void restoreIdleTimeout() {
      if (idleTimeout != 0) {
        endPoint().setIdleTimeout(idleTimeout);
      }
    }

    private EndPoint endPoint() {
      return request.getConnectionMetaData().getConnection().getEndPoint();
    }
  }

  /** A request whose body is still read after the answer, where Jetty would discard the rest. */
  private static final class ReadOn extends Request.Wrapper {
    ReadOn(Request request) {
      super(request);
    }

    @Override
    public boolean consumeAvailable() {
      return true;
    }
  }

  /** A request whose body is in memory. */
  private static final class Complete extends Request.Wrapper {
    private final int length;
    private Content.@Nullable Chunk body;

    Complete(Request request, byte[] bytes, int count) {
      super(request);
      length = count;
      body = Content.Chunk.from(ByteBuffer.wrap(bytes, 0, count), true);
    }

    @Override
    public long getLength() {
      return length;
    }

    @Override
    public Content.Chunk read() {
      Content.Chunk next = body == null ? Content.Chunk.EOF : body;
      body = null;
      return next;
    }

    @Override
    public void demand(Runnable demandCallback) {
      getContext().execute(demandCallback);
    }
  }

  /** A request whose body ended too early, or can't be parsed. */
  private static final class Broken extends Request.Wrapper {
    private final Throwable failure;

    Broken(Request request, Throwable failure) {
      super(request);
      this.failure = failure;
    }

    @Override
    public Content.Chunk read() {
      return Content.Chunk.from(failure, true);
    }

    @Override
    public void demand(Runnable demandCallback) {
      getContext().execute(demandCallback);
    }
  }
}
