package com.tatame.billing.sandbox;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.provider.ArgumentsSource;
import org.junit.jupiter.params.support.ParameterDeclarations;

/**
 * Runs a class over each store. Over Supabase's API in trouble it runs with {@code
 * -Dbilling.lost.answers.all=true} alone, as in {@code -Pnightly}: a build has {@link StoryTest} for
 * that.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ArgumentsSource(EachStore.Stores.class)
@interface EachStore {
  /** The stores of a build, or all. */
  final class Stores implements ArgumentsProvider {
    @Override
    public Stream<? extends Arguments> provideArguments(
        ParameterDeclarations parameters, ExtensionContext context) {
      return Arrays.stream(Worlds.values())
          .filter(world -> world != Worlds.ON_SUPABASE_IN_TROUBLE
              || Boolean.getBoolean("billing.lost.answers.all"))
          .map(Arguments::of);
    }
  }
}
