/**
 * What is done now and then, by one node at a time.
 */
@NullMarked
package com.tatame.billing.schedule;

import org.jspecify.annotations.NullMarked;
