/**
 * What users note of themselves from time to time, such as how they feel, to see how it changes.
 */
@NullMarked
package com.tatame.billing.checkin;

import org.jspecify.annotations.NullMarked;
