package com.tatame.billing.http;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of a list as it is answered. */
record Page<T>(List<T> data, boolean hasMore, @Nullable String nextCursor) {}
