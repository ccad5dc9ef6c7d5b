package dev.sotto.ml;

import dev.sotto.spark.HadoopFiles;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWriter;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWriter;

/** Saves a stage that holds one file of Sotto: Spark's metadata and parameters, and the file. */
final class FileWriter extends MLWriter {
  private final Params stage;
  private final String file;
  private final byte[] bytes;

  FileWriter(Params stage, String file, byte[] bytes) {
    this.stage = stage;
    this.file = file;
    this.bytes = bytes;
  }

  @Override
  public void saveImpl(String path) {
    DefaultParamsWriter.saveMetadata(stage, path, sparkSession());
    HadoopFiles.write(
        HadoopFiles.in(path, file), sc().hadoopConfiguration(), out -> out.write(bytes));
  }

  /** Makes a stage of its id and its file. */
  interface Maker<T> {
    T make(String uid, byte[] bytes);
  }

  /** A reader of what this class saved. */
  static <T extends Params> MLReader<T> reader(Class<T> type, String file, Maker<T> maker) {
    return new MLReader<>() {
      @Override
      public T load(String path) {
        DefaultParamsReader.Metadata metadata =
            DefaultParamsReader.loadMetadata(path, sparkSession(), type.getName());
        byte[] bytes = HadoopFiles.read(HadoopFiles.in(path, file), sc().hadoopConfiguration());
        T stage = maker.make(metadata.uid(), bytes);
        metadata.getAndSetParams(stage, scala.Option.empty());
        return stage;
      }
    };
  }
}
