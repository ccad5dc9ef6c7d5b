package dev.sotto.cli;

import dev.sotto.problem.SottoException;
import dev.sotto.runtime.EncryptedBlock;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A folder of encrypted blocks, before or after they are scored.
 *
 * <pre>
 *   block-00000.enc   the encrypted rows, or results, of one block
 *   rows.csv          block, row, and the columns that the caller keeps: in the clear
 *   rejected.csv      rows that were set aside, and why; only where there are any
 * </pre>
 */
final class BlockFolder implements AutoCloseable {
  private static final String ROWS = "rows.csv";
  private static final String SUFFIX = ".enc";
  private static final int OWN_COLUMNS = 2;

  private final Path folder;

  private BlockFolder(Path folder) {
    this.folder = folder;
  }

  /** A new folder, which {@link #close} takes away again where nothing was written into it. */
  static BlockFolder create(Path folder) throws IOException {
    if (Files.exists(folder)) {
      throw SottoException.of(CliError.OUTPUT, folder.toString(), "it exists already.");
    }
    return new BlockFolder(Files.createDirectories(folder));
  }

  /** A folder that {@link #create} made. */
  static BlockFolder open(Path folder) {
    if (!Files.isRegularFile(folder.resolve(ROWS))) {
      throw SottoException.of(
          CliError.FILE,
          "folder " + folder,
          "expected a folder of encrypted blocks with " + ROWS + ", got none.");
    }
    return new BlockFolder(folder);
  }

  /** So a run that was refused is not refused once more for the folder it left. */
  @Override
  public void close() throws IOException {
    boolean empty;
    try (Stream<Path> files = Files.list(folder)) {
      empty = files.findAny().isEmpty();
    }
    if (empty) {
      Files.delete(folder);
    }
  }

  /** Where it is. */
  Path path() {
    return folder;
  }

  /** Where the rows that were set aside are listed. */
  Path rejected() {
    return folder.resolve(RejectedRow.FILE);
  }

  private Path file(long block) {
    return folder.resolve(String.format(Locale.ROOT, "block-%05d", block) + SUFFIX);
  }

  /** Writes a block under its number, and tells its bytes. */
  long write(EncryptedBlock block) throws IOException {
    Path file = file(block.number());
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 20)) {
      block.write(out);
    }
    return block.length();
  }

  /**
   * Reads a block.
   *
   * @throws SottoException where it is missing or no block of this number
   */
  EncryptedBlock read(long number) throws IOException {
    Path file = file(number);
    if (!Files.isReadable(file)) {
      throw SottoException.of(
          CliError.FILE, "file " + file, "the block is missing, or there is no permission.");
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 20)) {
      EncryptedBlock block = EncryptedBlock.read(in);
      if (block.number() != number || in.read() >= 0) {
        throw SottoException.of(
            CliError.FILE,
            "file " + file,
            "expected block " + number + " and nothing more, got block " + block.number() + ".");
      }
      return block;
    }
  }

  /** Writes which rows are in which block. */
  void writeRows(List<String> keptNames, Map<Long, List<KeptRow>> blocks) throws IOException {
    List<String> header = new ArrayList<>(List.of("block", "row"));
    header.addAll(keptNames);
    try (CsvWriter out = CsvWriter.create(folder.resolve(ROWS), header)) {
      for (Map.Entry<Long, List<KeptRow>> block : blocks.entrySet()) {
        for (KeptRow row : block.getValue()) {
          List<String> cells = new ArrayList<>();
          cells.add(Long.toString(block.getKey()));
          cells.add(Integer.toString(row.number()));
          cells.addAll(row.cells());
          out.write(cells);
        }
      }
    }
  }

  /**
   * What is known of the rows.
   *
   * @param keptNames of the caller's columns
   * @param blocks rows by block, in their order
   */
  record Index(List<String> keptNames, Map<Long, List<KeptRow>> blocks) {
    /** All rows. */
    long count() {
      return blocks.values().stream().mapToLong(List::size).sum();
    }
  }

  /** Reads which rows are in which block. */
  Index index() throws IOException {
    Path file = folder.resolve(ROWS);
    RowTable table =
        CsvFile.read(
                file,
                Integer.MAX_VALUE,
                (names, columns) -> IntStream.range(0, columns).boxed().collect(Collectors.toSet()))
            .rows();
    if (table.columns() < OWN_COLUMNS || table.names().isEmpty()) {
      throw SottoException.of(
          CliError.ROWS, file.toString(), "expected columns block, row, and others.");
    }
    Map<Long, List<KeptRow>> blocks = new TreeMap<>();
    try {
      for (int i = 0; i < table.rows(); i++) {
        List<String> kept = new ArrayList<>();
        for (int column = OWN_COLUMNS; column < table.columns(); column++) {
          kept.add(table.cells(column).get(i));
        }
        blocks
            .computeIfAbsent(Long.parseLong(table.cells(0).get(i)), n -> new ArrayList<>())
            .add(new KeptRow(Integer.parseInt(table.cells(1).get(i)), kept));
      }
    } catch (NumberFormatException e) {
      throw SottoException.of(
          CliError.ROWS, file.toString(), "expected numbers of blocks and rows.", e);
    }
    return new Index(table.names().subList(OWN_COLUMNS, table.columns()), blocks);
  }

  /** Copies what lies beside the blocks. */
  void copyListsTo(BlockFolder other) throws IOException {
    for (String name : List.of(ROWS, RejectedRow.FILE)) {
      if (Files.exists(folder.resolve(name))) {
        Files.copy(folder.resolve(name), other.folder.resolve(name));
      }
    }
  }

  /** How many bytes all blocks have. */
  long bytes() throws IOException {
    long total = 0;
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().endsWith(SUFFIX)).toList()) {
        total += Files.size(file);
      }
    }
    return total;
  }
}
