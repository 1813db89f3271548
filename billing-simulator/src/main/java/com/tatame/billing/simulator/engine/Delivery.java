package com.tatame.billing.simulator.engine;

/** One event to be told to one endpoint. */
public record Delivery(String event, String type, String endpoint) {}
