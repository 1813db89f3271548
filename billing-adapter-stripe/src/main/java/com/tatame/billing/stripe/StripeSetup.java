package com.tatame.billing.stripe;

import com.google.gson.JsonObject;
import com.stripe.Stripe;
import com.stripe.net.ApiRequestParams.EnumParam;
import com.stripe.net.RequestOptions;
import com.stripe.param.PriceCreateParams;
import com.stripe.param.PriceListParams;
import com.stripe.param.PriceUpdateParams;
import com.stripe.param.ProductCreateParams;
import com.stripe.param.ProductListParams;
import com.stripe.param.ProductUpdateParams;
import com.stripe.param.WebhookEndpointCreateParams;
import com.stripe.param.WebhookEndpointListParams;
import com.stripe.param.WebhookEndpointUpdateParams;
import com.stripe.param.billing.MeterCreateParams;
import com.stripe.param.billing.MeterListParams;
import com.stripe.param.common.EmptyParam;
import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.failure.ProviderRejected;
import com.tatame.billing.setup.AccountState;
import com.tatame.billing.setup.AccountState.HeldEndpoint;
import com.tatame.billing.setup.AccountState.HeldMeter;
import com.tatame.billing.setup.AccountState.HeldPrice;
import com.tatame.billing.setup.AccountState.HeldProduct;
import com.tatame.billing.setup.ProviderSetup;
import com.tatame.billing.setup.SetupChange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** Makes what must be there before anything can be sold. */
final class StripeSetup implements ProviderSetup {
  private static final long PAGE = 100;

  private final StripeCalls calls;
  private final PortalConfigurations portals;

  StripeSetup(StripeCalls calls, PortalConfigurations portals) {
    this.calls = calls;
    this.portals = portals;
  }

  @Override
  public Events events() {
    return new Events(Stripe.API_VERSION, new TreeSet<>(EventTypes.HANDLED));
  }

  @Override
  public AccountState state() {
    List<HeldProduct> products = list(
        "products.list",
        after -> {
          ProductListParams.Builder params = ProductListParams.builder().setLimit(PAGE);
          after.ifPresent(params::setStartingAfter);
          return client -> client.v1().products().list(params.build());
        },
        body -> new HeldProduct(CatalogShape.product(body), body.optionalId("default_price")));
    List<HeldPrice> prices = list(
        "prices.list",
        after -> {
          PriceListParams.Builder params =
              PriceListParams.builder().setLimit(PAGE).addExpand("data.currency_options");
          after.ifPresent(params::setStartingAfter);
          return client -> client.v1().prices().list(params.build());
        },
        body -> new HeldPrice(CatalogShape.price(body), CatalogShape.otherAmounts(body)));
    return new AccountState(products, prices, portals.ours(), endpoints(), meters());
  }

  @Override
  public List<HeldEndpoint> endpoints() {
    return list(
        "webhook_endpoints.list",
        after -> {
          WebhookEndpointListParams.Builder params =
              WebhookEndpointListParams.builder().setLimit(PAGE);
          after.ifPresent(params::setStartingAfter);
          return client -> client.v1().webhookEndpoints().list(params.build());
        },
        StripeSetup::endpoint);
  }

  private List<HeldMeter> meters() {
    Map<String, Set<String>> charging = new HashMap<>();
    list(
        "prices.list",
        after -> {
          PriceListParams.Builder params = PriceListParams.builder()
              .setRecurring(PriceListParams.Recurring.builder()
                  .setUsageType(PriceListParams.Recurring.UsageType.METERED)
                  .build())
              .setLimit(PAGE);
          after.ifPresent(params::setStartingAfter);
          return client -> client.v1().prices().list(params.build());
        },
        price -> price
            .optionalObject("recurring")
            .flatMap(recurring -> recurring.optionalText("meter"))
            .map(meter ->
                charging.computeIfAbsent(meter, any -> new HashSet<>()).add(price.text("id"))));
    return list(
        "meters.list",
        after -> {
          MeterListParams.Builder params =
              MeterListParams.builder().setStatus(MeterListParams.Status.ACTIVE).setLimit(PAGE);
          after.ifPresent(params::setStartingAfter);
          return client -> client.v1().billing().meters().list(params.build());
        },
        meter -> new HeldMeter(
            meter.text("id"),
            meter.text("event_name"),
            meter.object("default_aggregation").text("formula").equals("sum")
                && meter
                    .object("customer_mapping")
                    .text("event_payload_key")
                    .equals("stripe_customer_id")
                && meter.object("value_settings").text("event_payload_key").equals("value"),
            charging.getOrDefault(meter.text("id"), Set.of())));
  }

