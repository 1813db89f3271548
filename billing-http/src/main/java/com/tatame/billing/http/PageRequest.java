package com.tatame.billing.http;

import com.tatame.billing.failure.ValidationFailed;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Which page of a list is wanted.
 *
 * @param limit 1 to 100
 * @param after the id of the last entry before the page
 */
record PageRequest(int limit, Optional<String> after) {
  static final int MAX_LIMIT = 100;
  static final int DEFAULT_LIMIT = 20;

  /** As many as are given if nothing is said, from the first on. */
  static final PageRequest FIRST = new PageRequest(DEFAULT_LIMIT, Optional.empty());

  static PageRequest of(Optional<String> limit, Optional<String> cursor) {
    return new PageRequest(
        limit
            .map(text -> (int) RequestFields.wholeNumber("limit", text, MAX_LIMIT))
            .orElse(DEFAULT_LIMIT),
        cursor.map(PageRequest::decode));
  }

  /** One more than the page holds, which tells whether there is another page. */
  int lookahead() {
    return limit + 1;
  }

  /** The page, from up to {@link #lookahead} entries. */
  <D, T> Page<T> render(
      List<D> found, Function<? super D, String> id, Function<? super D, T> render) {
    boolean hasMore = found.size() > limit;
    List<D> shown = hasMore ? found.subList(0, limit) : found;
    return new Page<>(
        shown.stream().map(render).toList(),
        hasMore,
        hasMore ? cursor(id.apply(shown.get(shown.size() - 1))) : null);
  }

  /** The cursor that names an entry. */
  static String cursor(String id) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(id.getBytes(StandardCharsets.UTF_8));
  }

  private static String decode(String cursor) {
    try {
      String id = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
      if (InputRules.id(id)) {
        return id;
      }
    } catch (IllegalArgumentException e) {
      throw badCursor();
    }
    throw badCursor();
  }

  static ValidationFailed badCursor() {
    return ValidationFailed.of("cursor", "must be the nextCursor of an earlier answer");
  }
}
