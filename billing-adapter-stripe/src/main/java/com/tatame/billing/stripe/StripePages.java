package com.tatame.billing.stripe;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Walks through lists, page by page. */
final class StripePages {
  private StripePages() {}

  /**
   * Reads a whole list.
   *
   * @param page the call for the page after this id, or for the first
   * @param each takes a page: its answer, and the objects in it
   */
  static void each(
      StripeCalls calls,
      String operation,
      Function<Optional<String>, StripeCalls.Call> page,
      BiConsumer<StripeResult, List<JsonObject>> each) {
    first(calls, operation, page, (answer, objects) -> {
      each.accept(answer, objects);
      return Optional.empty();
    });
  }

  /**
   * Reads a list until something is found on a page.
   *
   * @param page the call for the page after this id, or for the first
   * @param look looks through a page
   */
  static <T> Optional<T> first(
      StripeCalls calls,
      String operation,
      Function<Optional<String>, StripeCalls.Call> page,
      BiFunction<StripeResult, List<JsonObject>, Optional<T>> look) {
    Optional<String> after = Optional.empty();
    boolean more = true;
    while (more) {
      StripeResult answer = calls.send(operation, page.apply(after));
      JsonObject list = answer.body().orElseThrow(() -> StripeReads.senseless(operation));
      List<JsonObject> objects = objects(operation, list);
      Optional<T> found = look.apply(answer, objects);
      if (found.isPresent()) {
        return found;
      }
      more = Fields.of(list).omissibleFlag("has_more");
      Optional<String> last =
          objects.isEmpty() ? Optional.empty() : Shapes.id(objects.get(objects.size() - 1));
      if (more && (last.isEmpty() || last.equals(after))) {
        throw StripeReads.senseless(operation);
      }
      after = last;
    }
    return Optional.empty();
  }

  /** The objects on a page. */
  static List<JsonObject> objects(String operation, JsonObject list) {
    JsonElement data = list.get("data");
    if (data == null || !data.isJsonArray()) {
      throw StripeReads.senseless(operation);
    }
    List<JsonElement> elements = data.getAsJsonArray().asList();
    if (!elements.stream().allMatch(JsonElement::isJsonObject)) {
      throw StripeReads.senseless(operation);
    }
    return elements.stream().map(JsonElement::getAsJsonObject).toList();
  }
}