  /** An object that can't be read isn't ours: all that we create can be read. */
  private <T> List<T> list(
      String operation,
      Function<Optional<String>, StripeCalls.Call> page,
      Function<Fields, T> shape) {
    List<T> all = new ArrayList<>();
    StripePages.each(calls, operation, page, (answer, bodies) -> {
      for (JsonObject body : bodies) {
        try {
          all.add(shape.apply(Fields.of(body)));
        } catch (UnreadableShape e) {
          // Made by others, in a shape that we don't know: left out.
        }
      }
    });
    return all;
  }

  private static HeldEndpoint endpoint(Fields endpoint) {
    Set<String> events = new TreeSet<>();
    endpoint
        .json()
        .getAsJsonArray("enabled_events")
        .forEach(type -> events.add(type.getAsString()));
    return new HeldEndpoint(
        endpoint.text("id"),
        endpoint.metadata().containsKey(Metadata.SETUP),
        endpoint.text("url"),
        endpoint.text("status").equals("enabled"),
        endpoint.optionalText("api_version"),
        events);
  }

  @Override
  public Made apply(SetupChange change) {
    if (change instanceof SetupChange.CreateMeter meter) {
      return create(meter);
    } else if (change instanceof SetupChange.CreateProduct product) {
      return create(product);
    } else if (change instanceof SetupChange.UpdateProduct product) {
      return update(product);
    } else if (change instanceof SetupChange.ArchiveProduct product) {
      ProductUpdateParams params =
          ProductUpdateParams.builder().setActive(false).build();
      return made(
          "products.archive", client -> client.v1().products().update(product.id(), params));
    } else if (change instanceof SetupChange.CreatePrice price) {
      return create(price);
    } else if (change instanceof SetupChange.UpdatePrice price) {
      return update(price);
    } else if (change instanceof SetupChange.ArchivePrice price) {
      return archive(price);
    } else if (change instanceof SetupChange.Portal portal) {
      return portals.apply(portal);
    } else if (change instanceof SetupChange.CreateEndpoint endpoint) {
      return create(endpoint);
    } else if (change instanceof SetupChange.UpdateEndpoint endpoint) {
      return update(endpoint);
    }
    throw new IllegalArgumentException("unknown: " + change.words());
  }

  private Made create(SetupChange.CreateMeter meter) {
    MeterCreateParams params = MeterCreateParams.builder()
        .setDisplayName(meter.eventName())
        .setEventName(meter.eventName())
        .setDefaultAggregation(MeterCreateParams.DefaultAggregation.builder()
            .setFormula(MeterCreateParams.DefaultAggregation.Formula.SUM)
            .build())
        .build();
    return made("meters.create", client -> client.v1().billing().meters().create(params));
  }

  /** An id that is taken says that an earlier try came through. */
  private Made create(SetupChange.CreateProduct product) {
    ProductCreateParams.Builder params = ProductCreateParams.builder()
        .setId(product.id())
        .setName(product.name())
        .putMetadata(Product.TIER_MARK, product.tier());
    if (!product.description().isEmpty()) {
      params.setDescription(product.description());
    }
    try {
      return made("products.create", client -> client.v1().products().create(params.build()));
    } catch (ProviderRejected e) {
      if (e.providerCode().equals("resource_already_exists")) {
        return new Made(product.id());
      }
      throw e;
    }
  }

  private Made update(SetupChange.UpdateProduct product) {
    ProductUpdateParams.Builder params =
        ProductUpdateParams.builder().setName(product.name()).setActive(true);
    if (product.description().isEmpty()) {
      params.setDescription(EmptyParam.EMPTY);
    } else {
      params.setDescription(product.description());
    }
    return made(
        "products.update", client -> client.v1().products().update(product.id(), params.build()));
  }

