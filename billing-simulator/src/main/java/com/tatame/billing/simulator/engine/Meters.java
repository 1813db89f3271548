package com.tatame.billing.simulator.engine;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Meters, their events, and their sums. */
final class Meters {
  static final Shape CREATE =
      Shape.of("display_name! event_name! default_aggregation{formula:(sum|count|last)!}! expand[]"
          + " customer_mapping{event_payload_key! type:(by_id)!} event_time_window:(day|hour)"
          + " value_settings{event_payload_key!}");
  static final Shape UPDATE = Shape.of("display_name expand[]");
  static final Shape LIST = Shape.of("status:(active|inactive)" + Lists.SHAPE);
  static final Shape TELL = Shape.of("event_name! payload:map! identifier timestamp:int expand[]");
  static final Shape ADJUST = Shape.of("event_name! type:(cancel)! cancel{identifier} expand[]");
  static final Shape SUMMARIES = Shape.of(
      "customer! start_time:int! end_time:int! value_grouping_window:(day|hour)" + Lists.SHAPE);

  private static final int MAX_NAME_LENGTH = 100;
  private static final long DAY = 86_400;
  private static final long HOUR = 3_600;
  private static final long MINUTE = 60;
  private static final long PAST = 35 * DAY;
  private static final long AHEAD = 5 * MINUTE;

  private final Account account;
  private final Events events;

  Meters(Account account, Events events) {
    this.account = account;
    this.events = events;
  }

  Outcome create(Call call) {
    Params params = call.params();
    String eventName = params.required("event_name");
    if (eventName.length() > MAX_NAME_LENGTH) {
      throw StripeException.invalid(
          null, "event_name", "Invalid string: must be at most 100 characters");
    }
    if (named(eventName).isPresent()) {
      throw StripeException.invalid(
          "resource_already_exists",
          "event_name",
          "There is already an active meter with the event name `" + eventName + "`.");
    }
    Meter meter = account.begin(new Meter(), "mtr_", 24);
    meter.displayName = params.required("display_name");
    meter.eventName = eventName;
    meter.formula = params.child("default_aggregation").required("formula");
    meter.customerKey =
        params.child("customer_mapping").text("event_payload_key", meter.customerKey);
    meter.valueKey = params.child("value_settings").text("event_payload_key", meter.valueKey);
    meter.eventTimeWindow = params.text("event_time_window");
    meter.updated = account.now;
    account.meters.put(meter.id, meter);
    events.emit("billing.meter.created", meter);
    return new Outcome.One(meter);
  }

  /** An event's name belongs to one active meter. */
  private Optional<Meter> named(String eventName) {
    return account.meters.values().stream()
        .filter(meter -> meter.active && meter.eventName.equals(eventName))
        .findFirst();
  }

  Outcome retrieve(Call call) {
    return new Outcome.One(meter(call.id(), "id"));
  }

  /** A meter, whether it is active or not. */
  Meter meter(String id, String param) {
    return Optional.ofNullable(account.meters.get(id))
        .orElseThrow(() -> StripeException.missing("billing meter", id, param));
  }

  Outcome update(Call call) {
    Meter meter = meter(call.id(), "id");
    events.updating("billing.meter.updated", meter, () -> {
      meter.displayName = call.params().text("display_name", meter.displayName);
      meter.updated = account.now;
    });
    return new Outcome.One(meter);
  }

  Outcome list(Call call) {
    return Lists.page(
        account.meters.values(),
        meter -> Lists.asked(call.params(), "status", meter.active ? "active" : "inactive"),
        call,
        "billing meter");
  }

  Outcome deactivate(Call call) {
    Meter meter = meter(call.id(), "id");
    if (!meter.active) {
      throw StripeException.refused("archived_meter", "The meter is inactive already.");
    }
    meter.active = false;
    meter.deactivatedAt = account.now;
    meter.updated = account.now;
    events.emit("billing.meter.deactivated", meter);
    return new Outcome.One(meter);
  }

