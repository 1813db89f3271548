package com.tatame.billing.http;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What the API description says about a field. */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
@interface Doc {
  String value();

  /** Shown as it stands; none if empty. */
  String example() default "";

  /** The values it may take; any if empty. */
  String[] oneOf() default {};
}
