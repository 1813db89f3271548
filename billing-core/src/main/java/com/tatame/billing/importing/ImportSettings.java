package com.tatame.billing.importing;

/**
 * How an import is run.
 *
 * @param dryRun whether it only finds out what it would do
 * @param afresh whether it begins at the beginning and not where an earlier run ended
 * @param parallel how many customers are read at once, 1 to {@link #MAX_PARALLEL}
 */
public record ImportSettings(
    boolean dryRun, boolean afresh, int parallel, ImportListener listener) {
  /** Most customers that are read at once. */
  public static final int MAX_PARALLEL = 32;

  /** It goes on where an earlier run ended, four customers at a time. */
  public static final ImportSettings DEFAULT =
      new ImportSettings(false, false, 4, ImportListener.NONE);

  public ImportSettings {
    if (parallel < 1 || parallel > MAX_PARALLEL) {
      throw new IllegalArgumentException("parallel must be 1 to " + MAX_PARALLEL);
    }
  }

  public ImportSettings withDryRun(boolean value) {
    return new ImportSettings(value, afresh, parallel, listener);
  }

  public ImportSettings withAfresh(boolean value) {
    return new ImportSettings(dryRun, value, parallel, listener);
  }

  public ImportSettings withParallel(int value) {
    return new ImportSettings(dryRun, afresh, value, listener);
  }

  public ImportSettings withListener(ImportListener value) {
    return new ImportSettings(dryRun, afresh, parallel, value);
  }
}