  Outcome reactivate(Call call) {
    Meter meter = meter(call.id(), "id");
    if (named(meter.eventName).isPresent()) {
      throw StripeException.refused(
          "resource_already_exists", "Another meter is active under its event name.");
    }
    meter.active = true;
    meter.deactivatedAt = null;
    meter.updated = account.now;
    events.emit("billing.meter.reactivated", meter);
    return new Outcome.One(meter);
  }

  Outcome tell(Call call) {
    Params params = call.params();
    Meter meter = byEventName(params.required("event_name"));
    Map<String, String> payload = params.child("payload").strings();
    MeterEvent event = new MeterEvent();
    event.meter = meter.id;
    event.customer = payloadOf(payload, meter.customerKey);
    event.value = value(payloadOf(payload, meter.valueKey), meter);
    event.timestamp = params.number("timestamp", account.now);
    if (event.timestamp < account.now - PAST) {
      throw StripeException.invalid(
          "timestamp_too_far_in_past",
          "timestamp",
          "The timestamp must be within the past 35 days.");
    }
    if (event.timestamp > account.now + AHEAD) {
      throw StripeException.invalid(
          "timestamp_in_future",
          "timestamp",
          "The timestamp must be at most 5 minutes in the future.");
    }
    event.identifier = params.text("identifier", account.newId("", 32));
    if (event.identifier.length() > MAX_NAME_LENGTH) {
      throw StripeException.invalid(
          null, "identifier", "Invalid string: must be at most 100 characters");
    }
    if (recent(meter, event.identifier).isPresent()) {
      throw StripeException.invalid(
          "duplicate_meter_event",
          "identifier",
          "An event already exists with identifier " + event.identifier + ".");
    }
    account.begin(event, "mtrevt_", 24);
    account.meterEvents.add(event);
    return new Outcome.Ready(event(event, meter, payload));
  }

  private Meter byEventName(String eventName) {
    return named(eventName).orElseThrow(() -> {
      boolean archived =
          account.meters.values().stream().anyMatch(meter -> meter.eventName.equals(eventName));
      return StripeException.invalid(
          archived ? "archived_meter" : "resource_missing",
          "event_name",
          archived
              ? "The meter with the event name `" + eventName + "` is inactive."
              : "No active meter found with the event name `" + eventName + "`.");
    });
  }

  private static String payloadOf(Map<String, String> payload, String key) {
    String value = payload.getOrDefault(key, "");
    if (value.isEmpty()) {
      throw StripeException.invalid(
          "parameter_missing",
          "payload[" + key + "]",
          "Missing required param: payload[" + key + "].");
    }
    return value;
  }

