package com.tatame.billing.http;

import com.tatame.billing.failure.ValidationFailed;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.util.Locale;
import java.util.Optional;

/** Reads a body without ever holding more of it than is allowed. */
final class RequestBody {
  private static final int MOST_IGNORED = 4 << 20;

  private RequestBody() {}

  /**
   * The whole body; empty if it is larger than the limit, whatever its Content-Length says.
   *
   * @throws ValidationFailed if it ends too early
   */
  static Optional<byte[]> read(Context context, int limit) {
    if (context.req().getContentLengthLong() <= limit) {
      byte[] body = readUpTo(context, limit + 1);
      if (body.length <= limit) {
        return Optional.of(body);
      }
    }
    ignoreRest(context);
    return Optional.empty();
  }

  // A client that is still sending when the connection closes never sees the answer.
  private static void ignoreRest(Context context) {
    byte[] buffer = new byte[8192];
    try (InputStream rest = context.req().getInputStream()) {
      int read = rest.read(buffer);
      for (int ignored = 0; read >= 0 && ignored < MOST_IGNORED; ignored += read) {
        read = rest.read(buffer);
      }
    } catch (IOException | RuntimeException e) {
      // Whoever has gone needs no answer.
    }
  }

  private static byte[] readUpTo(Context context, int most) {
    try {
      return context.req().getInputStream().readNBytes(most);
    } catch (IOException | RuntimeException e) {
      // The server throws either, for a broken chunk as for a client that has gone.
      throw ValidationFailed.of("body", "could not be read to its end");
    }
  }

  static boolean saysJson(Context context) {
    String type = context.header("Content-Type");
    return type != null
        && type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals("application/json");
  }
}
