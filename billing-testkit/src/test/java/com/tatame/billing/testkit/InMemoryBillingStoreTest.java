package com.tatame.billing.testkit;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tatame.billing.observation.Fact;
import com.tatame.billing.observation.SubjectId;
import com.tatame.billing.store.BillingStore;
import java.util.List;
import org.junit.jupiter.api.Test;

class InMemoryBillingStoreTest implements BillingStoreContract {
  private final InMemoryBillingStore store = new InMemoryBillingStore();

  @Override
  public BillingStore store() {
    return store;
  }

  @Override
  public List<Fact> factsOf(SubjectId subject) {
    return store.factsOf(subject);
  }

  @Test
  void aClosedStoreAnswersNothing() {
    store.close();

    assertThatThrownBy(store::ping).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> store.inbox().status()).isInstanceOf(IllegalStateException.class);
  }
}