  private static long value(String text, Meter meter) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw StripeException.invalid(
          "meter_event_invalid_value",
          "payload[" + meter.valueKey + "]",
          "The simulator counts whole numbers, not: " + text);
    }
  }

  // Known for a day; then the same identifier is another event's.
  private Optional<MeterEvent> recent(Meter meter, String identifier) {
    return account.meterEvents.stream()
        .filter(known -> known.meter.equals(meter.id)
            && known.identifier.equals(identifier)
            && known.created > account.now - DAY)
        .findFirst();
  }

  Outcome adjust(Call call) {
    Params params = call.params();
    Meter meter = byEventName(params.required("event_name"));
    String identifier = params.child("cancel").required("identifier");
    MeterEvent event = recent(meter, identifier)
        .orElseThrow(() -> StripeException.invalid(
            "resource_missing",
            "cancel[identifier]",
            "No event of the last 24 hours has the identifier " + identifier + "."));
    event.canceled = true;
    ObjectNode node = Json.object()
        .put("object", "billing.meter_event_adjustment")
        .put("event_name", meter.eventName)
        .put("livemode", false)
        .put("status", "complete")
        .put("type", "cancel");
    node.putObject("cancel").put("identifier", identifier);
    return new Outcome.Ready(node);
  }

  Outcome summaries(Call call) {
    Params params = call.params();
    Meter meter = meter(call.id(), "id");
    String customer = params.required("customer");
    if (!account.customers.containsKey(customer)) {
      throw StripeException.missing("customer", customer, "customer");
    }
    long from = params.number("start_time", 0);
    long until = params.number("end_time", 0);
    String grouping = params.text("value_grouping_window");
    long step = grouping == null ? MINUTE : grouping.equals("day") ? DAY : HOUR;
    for (String name : List.of("start_time", "end_time")) {
      if (params.number(name, 0) % step != 0) {
        throw StripeException.invalid(
            null, name, "The time must be aligned with the boundaries of the window.");
      }
    }
    if (from >= until) {
      throw StripeException.invalid(null, "end_time", "end_time must be after start_time.");
    }
    List<long[]> windows = new ArrayList<>();
    for (long start = from; start < until; start += grouping == null ? until - from : step) {
      windows.add(new long[] {start, grouping == null ? until : start + step});
    }
    windows.sort(Comparator.comparingLong((long[] window) -> window[0]).reversed());
    ArrayNode data = Json.array();
    windows.stream()
        .filter(window ->
            of(account, meter.id, customer, window[0], window[1]).findAny().isPresent())
        .forEach(window -> data.addObject()
            .put("id", "mtrusg_" + meter.id + "_" + window[0])
            .put("object", "billing.meter_event_summary")
            .put("aggregated_value", aggregate(account, meter, customer, window[0], window[1]))
            .put("end_time", window[1])
            .put("livemode", false)
            .put("meter", meter.id)
            .put("start_time", window[0]));
    return new Outcome.Ready(Json.list(data, false, call.path()));
  }

  /** The units billed for a metered price: its meter's sum, never less than 0. */
  static long billable(Account account, Price price, String customer, long from, long until) {
    String id = price.recurrence().meter();
    Meter meter = id == null ? null : account.meters.get(id);
    return meter == null ? 0 : Math.max(0, aggregate(account, meter, customer, from, until));
  }

  private static long aggregate(
      Account account, Meter meter, String customer, long from, long until) {
    Stream<MeterEvent> byEventName = of(account, meter.id, customer, from, until);
    return switch (meter.formula) {
      case "count" -> byEventName.count();
      case "last" ->
        byEventName
            .max(Comparator.comparingLong((MeterEvent event) -> event.timestamp))
            .map(event -> event.value)
            .orElse(0L);
      default -> byEventName.mapToLong(event -> event.value).sum();
    };
  }

  private static Stream<MeterEvent> of(
      Account account, String meter, String customer, long from, long until) {
    return account.meterEvents.stream()
        .filter(event -> !event.canceled
            && event.meter.equals(meter)
            && event.customer.equals(customer)
            && event.timestamp >= from
            && event.timestamp < until);
  }

  private static ObjectNode event(MeterEvent event, Meter meter, Map<String, String> payload) {
    ObjectNode node = Json.object()
        .put("object", "billing.meter_event")
        .put("created", event.created)
        .put("event_name", meter.eventName)
        .put("identifier", event.identifier)
        .put("livemode", false)
        .put("timestamp", event.timestamp);
    node.set("payload", Json.map(payload));
    return node;
  }

  static ObjectNode json(Meter meter) {
    ObjectNode node = Json.object("billing.meter", meter)
        .put("display_name", meter.displayName)
        .put("event_name", meter.eventName)
        .put("event_time_window", meter.eventTimeWindow)
        .put("status", meter.active ? "active" : "inactive")
        .put("updated", meter.updated);
    node.remove("metadata");
    node.putObject("customer_mapping")
        .put("event_payload_key", meter.customerKey)
        .put("type", "by_id");
    node.putObject("default_aggregation").put("formula", meter.formula);
    node.putObject("status_transitions").put("deactivated_at", meter.deactivatedAt);
    node.putObject("value_settings").put("event_payload_key", meter.valueKey);
    return node;
  }
}
