/** Programs that use the product as a library, as its readers would write them. */
@NullMarked
package com.tatame.billing.sandbox.example;

import org.jspecify.annotations.NullMarked;
