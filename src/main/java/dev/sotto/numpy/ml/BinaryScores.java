package dev.sotto.numpy.ml;

/** How one score becomes two: the convention of ONNX Runtime for classifiers of two classes. */
final class BinaryScores {
  private BinaryScores() {}

  /**
   * Writes the scores of the first and the second class.
   *
   * @param score belongs to the second class
   * @param probability whether the score is a probability, so that the other is what is left of one
   */
  static void write(
      float score, PostTransform transform, boolean probability, float[] scores, int at) {
    switch (transform) {
      case PROBIT -> {
        scores[at] = PostTransform.probit(score);
        scores[at + 1] = scores[at];
      }
      default -> {
        boolean logistic = transform == PostTransform.LOGISTIC && !probability;
        scores[at + 1] = logistic ? PostTransform.logistic(score) : score;
        scores[at] =
            logistic ? PostTransform.logistic(-score) : (probability ? 1 - score : -score);
      }
    }
  }
}
