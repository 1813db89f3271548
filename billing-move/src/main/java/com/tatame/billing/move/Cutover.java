package com.tatame.billing.move;

import java.time.Duration;

/**
 * A switch from one store to the other.
 *
 * @param pause for which neither took writes; zero if it had been made already
 * @param rows that were brought over during the pause
 */
public record Cutover(Duration pause, long rows) {}
