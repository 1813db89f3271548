package com.tatame.billing.projection;

import com.tatame.billing.failure.StoreUnavailable;
import com.tatame.billing.observation.ObjectReads;
import com.tatame.billing.observation.ObjectRef;
import com.tatame.billing.observation.Observation;
import com.tatame.billing.observation.Observations;
import com.tatame.billing.observation.SubjectId;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Commits what is learnt from reads and from the answers to our own commands. */
public final class ObservationRecorder implements Observations {
  private static final Logger LOG = System.getLogger(ObservationRecorder.class.getName());
  private static final int MAX_ROUNDS = 20;

  private final Projections projections;
  private final ObjectReads reads;

  public ObservationRecorder(Projections projections, ObjectReads reads) {
    this.projections = projections;
    this.reads = reads;
  }

  @Override
  public Observation observe(Optional<SubjectId> subject, Supplier<Observation> question) {
    long versionBefore = subject.map(known -> projections.load(known).version()).orElse(0L);
    Observation answer = question.get();
    // The version of another subject says nothing about when this one's was taken.
    boolean expected = subject.isEmpty() || subject.get().equals(answer.subject());
    for (int round = 0; round < MAX_ROUNDS; round++) {
      SubjectState known = projections.load(List.of(answer)).get(answer.subject());
      if (expected
          && known != null
          && known.version() == versionBefore
          && commit(known, List.of(answer))) {
        return answer;
      }
      // Another commit changed the subject since the version was taken: only a fresh read is known
      // to be newer.
      SubjectId asked = answer.subject();
      versionBefore = projections.load(asked).version();
      answer = reads.read(answer.object(), asked);
      expected = asked.equals(answer.subject());
    }
    throw new StoreUnavailable(answer.subject() + " is changed faster than it can be read");
  }

  @Override
  public Observation refresh(ObjectRef object, SubjectId subject) {
    return observe(Optional.of(subject), () -> reads.read(object, subject));
  }

  @Override
  public void observeAll(Supplier<List<Observation>> listing) {
    Map<SubjectId, SubjectState> known = projections.load(listing.get());
    Map<SubjectId, List<Observation>> bySubject = new TreeMap<>();
    listing
        .get()
        .forEach(seen ->
            bySubject.computeIfAbsent(seen.subject(), s -> new ArrayList<>()).add(seen));
    List<List<Observation>> groups = List.copyOf(bySubject.values());
    List<Unit> units = new ArrayList<>();
    for (List<Observation> group : groups) {
      SubjectId subject = group.get(0).subject();
      units.add(unit(known.getOrDefault(subject, SubjectState.nothing(subject)), group));
    }
    List<CommitResult> results = projections.commit(units);
    for (int i = 0; i < results.size(); i++) {
      if (!(results.get(i) instanceof CommitResult.Applied)) {
        for (Observation seen : groups.get(i)) {
          refresh(seen.object(), seen.subject());
        }
      }
    }
  }

  private boolean commit(SubjectState known, List<Observation> observations) {
    List<Unit> units = List.of(unit(known, observations));
    CommitResult result = projections.commit(units).get(0);
    if (result instanceof CommitResult.Rejected rejected) {
      LOG.log(Level.WARNING, "{0} was not stored: {1}", known.subject(), rejected.reason());
    }
    return result instanceof CommitResult.Applied;
  }

  private Unit unit(SubjectState known, List<Observation> observations) {
    Projection projection = projections.project(known, observations);
    projection.alarms().forEach(alarm -> LOG.log(Level.WARNING, alarm));
    return new Unit(
        known.subject(), known.version(), Optional.empty(), Set.of(), projection.changes());
  }
}
