package dev.sotto.cli;

import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.runtime.RuntimeError;
import dev.sotto.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Rows of a data owner: what a model reads, what stays beside it, and what cannot be scored.
 *
 * @param features columns of the model, of the rows that can be scored
 * @param widths numbers that each model input takes of a row
 * @param rows number and kept cells of the same rows, in the same order
 * @param keptNames names of the kept columns
 * @param rejected rows set aside
 */
record OwnerRows(
    RowTable features,
    List<Integer> widths,
    List<KeptRow> rows,
    List<String> keptNames,
    List<RejectedRow> rejected) {

  /**
   * Reads rows. All columns but the kept ones are features, in the order of the model's inputs.
   *
   * @param label a column that is kept when the rows are one wider than the model: last, or a name
   * @param keep further columns that are no features
   * @throws SottoException where the columns left are not as many as the model reads
   */
  static OwnerRows read(String source, QuantizedModule module, String label, List<String> keep)
      throws IOException {
    List<Integer> widths = module.inputs().stream().map(QuantizedModule.Input::width).toList();
    int width = widths.stream().mapToInt(Integer::intValue).sum();
    CsvFile.ColumnChoice choice =
        (names, columns) -> kept(source, names, columns, width, label, keep);
    CsvFile.Content content = content(source, width, choice);
    RowTable table = content.rows();
    Set<Integer> kept = choice.choose(table.names(), table.columns());
    Split split = new Split(table, List.copyOf(kept), module.readsMissing());
    return split.rows(widths, content.bad());
  }

  private static CsvFile.Content content(String source, int width, CsvFile.ColumnChoice choice)
      throws IOException {
    if (!LocalRows.isLocal(source)) {
      return new CsvFile.Content(
          SparkRows.read(source, width, Integer.MAX_VALUE, choice), List.of());
    }
    String name = source.toLowerCase(Locale.ROOT);
    return name.endsWith(".csv") || name.endsWith(".csv.gz")
        ? CsvFile.read(LocalRows.readable(source), Integer.MAX_VALUE, choice)
        : new CsvFile.Content(LocalRows.read(source, width, Integer.MAX_VALUE), List.of());
  }

  private static Set<Integer> kept(
      String source, List<String> names, int columns, int width, String label, List<String> keep) {
    RowTable header = new RowTable(source, names, columns, new float[0], Map.of());
    Set<Integer> kept = new LinkedHashSet<>();
    keep.forEach(name -> kept.add(header.column(name)));
    if (columns - kept.size() == width + 1) {
      kept.add(header.column(label));
    }
    if (columns - kept.size() != width) {
      throw SottoException.of(
          CliError.WIDTH,
          source,
          "expected "
              + width
              + " feature columns, got "
              + (columns - kept.size())
              + (kept.isEmpty() ? "" : " beside those that are kept")
              + ".");
    }
    return kept;
  }

  /** All rows, one tensor of {@code rows × width} per model input. */
  Tensor[] all() {
    if (rows.isEmpty()) {
      throw SottoException.of(
          CliError.ROWS,
          features.source(),
          "expected at least one row that can be scored, got none.");
    }
    return features.parts(widths);
  }

  /** The rows of some numbers. */
  OwnerRows only(Set<Integer> numbers) {
    List<Integer> wanted = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      if (numbers.contains(rows.get(i).number())) {
        wanted.add(i);
      }
    }
    return new OwnerRows(
        pick(features, wanted),
        widths,
        wanted.stream().map(rows::get).toList(),
        keptNames,
        rejected.stream().filter(row -> numbers.contains(row.number())).toList());
  }

  private static RowTable pick(RowTable table, List<Integer> wanted) {
    int columns = table.columns();
    float[] values = new float[wanted.size() * columns];
    for (int i = 0; i < wanted.size(); i++) {
      System.arraycopy(table.values(), wanted.get(i) * columns, values, i * columns, columns);
    }
    return RowTable.ofNumbers(table.source(), columns, values);
  }

  /**
   * A table whose columns part.
   *
   * @param kept positions of the columns that are no features
   * @param missing whether a feature may be missing
   */
  private record Split(RowTable table, List<Integer> kept, boolean missing) {
    OwnerRows rows(List<Integer> widths, List<CsvFile.BadLine> bad) {
      List<Integer> features = new ArrayList<>();
      for (int column = 0; column < table.columns(); column++) {
        if (!kept.contains(column)) {
          features.add(column);
        }
      }
      List<RejectedRow> rejected = new ArrayList<>();
      List<Integer> good = new ArrayList<>();
      List<KeptRow> rows = new ArrayList<>();
      int nextBad = 0;
      for (int row = 0; row < table.rows(); row++) {
        while (nextBad < bad.size() && bad.get(nextBad).row() == row + nextBad) {
          rejected.add(RejectedRow.of(bad.get(nextBad++)));
        }
        int number = row + nextBad;
        String problem = problem(row, features);
        if (problem.isEmpty()) {
          good.add(row);
          rows.add(new KeptRow(number, cells(row)));
        } else {
          rejected.add(new RejectedRow(number, RuntimeError.NOT_A_NUMBER.code(), problem));
        }
      }
      bad.stream().skip(nextBad).forEach(each -> rejected.add(RejectedRow.of(each)));
      return new OwnerRows(features(good, features), widths, rows, keptNames(), rejected);
    }

    private RowTable features(List<Integer> good, List<Integer> features) {
      float[] values = new float[good.size() * features.size()];
      int at = 0;
      for (int row : good) {
        for (int column : features) {
          values[at++] = value(row, column);
        }
      }
      return RowTable.ofNumbers(table.source(), features.size(), values);
    }

    private float value(int row, int column) {
      return table.values()[row * table.columns() + column];
    }

    /** Why a row cannot be scored; empty when it can. */
    private String problem(int row, List<Integer> features) {
      for (int column : features) {
        float value = value(row, column);
        if (!Float.isFinite(value)) {
          List<String> texts = table.texts().get(column);
          String cell = texts == null ? Float.toString(value) : texts.get(row);
          if (!missing || !(isMissing(cell) || Float.isInfinite(value))) {
            return "column "
                + (table.names().isEmpty() ? column : "'" + table.names().get(column) + "'")
                + ": expected a finite number, got "
                + (cell.isEmpty() ? "nothing" : "'" + cell + "'")
                + ".";
          }
        }
      }
      return "";
    }

    private static boolean isMissing(String cell) {
      return cell.isBlank() || cell.equalsIgnoreCase("nan") || cell.equals("null");
    }

    private List<String> keptNames() {
      return kept.stream()
          .map(c -> table.names().isEmpty() ? unnamed(c) : table.names().get(c))
          .toList();
    }

    private String unnamed(int column) {
      return kept.size() == 1 ? "label" : "column" + column;
    }

    private List<String> cells(int row) {
      List<String> cells = new ArrayList<>();
      for (int column : kept) {
        List<String> texts = table.texts().get(column);
        cells.add(texts == null ? plain(value(row, column)) : texts.get(row));
      }
      return cells;
    }

    private static String plain(float value) {
      return value == Math.rint(value) && Math.abs(value) < 1 << 24
          ? Integer.toString((int) value)
          : Float.toString(value);
    }
  }
}
