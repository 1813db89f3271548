package com.tatame.billing.simulator.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Pages through objects, newest first. */
final class Lists {
  /** The parameters that every list takes. */
  static final String SHAPE = " limit:int starting_after ending_before expand[] ";

  private Lists() {}

  /** The cursor may be any object of the list, also one that the filter leaves out by now. */
  static <T extends StripeObject> Outcome page(
      Collection<T> inOrder, Predicate<T> filter, Call call, String kind) {
    List<T> newestFirst = new ArrayList<>(inOrder);
    Collections.reverse(newestFirst);
    Params params = call.params();
    long asked = params.number("limit", 10);
    if (asked < 1 || asked > 100) {
      throw StripeException.invalid(
          "parameter_invalid_integer",
          "limit",
          "Invalid integer: limit must be between 1 and 100, it is " + asked);
    }
    String after = params.text("starting_after");
    String before = params.text("ending_before");
    if (after != null && before != null) {
      throw StripeException.invalid(
          null, "ending_before", "You can only use one of starting_after and ending_before.");
    }
    int from = after == null ? 0 : position(newestFirst, after, kind, "starting_after") + 1;
    int to =
        before == null ? newestFirst.size() : position(newestFirst, before, kind, "ending_before");
    List<T> matching = newestFirst.subList(from, to).stream().filter(filter).toList();
    int limit = (int) asked;
    boolean more = matching.size() > limit;
    List<T> page = !more
        ? matching
        : before == null
            ? matching.subList(0, limit)
            : matching.subList(matching.size() - limit, matching.size());
    return new Outcome.Many(List.copyOf(page), more, call.path());
  }

  private static <T extends StripeObject> int position(
      List<T> objects, String id, String kind, String param) {
    for (int i = 0; i < objects.size(); i++) {
      if (objects.get(i).id.equals(id)) {
        return i;
      }
    }
    throw StripeException.missing(kind, id, param);
  }

  /** Whether an instant is within what the parameter asks for, given as one instant or as bounds. */
  static LongPredicate range(Params params, String name) {
    Params bounds = params.child(name);
    long over = bounds.number("gt", Long.MIN_VALUE);
    long from = bounds.number("gte", Long.MIN_VALUE);
    long under = bounds.number("lt", Long.MAX_VALUE);
    long upTo = bounds.number("lte", Long.MAX_VALUE);
    Long exactly = params.isText(name) ? params.number(name) : null;
    return instant -> (exactly == null || instant == exactly)
        && instant > over
        && instant >= from
        && instant < under
        && instant <= upTo;
  }

  /** Whether a value is the one asked for, or none is asked for. */
  static boolean asked(Params params, String name, @Nullable String value) {
    String wanted = params.text(name);
    return wanted == null || wanted.equals(value);
  }
}
