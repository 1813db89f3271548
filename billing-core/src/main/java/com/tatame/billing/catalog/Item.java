package com.tatame.billing.catalog;

import com.tatame.billing.money.Money;

/**
 * Something that is bought once.
 *
 * @param id unique in the catalog, such as {@code quiz-17}
 * @param kind what sort of thing it is, such as {@code quiz}; members' terms go by it
 * @param price before any discount; 0 for what is free
 */
public record Item(String id, String name, String kind, Money price) {}
