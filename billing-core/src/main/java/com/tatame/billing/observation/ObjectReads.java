package com.tatame.billing.observation;

/** Role of the provider: the present state of one object. */
public interface ObjectReads {
  /**
   * Reads one object.
   *
   * @param subject whose object it is believed to be; a state that says otherwise wins
   * @return a read: the state, or that there is no such object
   * @throws com.tatame.billing.failure.ProviderUnavailable if nothing could be learnt
   */
  Observation read(ObjectRef object, SubjectId subject);
}
