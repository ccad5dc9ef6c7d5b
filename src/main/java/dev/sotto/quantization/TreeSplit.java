package dev.sotto.quantization;

final class TreeSplit {
  static final String SCORES = "dev.sotto:TreeScores";

  private TreeSplit() {}
}
