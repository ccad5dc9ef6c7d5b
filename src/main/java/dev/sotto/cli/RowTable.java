package dev.sotto.cli;

import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Rows in memory: numbers, and texts where a column is not numeric.
 *
 * @param source what messages call the table
 * @param names of the columns; empty when the source has none
 * @param columns number of columns
 * @param values row after row; NaN where a cell is no number
 * @param texts cells of the columns that hold anything but numbers, by column
 */
@SuppressWarnings("ArrayRecordComponent")
record RowTable(
    String source,
    List<String> names,
    int columns,
    float[] values,
    Map<Integer, List<String>> texts) {
  private static final int LISTED_CELLS = 10;

  /** Copies the names. */
  RowTable {
    names = List.copyOf(names);
  }

  /** A table of numbers only. */
  static RowTable ofNumbers(String source, int columns, float[] values) {
    return new RowTable(source, List.of(), columns, values, Map.of());
  }

  /** The number of rows. */
  int rows() {
    return columns == 0 ? 0 : values.length / columns;
  }

  /** The first rows, at most {@code limit}. */
  RowTable first(int limit) {
    if (limit >= rows()) {
      return this;
    }
    Map<Integer, List<String>> cut = new TreeMap<>();
    texts.forEach((column, cells) -> cut.put(column, cells.subList(0, limit)));
    return new RowTable(
        source, names, columns, java.util.Arrays.copyOf(values, limit * columns), cut);
  }

  /**
   * The position of a column.
   *
   * @param name {@code last}, {@code first}, a name of the header, or a position from 0
   */
  int column(String name) {
    if (names.contains(name)) {
      return names.indexOf(name);
    }
    if (name.equals("last") || name.equals("first")) {
      return name.equals("last") ? columns - 1 : 0;
    }
    if (name.matches("\\d{1,6}") && Integer.parseInt(name) < columns) {
      return Integer.parseInt(name);
    }
    String known = names.isEmpty() ? "the rows have no header" : "columns are " + names;
    throw SottoException.of(
        CliError.LABEL, "label '" + name + "'", "no such column in " + source + ": " + known + ".");
  }

  /** The cells of one column as text; numbers as Java writes them. */
  List<String> cells(int column) {
    List<String> known = texts.get(column);
    if (known != null) {
      return known;
    }
    List<String> cells = new ArrayList<>(rows());
    for (int row = 0; row < rows(); row++) {
      cells.add(Float.toString(values[row * columns + column]));
    }
    return cells;
  }

  /** The rows without one column. */
  RowTable without(int column) {
    int width = columns - 1;
    float[] kept = new float[rows() * width];
    for (int row = 0; row < rows(); row++) {
      System.arraycopy(values, row * columns, kept, row * width, column);
      System.arraycopy(
          values, row * columns + column + 1, kept, row * width + column, width - column);
    }
    List<String> keptNames = new ArrayList<>(names);
    if (!names.isEmpty()) {
      keptNames.remove(column);
    }
    Map<Integer, List<String>> keptTexts = new TreeMap<>();
    texts.forEach(
        (at, cells) -> {
          if (at != column) {
            keptTexts.put(at < column ? at : at - 1, cells);
          }
        });
    return new RowTable(source, keptNames, width, kept, keptTexts);
  }

  /**
   * The rows as the inputs of a model, columns taken in order.
   *
   * @param widths numbers that each input takes of a row
   * @throws SottoException with the cells that are no numbers, or when the widths do not fit
   */
  Tensor[] inputs(List<Integer> widths) {
    int width = widths.stream().mapToInt(Integer::intValue).sum();
    if (width != columns) {
      throw SottoException.of(
          CliError.WIDTH,
          source,
          "expected rows of " + width + " features, got " + columns + " columns.");
    }
    requireFinite();
    return parts(widths);
  }

  /** All columns in order, cut into tensors of {@code rows × width}; cells may be NaN. */
  Tensor[] parts(List<Integer> widths) {
    if (widths.size() == 1) {
      return new Tensor[] {Tensor.of(Shape.of(rows(), columns), values)};
    }
    Tensor[] inputs = new Tensor[widths.size()];
    int from = 0;
    for (int i = 0; i < inputs.length; i++) {
      int size = widths.get(i);
      float[] part = new float[rows() * size];
      for (int row = 0; row < rows(); row++) {
        System.arraycopy(values, row * columns + from, part, row * size, size);
      }
      inputs[i] = Tensor.of(Shape.of(rows(), size), part);
      from += size;
    }
    return inputs;
  }

  private void requireFinite() {
    if (rows() == 0) {
      throw SottoException.of(CliError.ROWS, source, "expected at least one row, got none.");
    }
    List<Problem> problems = new ArrayList<>();
    int more = 0;
    for (int i = 0; i < values.length; i++) {
      if (Float.isNaN(values[i]) || Float.isInfinite(values[i])) {
        if (problems.size() < LISTED_CELLS) {
          problems.add(badCell(i / columns, i % columns));
        } else {
          more++;
        }
      }
    }
    if (more > 0) {
      problems.add(Problem.of(CliError.ROWS, source, "and " + more + " more such cells."));
    }
    if (!problems.isEmpty()) {
      throw new SottoException(problems);
    }
  }

  private Problem badCell(int row, int column) {
    List<String> cells = texts.get(column);
    String found =
        cells == null
            ? Float.toString(values[row * columns + column])
            : cells.get(row).isEmpty() ? "nothing" : "'" + cells.get(row) + "'";
    String name = names.isEmpty() ? "column " + column : "column '" + names.get(column) + "'";
    return Problem.of(
        CliError.ROWS,
        source + ", row " + row + ", " + name,
        "expected a finite number, got " + found + ".");
  }
}
