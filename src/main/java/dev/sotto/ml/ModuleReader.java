package dev.sotto.ml;

import dev.sotto.quantization.QuantizedModule;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Path;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.MLReader;

/** Reads what {@link ModuleWriter} saved. */
final class ModuleReader extends MLReader<QuantizedOnnxModel> {
  @Override
  public QuantizedOnnxModel load(String path) {
    DefaultParamsReader.Metadata metadata =
        DefaultParamsReader.loadMetadata(path, sparkSession(), QuantizedOnnxModel.class.getName());
    Path file = new Path(path, ModuleWriter.FILE);
    try (InputStream in = file.getFileSystem(sc().hadoopConfiguration()).open(file)) {
      QuantizedOnnxModel model =
          new QuantizedOnnxModel(metadata.uid(), QuantizedModule.parse(in.readAllBytes()));
      metadata.getAndSetParams(model, scala.Option.empty());
      return model;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
