package dev.sotto.ml;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLWriter;

/** Saves a {@link QuantizedOnnxModel}: Spark's metadata and parameters, and the module's bytes. */
final class ModuleWriter extends MLWriter {
  /** The file of the module, in the folder of the stage. */
  static final String FILE = "module.sotto";

  private final QuantizedOnnxModel model;

  ModuleWriter(QuantizedOnnxModel model) {
    this.model = model;
  }

  @Override
  public void saveImpl(String path) {
    DefaultParamsWriter.saveMetadata(model, path, sparkSession());
    Path file = new Path(path, FILE);
    try (OutputStream out = file.getFileSystem(sc().hadoopConfiguration()).create(file)) {
      out.write(model.module().toBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
