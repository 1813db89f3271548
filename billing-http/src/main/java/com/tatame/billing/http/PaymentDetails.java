package com.tatame.billing.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.tatame.billing.http.InvoiceHandlers.InvoiceAnswer;
import com.tatame.billing.http.PaymentIntentHandlers.PaymentIntentAnswer;
import com.tatame.billing.http.TaxHandlers.TaxIdAnswer;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What of an organisation's answers is for its billing roles alone: links and secrets with which
 * invoices are seen and paid, and tax ids. Other members are answered null in their place, also where
 * a kept answer is repeated.
 */
final class PaymentDetails {
  /** By type of answer, wherever it appears. */
  static final Map<Class<?>, Set<String>> FIELDS = Map.of(
      InvoiceAnswer.class, Set.of("hostedUrl", "pdfUrl"),
      PaymentActionAnswer.class, Set.of("url", "clientSecret"),
      PaymentIntentAnswer.class, Set.of("clientSecret"),
      TaxIdAnswer.class, Set.of("value"));

  private static final Map<Class<?>, Boolean> HOLDING = new ConcurrentHashMap<>();

  private PaymentDetails() {}

  /** The answer without them. */
  static Answer hide(Route route, Answer answer) {
    for (Route.Reply reply : route.description().replies()) {
      if (reply.status() == answer.status()
          && reply.type().filter(PaymentDetails::holds).isPresent()) {
        JsonNode body = Json.parse(answer.body(), JsonNode.class);
        Class<?> type = reply.type().get();
        if (reply.list()) {
          body.path("data").forEach(entry -> hide(type, entry));
        } else {
          hide(type, body);
        }
        return new Answer(answer.status(), answer.contentType(), Json.text(body), answer.headers());
      }
    }
    return answer;
  }

  private static void hide(Type type, JsonNode node) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      node.forEach(entry -> hide(arguments[arguments.length - 1], entry));
    } else if (type instanceof Class<?> record
        && record.isRecord()
        && node instanceof ObjectNode object) {
      FIELDS.getOrDefault(record, Set.of()).forEach(object::putNull);
      for (RecordComponent component : record.getRecordComponents()) {
        hide(component.getGenericType(), object.path(component.getName()));
      }
    }
  }

  private static boolean holds(Class<?> type) {
    Boolean known = HOLDING.get(type);
    if (known == null) {
      known = search(type);
      HOLDING.put(type, known);
    }
    return known;
  }

  private static boolean search(Type type) {
    if (type instanceof ParameterizedType generic) {
      Type[] arguments = generic.getActualTypeArguments();
      return search(arguments[arguments.length - 1]);
    }
    if (!(type instanceof Class<?> record) || !record.isRecord()) {
      return false;
    }
    if (FIELDS.containsKey(record)) {
      return true;
    }
    for (RecordComponent component : record.getRecordComponents()) {
      if (search(component.getGenericType())) {
        return true;
      }
    }
    return false;
  }
}