  private Made create(SetupChange.CreatePrice price) {
    PriceCreateParams.Recurring.Builder recurring = PriceCreateParams.Recurring.builder()
        .setInterval(PriceCreateParams.Recurring.Interval.valueOf(
            price.unit().code().toUpperCase(Locale.ROOT)));
    price
        .meter()
        .flatMap(SetupChange.MeteredBy::id)
        .ifPresent(meter -> recurring
            .setUsageType(PriceCreateParams.Recurring.UsageType.METERED)
            .setMeter(meter));
    PriceCreateParams.Builder params = PriceCreateParams.builder()
        .setProduct(price.productId())
        .setCurrency(price.price().standard().currency())
        .setUnitAmount(price.price().standard().amount())
        .setRecurring(recurring.build())
        .setLookupKey(price.lookupKey())
        .setTransferLookupKey(price.replaced().isPresent())
        .putMetadata(Price.PLAN_MARK, price.plan());
    price
        .price()
        .others()
        .forEach(other -> params.putCurrencyOption(
            other.currency(),
            PriceCreateParams.CurrencyOption.builder()
                .setUnitAmount(other.amount())
                .build()));
    RequestOptions options =
        RequestOptions.builder().setIdempotencyKey(price.idempotencyKey()).build();
    return made("prices.create", client -> client.v1().prices().create(params.build(), options));
  }

  private Made update(SetupChange.UpdatePrice price) {
    PriceUpdateParams.Builder params = PriceUpdateParams.builder()
        .setActive(true)
        .setLookupKey(price.lookupKey())
        .putMetadata(Price.PLAN_MARK, price.plan());
    price
        .added()
        .forEach(other -> params.putCurrencyOption(
            other.currency(),
            PriceUpdateParams.CurrencyOption.builder()
                .setUnitAmount(other.amount())
                .build()));
    return made("prices.update", client -> client.v1().prices().update(price.id(), params.build()));
  }

  private Made archive(SetupChange.ArchivePrice price) {
    price.defaultOf().ifPresent(product -> {
      ProductUpdateParams none =
          ProductUpdateParams.builder().setDefaultPrice(EmptyParam.EMPTY).build();
      calls.send("products.update", client -> client.v1().products().update(product, none));
    });
    PriceUpdateParams params = PriceUpdateParams.builder().setActive(false).build();
    return made("prices.archive", client -> client.v1().prices().update(price.id(), params));
  }

  private Made create(SetupChange.CreateEndpoint endpoint) {
    WebhookEndpointCreateParams params = WebhookEndpointCreateParams.builder()
        .setUrl(endpoint.url())
        .setApiVersion(constant(
            WebhookEndpointCreateParams.ApiVersion.values(), endpoint.events().apiVersion()))
        .addAllEnabledEvent(constants(
            WebhookEndpointCreateParams.EnabledEvent.values(), endpoint.events().types()))
        .setDescription("Tatame Billing")
        .putMetadata(Metadata.SETUP, "webhook")
        .build();
    String operation = "webhook_endpoints.create";
    JsonObject body = body(operation, client -> client.v1().webhookEndpoints().create(params));
    return StripeReads.understood(operation, () -> {
      Fields fields = Fields.of(body);
      return new Made(fields.text("id"), Optional.of(fields.text("secret")));
    });
  }

  private Made update(SetupChange.UpdateEndpoint endpoint) {
    WebhookEndpointUpdateParams params = WebhookEndpointUpdateParams.builder()
        .setDisabled(false)
        .addAllEnabledEvent(constants(
            WebhookEndpointUpdateParams.EnabledEvent.values(), endpoint.events().types()))
        .build();
    return made(
        "webhook_endpoints.update",
        client -> client.v1().webhookEndpoints().update(endpoint.id(), params));
  }

  private Made made(String operation, StripeCalls.Call call) {
    return StripeReads.understood(
        operation, () -> new Made(Fields.of(body(operation, call)).text("id")));
  }

  private JsonObject body(String operation, StripeCalls.Call call) {
    return calls.send(operation, call).body().orElseThrow(() -> StripeReads.senseless(operation));
  }

  private static <E extends EnumParam> List<E> constants(E[] all, Set<String> values) {
    return values.stream().sorted().map(value -> constant(all, value)).toList();
  }

  private static <E extends EnumParam> E constant(E[] all, String value) {
    return Arrays.stream(all)
        .filter(constant -> constant.getValue().equals(value))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("the library does not know " + value));
  }
}
