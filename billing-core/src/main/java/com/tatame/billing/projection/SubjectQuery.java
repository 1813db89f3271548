package com.tatame.billing.projection;

import com.tatame.billing.account.AccountId;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.SubjectId;
import java.util.Set;

/**
 * What to load about a subject.
 *
 * @param accounts those whose customer must be known to decide a link
 */
public record SubjectQuery(SubjectId subject, Set<ObjectRef> objects, Set<AccountId> accounts) {
  public SubjectQuery {
    objects = Set.copyOf(objects);
    accounts = Set.copyOf(accounts);
  }
}
