package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.catalog.Price;
import com.tatame.billing.catalog.Product;
import com.tatame.billing.observation.Observation.Source;
import com.tatame.billing.observation.ProviderObject;
import com.tatame.billing.projection.Change;
import com.tatame.billing.testkit.fixture.APrice;
import com.tatame.billing.testkit.fixture.AProduct;
import com.tatame.billing.testkit.fixture.Ids;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The mirrored products and prices. */
public interface ProductStoreContract extends StoreUnderTest {

  @Test
  default void productsArePagedById() {
    Instant now = Ids.morning();
    String start = Ids.next("prod");
    Product first = AProduct.active(now.plusSeconds(2));
    Product second = AProduct.archived(now);
    Product third = AProduct.active(now.plusSeconds(1));
    Commits.store(store(), now, third, first, second);

    assertThat(store().products().products(Optional.empty(), Optional.of(start), 101))
        .containsExactly(first, second, third);
    assertThat(store().products().products(Optional.empty(), Optional.of(start), 2))
        .containsExactly(first, second);
    assertThat(store().products().products(Optional.empty(), Optional.of(second.id()), 2))
        .containsExactly(third);
    assertThat(store().products().products(Optional.empty(), Optional.of(third.id()), 2))
        .isEmpty();
    assertThat(store().products().products(Optional.empty(), Optional.empty(), 1))
        .hasSize(1);
  }

  @Test
  default void productsAreFilteredByWhetherTheyAreActive() {
    Instant now = Ids.morning();
    Optional<String> start = Optional.of(Ids.next("prod"));
    Product archived = AProduct.archived(now);
    Product active = AProduct.active(now);
    Commits.store(store(), now, archived, active);

    assertThat(store().products().products(Optional.of(true), start, 1)).containsExactly(active);
    assertThat(store().products().products(Optional.of(false), start, 2)).containsExactly(archived);
  }

  @Test
  default void aProductThatIsGoneIsNotListed() {
    Instant now = Ids.morning();
    Optional<String> start = Optional.of(Ids.next("prod"));
    Product gone = AProduct.active(now);
    Commits.store(store(), now, gone);
    Commits.apply(
        store(),
        gone.subject(),
        now,
        List.of(new Change.Tombstone(gone.ref(), now.plusSeconds(1), Source.SNAPSHOT)));

    assertThat(store().products().products(Optional.empty(), start, 101)).isEmpty();
  }

  @Test
  default void pricesArePagedById() {
    Instant now = Ids.morning();
    String start = Ids.next("price");
    Price first = APrice.of("prod_a", now).build();
    Price second = APrice.of("prod_b", now).archived().build();
    Price third = APrice.of("prod_a", now).build();
    Commits.store(store(), now, second, third, first);

    assertThat(prices(Optional.empty(), Optional.empty(), start, 2)).containsExactly(first, second);
    assertThat(prices(Optional.empty(), Optional.empty(), second.id(), 2)).containsExactly(third);
  }

  @Test
  default void pricesAreFilteredByProductAndWhetherTheyAreActive() {
    Instant now = Ids.morning();
    String start = Ids.next("price");
    String product = Ids.next("prod");
    Price active = APrice.of(product, now).build();
    Price archived = APrice.of(product, now).archived().build();
    Price other = APrice.of(Ids.next("prod"), now).build();
    Commits.store(store(), now, active, archived, other);

    assertThat(prices(Optional.of(true), Optional.empty(), start, 101))
        .containsExactly(active, other);
    assertThat(prices(Optional.empty(), Optional.of(product), start, 101))
        .containsExactly(active, archived);
    assertThat(prices(Optional.of(false), Optional.of(product), start, 101))
        .containsExactly(archived);
    assertThat(
            store().products().prices(Optional.empty(), Optional.of(product), Optional.empty(), 1))
        .containsExactly(active);
  }

  @Test
  default void allPricesOfSomeProductsAreFoundHoweverManyThereAre() {
    Instant now = Ids.morning();
    String product = Ids.next("prod");
    Price other = APrice.of(Ids.next("prod"), now).build();
    Price archived = APrice.of(product, now).archived().build();
    Price[] many =
        Stream.generate(() -> APrice.of(product, now).build()).limit(120).toArray(Price[]::new);
    Commits.store(store(), now, other, archived);
    Commits.store(store(), now, (ProviderObject[]) many);

    assertThat(store().products().pricesOf(Set.of(product)))
        .hasSize(121)
        .startsWith(archived)
        .containsAll(List.of(many));
    assertThat(store().products().pricesOf(Set.of(other.productId(), Ids.next("prod"))))
        .containsExactly(other);
    assertThat(store().products().pricesOf(Set.of())).isEmpty();
  }

  @Test
  default void aPriceIsFoundById() {
    Instant now = Ids.morning();
    Price price = APrice.of("prod_a", now).archived().build();
    Commits.store(store(), now, price);

    assertThat(store().products().price(price.id())).contains(price);
    assertThat(store().products().price(Ids.next("price"))).isEmpty();
  }

  @Test
  default void activePricesAreFoundByLookupKey() {
    Instant now = Ids.morning();
    String monthly = Ids.next("monthly");
    String yearly = Ids.next("yearly");
    Price first = APrice.of("prod_a", now).withLookupKey(monthly).build();
    Price second = APrice.of("prod_a", now).withLookupKey(yearly).build();
    Price archived = APrice.of("prod_a", now).withLookupKey(monthly).archived().build();
    Price without = APrice.of("prod_a", now).build();
    Commits.store(store(), now, archived, second, without, first);

    assertThat(store().products().pricesByLookupKey(Set.of(monthly, yearly, Ids.next("none"))))
        .containsExactly(first, second);
    assertThat(store().products().pricesByLookupKey(Set.of())).isEmpty();
  }

  private List<Price> prices(
      Optional<Boolean> active, Optional<String> product, String after, int limit) {
    return store().products().prices(active, product, Optional.of(after), limit);
  }
}
