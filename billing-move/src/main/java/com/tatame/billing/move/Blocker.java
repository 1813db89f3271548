package com.tatame.billing.move;

import java.util.Optional;

/**
 * A transaction that keeps the move from following: what was logged after its beginning is not
 * settled before it ends.
 *
 * @param since when it began, as the database writes times
 * @param what it is, in plain words
 * @param database in which it runs, which can be another one of the same server
 * @param application that the session says it belongs to
 */
public record Blocker(String since, String what, String database, Optional<String> application) {}
