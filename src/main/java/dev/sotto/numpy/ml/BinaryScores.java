package dev.sotto.numpy.ml;

/** How one score becomes two: the convention of ONNX Runtime for classifiers of two classes. */
enum BinaryScores {
  /** The score is a probability: the first class has what is left of one. */
  COMPLEMENT,
  /** The score is a margin: the first class has its negative. */
  NEGATIVE;

  /**
   * Writes the scores of the first and the second class; SOFTMAX is not applied to such a pair.
   *
   * @param score belongs to the second class
   */
  void write(float score, PostTransform transform, float[] scores, int at) {
    switch (transform) {
      case LOGISTIC -> {
        scores[at] = PostTransform.logistic(-score);
        scores[at + 1] = PostTransform.logistic(score);
      }
      case PROBIT -> {
        scores[at + 1] = PostTransform.probit(score);
        scores[at] = -scores[at + 1];
      }
      default -> {
        scores[at] = this == COMPLEMENT ? 1 - score : -score;
        scores[at + 1] = score;
      }
    }
  }
}
