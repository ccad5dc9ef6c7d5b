package dev.sotto.bench;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.sotto.numpy.NumpyModule;
import dev.sotto.onnx.OnnxModel;
import dev.sotto.onnx.ValueType;
import dev.sotto.tensor.Shape;
import dev.sotto.tensor.Tensor;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Rows per second of {@link NumpyModule} and of ONNX Runtime: one thread each, same rows, same
 * batch.
 *
 * <p>The two take turns, so that what else the machine does meets both; figures are medians.
 * Arguments: {@code [--json] [--batch N] [--rounds N] MODEL...}.
 */
public final class NumpyModuleBenchmark {
  private static final double TURN_SECONDS = 0.25;
  private static final int WARM_UP_TURNS = 12;

  private record Result(
      String model, int batch, double sotto, double onnxRuntime, double largestDifference) {
    double ratio() {
      return sotto / onnxRuntime;
    }
  }

  private NumpyModuleBenchmark() {}

  /** Runs the benchmark. */
  public static void main(String[] arguments) throws OrtException {
    boolean json = false;
    int batch = 1024;
    int rounds = 21;
    List<Path> models = new ArrayList<>();
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--json" -> json = true;
        case "--batch" -> batch = Integer.parseInt(arguments[++i]);
        case "--rounds" -> rounds = Integer.parseInt(arguments[++i]);
        default -> models.add(Path.of(arguments[i]));
      }
    }
    PrintStream out = System.out;
    List<Result> results = new ArrayList<>();
    for (Path model : models) {
      Result result = measure(model, batch, rounds);
      results.add(result);
      if (!json) {
        out.printf(
            Locale.ROOT,
            "%-22s batch %5d   NumpyModule %,10.0f rows/s   ONNX Runtime %,10.0f rows/s"
                + "   ratio %.2f%n",
            result.model,
            batch,
            result.sotto,
            result.onnxRuntime,
            result.ratio());
      }
    }
    if (json) {
      out.println(json(results));
    } else {
      out.printf(
          Locale.ROOT,
          "JDK %s, %s, one thread, medians of %d turns%n",
          Runtime.version(),
          System.getProperty("os.arch"),
          rounds);
    }
  }

  private static Result measure(Path file, int batch, int rounds) throws OrtException {
    OnnxModel model = OnnxModel.read(file);
    NumpyModule module = NumpyModule.of(model.normalized());
    String input = model.graph().inputs().get(0).name();
    Shape shape = shape(model, batch);
    float[] values = new float[shape.size()];
    Random random = new Random(1);
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat();
    }
    Tensor tensor = Tensor.of(shape, values);
    FloatBuffer buffer =
        ByteBuffer.allocateDirect(4 * values.length)
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer()
            .put(values)
            .flip();
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      try (OrtSession session = environment.createSession(file.toString(), options);
          OnnxTensor feed = OnnxTensor.createTensor(environment, buffer, shape.longDims())) {
        Map<String, OnnxTensor> feeds = Map.of(input, feed);
        double difference = difference(module.forward(tensor)[0], session, feeds);
        Runnable sotto = () -> module.forward(tensor);
        Runnable other = () -> run(session, feeds);
        double[] sottoRates = new double[rounds];
        double[] otherRates = new double[rounds];
        for (int turn = -WARM_UP_TURNS; turn < rounds; turn++) {
          double a = rate(sotto, batch);
          double b = rate(other, batch);
          if (turn >= 0) {
            sottoRates[turn] = a;
            otherRates[turn] = b;
          }
        }
        return new Result(name(file), batch, median(sottoRates), median(otherRates), difference);
      }
    }
  }

  /** The file's name, or its folder's where every model is called model.onnx. */
  private static String name(Path file) {
    String name = file.getFileName().toString().replace(".onnx", "");
    return name.equals("model") ? file.toAbsolutePath().getParent().getFileName().toString() : name;
  }

  private static Shape shape(OnnxModel model, int batch) {
    ValueType type = model.graph().inputs().get(0).type();
    List<ValueType.Dimension> dims = ((ValueType.TensorType) type).dims();
    int[] sizes = new int[dims.size()];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = i == 0 ? batch : Math.toIntExact(dims.get(i).size());
    }
    return Shape.of(sizes);
  }

  private static double difference(Tensor ours, OrtSession session, Map<String, OnnxTensor> feeds)
      throws OrtException {
    try (OrtSession.Result result = session.run(feeds)) {
      FloatBuffer theirs = ((OnnxTensor) result.get(0)).getFloatBuffer();
      double largest = 0;
      for (int i = 0; i < ours.size(); i++) {
        largest = Math.max(largest, Math.abs(ours.floats()[i] - theirs.get(i)));
      }
      return largest;
    }
  }

  private static void run(OrtSession session, Map<String, OnnxTensor> feeds) {
    try (OrtSession.Result result = session.run(feeds)) {
      result.get(0);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double rate(Runnable batchRun, int rows) {
    long start = System.nanoTime();
    long now = start;
    long done = 0;
    while (now - start < TURN_SECONDS * 1e9) {
      batchRun.run();
      done += rows;
      now = System.nanoTime();
    }
    return done / ((now - start) / 1e9);
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static String json(List<Result> results) {
    StringBuilder text = new StringBuilder("[");
    for (Result result : results) {
      text.append(text.length() == 1 ? "" : ",")
          .append(
              String.format(
                  Locale.ROOT,
                  "%n  {\"model\": \"%s\", \"batch\": %d, \"rows_per_second\": {\"numpy_module\":"
                      + " %.0f, \"onnx_runtime\": %.0f}, \"ratio\": %.3f,"
                      + " \"largest_difference\": %.2e}",
                  result.model,
                  result.batch,
                  result.sotto,
                  result.onnxRuntime,
                  result.ratio(),
                  result.largestDifference));
    }
    return text.append(String.format("%n]")).toString();
  }
}
