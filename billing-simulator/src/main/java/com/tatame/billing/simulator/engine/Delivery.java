package com.tatame.billing.simulator.engine;

/** One event to be delivered to one endpoint. */
public record Delivery(String event, String type, String endpoint) {}
