package dev.sotto.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.sotto.problem.SottoException;
import dev.sotto.testing.SparkTestSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RowFilesTest {
  @TempDir Path folder;

  private Dataset<Row> read(String name, String... lines) throws IOException {
    Path file = folder.resolve(name);
    Files.write(file, List.of(lines));
    return RowFiles.read(SparkTestSession.get(), file.toString(), 3);
  }

  @Test
  void csv_without_header_keeps_its_first_line() throws IOException {
    Dataset<Row> rows = read("a.csv", "1,2.5,3", "4,,-6e2");
    assertEquals(List.of("_c0", "_c1", "_c2"), List.of(rows.columns()));
    assertEquals(2, rows.count());
    assertEquals(-600f, rows.collectAsList().get(1).getFloat(2));
    assertEquals(true, rows.collectAsList().get(1).isNullAt(1));
  }

  @Test
  void csv_with_header_takes_its_names() throws IOException {
    Dataset<Row> rows = read("a.csv", "age, \"b, c\",class", "1,2,yes", "3,NaN,no");
    assertEquals(List.of("age", "b, c", "class"), List.of(rows.columns()));
    assertEquals(2, rows.count());
    assertEquals("string", rows.schema().apply("class").dataType().simpleString());
    assertEquals(Float.NaN, rows.collectAsList().get(1).getFloat(1));
    assertEquals("class", RowFiles.column(rows, "last"));
    assertEquals("b, c", RowFiles.column(rows, "1"));
    assertThrows(SottoException.class, () -> RowFiles.column(rows, "7"));
  }

  @Test
  void header_of_another_width_is_skipped() throws IOException {
    Dataset<Row> rows = read("a.csv", "150,setosa", "1,2,0", "3,4,1");
    assertEquals(List.of("_c0", "_c1", "_c2"), List.of(rows.columns()));
    assertEquals(2, rows.count());
  }

  @Test
  void parquet_and_folders_of_it_are_read() {
    String path = folder.resolve("rows").toString();
    SparkTestSession.get().range(10).repartition(3).write().parquet(path);
    assertEquals(10, RowFiles.read(SparkTestSession.get(), path, 1).count());
  }

  @Test
  void libsvm_text_has_the_width_of_the_model() throws IOException {
    Dataset<Row> rows = read("a.libsvm", "5 1:0.5 3:2", "0 2:1");
    assertEquals(List.of("label", "features"), List.of(rows.columns()));
    assertEquals("(3,[0,2],[0.5,2.0])", rows.head().get(1).toString());
  }

  @Test
  void absent_and_unknown_files_are_refused() throws IOException {
    Files.write(folder.resolve("a.doc"), List.of("x"));
    for (String name : List.of("absent.csv", "a.doc")) {
      SottoException e =
          assertThrows(
              SottoException.class,
              () -> RowFiles.read(SparkTestSession.get(), folder.resolve(name).toString(), 3));
      assertEquals(1, e.problems().size());
    }
  }
}
