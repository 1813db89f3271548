package com.tatame.billing.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.tatame.billing.inbox.EventFilter;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A failure that was seen once can be seen again. */
class SameSeedTest {

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
  void twoWorldsThatLiveSideBySideAreTheSame(long seed) {
    try (RandomStory one = new RandomStory(seed);
        RandomStory other = new RandomStory(seed)) {
      for (int i = 0; i < 40; i++) {
        one.step();
        other.step();
        assertThatTheyAreTheSame(one, other);
      }
      one.end();
      other.end();
      assertThatTheyAreTheSame(one, other);
      assertThat(one.world().engine().events()).hasSizeGreaterThan(15);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void worldsOfDifferentSeedsAreNot(long seed) {
    try (RandomStory one = new RandomStory(seed);
        RandomStory other = new RandomStory(seed + 1)) {
      assertThat(one.world().engine().events())
          .isNotEqualTo(other.world().engine().events());
    }
  }

  // The provider's events carry the keys under which commands were sent.
  private static void assertThatTheyAreTheSame(RandomStory one, RandomStory other) {
    assertThat(one.met()).isEqualTo(other.met());
    assertThat(one.world().engine().events()).isEqualTo(other.world().engine().events());
    assertThat(one.world().wallClock().instant())
        .isEqualTo(other.world().wallClock().instant());
    assertThat(MirroredState.known(one.world(), one.world().store()))
        .isEqualTo(MirroredState.known(other.world(), other.world().store()));
    assertThat(one.world().store().inbox().events(EventFilter.ALL, Optional.empty(), 101))
        .isEqualTo(other.world().store().inbox().events(EventFilter.ALL, Optional.empty(), 101));
  }
}
