package dev.sotto.spark;

import dev.sotto.problem.ErrorCode;
import dev.sotto.problem.Problem;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counts the rows that were read, and those set aside with the reason by column.
 *
 * <p>Mergeable; small: only columns with something to count take memory.
 */
public final class RowTally implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Different wrong widths that are told apart, of each input. */
  private static final int WIDTHS = 8;

  /** Columns that are reported one by one. */
  private static final int LISTED = 20;

  /** Why a cell keeps its row from being used. */
  enum Flaw {
    NULL(SparkError.NULLS, "null"),
    NAN(SparkError.NOT_A_NUMBER, "NaN"),
    INFINITE(SparkError.INFINITIES, "an infinite value");

    private final ErrorCode code;
    private final String text;

    Flaw(ErrorCode code, String text) {
      this.code = code;
      this.text = text;
    }
  }

  private record Cell(int input, int feature, Flaw flaw) implements Serializable, Comparable<Cell> {
    @Override
    public int compareTo(Cell other) {
      int byInput = Integer.compare(input, other.input);
      int byFeature = byInput != 0 ? byInput : Integer.compare(feature, other.feature);
      return byFeature != 0 ? byFeature : flaw.compareTo(other.flaw);
    }
  }

  private long accepted;
  private long rejected;
  private final TreeMap<Cell, Long> flaws = new TreeMap<>();
  private final List<TreeMap<Integer, Long>> widths = new ArrayList<>();

  void accept(long rows) {
    accepted += rows;
  }

  void reject() {
    rejected++;
  }

  /** Counts a row with a flaw in a feature; −1 for the whole array or vector. */
  void flaw(int input, int feature, Flaw flaw) {
    flaws.merge(new Cell(input, feature, flaw), 1L, Long::sum);
  }

  /** Counts a row whose array or vector has a wrong length. */
  void width(int input, int width) {
    while (widths.size() <= input) {
      widths.add(new TreeMap<>());
    }
    count(widths.get(input), width, 1);
  }

  private static void count(TreeMap<Integer, Long> lengths, int width, long rows) {
    lengths.merge(width, rows, Long::sum);
    if (lengths.size() > WIDTHS) { // the smallest widths are kept, the others counted together
      Map.Entry<Integer, Long> largest = lengths.pollLastEntry();
      lengths.merge(lengths.lastKey(), largest.getValue(), Long::sum);
    }
  }

  /** Takes in what another tally has counted. */
  RowTally merge(RowTally other) {
    accepted += other.accepted;
    rejected += other.rejected;
    other.flaws.forEach((cell, rows) -> flaws.merge(cell, rows, Long::sum));
    for (int i = 0; i < other.widths.size(); i++) {
      while (widths.size() <= i) {
        widths.add(new TreeMap<>());
      }
      TreeMap<Integer, Long> mine = widths.get(i);
      other.widths.get(i).forEach((width, rows) -> count(mine, width, rows));
    }
    return this;
  }

  /** Rows that were used. */
  public long accepted() {
    return accepted;
  }

  /** Rows that were set aside. */
  public long rejected() {
    return rejected;
  }

  /** Every flaw with its column and the number of rows that have it. */
  public List<Problem> problems(FeatureColumns columns) {
    List<Problem> problems = new ArrayList<>();
    for (int i = 0; i < widths.size(); i++) {
      FeatureColumns.Input input = columns.inputs().get(i);
      widths
          .get(i)
          .forEach(
              (width, rows) ->
                  problems.add(
                      Problem.of(
                          SparkError.ROW_WIDTH,
                          "input '" + input.name() + "'",
                          input.width()
                              + " numbers per row expected, got "
                              + width
                              + " in "
                              + rows(rows)
                              + "; set aside.")));
    }
    int listed = 0;
    for (Map.Entry<Cell, Long> entry : flaws.entrySet()) {
      Cell cell = entry.getKey();
      if (listed++ == LISTED) {
        problems.add(
            Problem.of(
                cell.flaw().code, "and " + (flaws.size() - LISTED) + " more columns", "the same."));
        break;
      }
      String column =
          cell.feature() < 0
              ? columns.inputs().get(cell.input()).name()
              : columns.featureName(cell.input(), cell.feature());
      problems.add(
          Problem.of(
              cell.flaw().code,
              "column '" + column + "'",
              "numbers expected, got "
                  + cell.flaw().text
                  + " in "
                  + rows(entry.getValue())
                  + "; set aside."));
    }
    return problems;
  }

  private static String rows(long count) {
    return count + (count == 1 ? " row" : " rows");
  }
}
