package com.tatame.billing.catalog;

/**
 * How users may pause a plan themselves.
 *
 * @param maxDays from the renewal with which a pause begins, 1 to 366
 * @param timesPerYear pauses begun by an account in any 365 days, 1 to 12
 */
public record SelfServicePause(int maxDays, int timesPerYear) {}
