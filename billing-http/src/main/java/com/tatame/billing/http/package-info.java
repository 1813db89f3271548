/**
 * The HTTP contract: one route table from which the server is wired and its description is
 * generated, and the conventions that every route shares.
 */
@NullMarked
package com.tatame.billing.http;

import org.jspecify.annotations.NullMarked;
