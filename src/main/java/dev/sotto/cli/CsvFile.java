package dev.sotto.cli;

import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads comma-separated rows in this process: for files of a size that a laptop holds, this is done
 * before Spark would have started.
 *
 * <p>A first line with a cell that is no number is a header. Cells may be quoted; blank lines do
 * not count.
 *
 * <p>Cells of chosen columns are kept as they are written, so that long identifiers stay whole.
 */
final class CsvFile {
  private static final int LISTED_LINES = 10;

  private final String source;
  private final ColumnChoice kept;
  private final List<BadLine> bad = new ArrayList<>();
  private List<String> names = List.of();
  private int columns;
  private float[] values = new float[1024];
  private int count;
  private final Map<Integer, List<String>> texts = new TreeMap<>();

  private CsvFile(String source, ColumnChoice kept) {
    this.source = source;
    this.kept = kept;
  }

  /** Says which columns of a table are to be kept as text. */
  interface ColumnChoice {
    /** Chooses positions; {@code names} is empty where the table has no header. */
    Set<Integer> choose(List<String> names, int columns);
  }

  /**
   * A line that has another number of cells than the first.
   *
   * @param line in the file, from 1
   * @param row among all rows of the file, bad ones too, from 0
   */
  record BadLine(int line, int row, int expected, int got) {
    String detail() {
      return "expected " + expected + " cells, got " + got + ".";
    }
  }

  /** Rows that could be read, and lines that could not. */
  record Content(RowTable rows, List<BadLine> bad) {}

  /**
   * Reads a file.
   *
   * @param limit the most rows
   * @throws SottoException with the lines that have another number of cells than the first
   */
  static RowTable read(Path file, int limit) throws IOException {
    Content content = read(file, limit, (names, columns) -> Set.of());
    if (!content.bad().isEmpty()) {
      throw new SottoException(
          content.bad().stream()
              .limit(LISTED_LINES)
              .map(bad -> Problem.of(CliError.ROWS, file + ", line " + bad.line(), bad.detail()))
              .toList());
    }
    return content.rows();
  }

  /** Reads a file, and lets lines with another number of cells than the first alone. */
  static Content read(Path file, int limit, ColumnChoice kept) throws IOException {
    CsvFile csv = new CsvFile(file.toString(), kept);
    try (InputStream in = Files.newInputStream(file);
        InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in;
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
      csv.read(lines, limit);
    }
    return new Content(csv.table(), csv.bad);
  }

  private void read(BufferedReader lines, int limit) throws IOException {
    int number = 0;
    for (String line = lines.readLine();
        line != null && (columns == 0 || rows() < limit);
        line = lines.readLine()) {
      number++;
      if (line.isBlank()) {
        continue;
      }
      List<String> cells =
          cells(number == 1 && line.startsWith("\ufeff") ? line.substring(1) : line);
      if (columns == 0) {
        columns = cells.size();
        if (cells.stream().anyMatch(cell -> !cell.isEmpty() && number(cell) == null)) {
          names = cells;
        }
        kept.choose(names, columns).forEach(column -> texts.put(column, new ArrayList<>()));
        if (!names.isEmpty()) {
          continue;
        }
      }
      if (cells.size() == columns) {
        add(cells);
      } else {
        bad.add(new BadLine(number, rows() + bad.size(), columns, cells.size()));
      }
    }
  }

  private int rows() {
    return count / Math.max(1, columns);
  }

  private void add(List<String> cells) {
    if (count + columns > values.length) {
      values = Arrays.copyOf(values, Math.max(count + columns, 2 * values.length));
    }
    for (int column = 0; column < columns; column++) {
      String cell = cells.get(column);
      Float number = number(cell);
      values[count + column] = number == null ? Float.NaN : number;
      List<String> text = texts.get(column);
      if (number == null && text == null) {
        text = earlier(column);
        texts.put(column, text);
      }
      if (text != null) {
        text.add(cell);
      }
    }
    count += columns;
  }

  /** The cells above, of a column that turns out not to be numeric. */
  private List<String> earlier(int column) {
    List<String> cells = new ArrayList<>();
    for (int at = column; at < count; at += columns) {
      cells.add(Float.toString(values[at]));
    }
    return cells;
  }

  private RowTable table() {
    return new RowTable(source, names, columns, Arrays.copyOf(values, count), texts);
  }

  private static @Nullable Float number(String cell) {
    if (cell.isEmpty() || Character.isLetter(cell.charAt(cell.length() - 1)) && !isSpecial(cell)) {
      return null; // Java would read 1f and 1d as numbers
    }
    try {
      return Float.parseFloat(cell);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  private static boolean isSpecial(String cell) {
    return cell.endsWith("NaN") || cell.endsWith("Infinity");
  }

  private static List<String> cells(String line) {
    List<String> cells = new ArrayList<>();
    if (line.indexOf('"') < 0) {
      int from = 0;
      for (int comma = line.indexOf(','); comma >= 0; comma = line.indexOf(',', from)) {
        cells.add(line.substring(from, comma).strip());
        from = comma + 1;
      }
      cells.add(line.substring(from).strip());
      return cells;
    }
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        cell.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString().strip());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    cells.add(cell.toString().strip());
    return cells;
  }
}
