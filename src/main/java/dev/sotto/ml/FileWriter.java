package dev.sotto.ml;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import org.apache.hadoop.fs.Path;
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
    Path place = new Path(path, file);
    try (OutputStream out = place.getFileSystem(sc().hadoopConfiguration()).create(place)) {
      out.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
        Path place = new Path(path, file);
        try (var in = place.getFileSystem(sc().hadoopConfiguration()).open(place)) {
          T stage = maker.make(metadata.uid(), in.readAllBytes());
          metadata.getAndSetParams(stage, scala.Option.empty());
          return stage;
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    };
  }
}
