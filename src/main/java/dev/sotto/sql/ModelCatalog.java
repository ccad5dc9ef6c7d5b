package dev.sotto.sql;

import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.NoSuchFunctionException;
import org.apache.spark.sql.catalyst.analysis.NoSuchNamespaceException;
import org.apache.spark.sql.connector.catalog.FunctionCatalog;
import org.apache.spark.sql.connector.catalog.Identifier;
import org.apache.spark.sql.connector.catalog.functions.UnboundFunction;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/**
 * A catalog with one function per model, in the namespace {@code models}.
 *
 * <p>Options: {@code models.NAME} is the path of a quantized model, on any file system that Hadoop
 * knows: the file of {@code sotto quantize}, or the folder of a saved {@code QuantizedOnnxModel}.
 * Names do not depend on case. A model is read when it is first called.
 *
 * <p>A function takes the features of a row, as one array or Vector per input of the model, or as
 * numbers, and gives a struct of {@code prediction} and, for classifiers, {@code probability}. Null
 * features give null; NaN, infinities and wrong widths are errors. Rows come one by one: {@code
 * QuantizedOnnxModel} and {@code sotto score} are faster over large tables.
 */
public final class ModelCatalog implements FunctionCatalog {
  /** The namespace of the functions. */
  public static final String NAMESPACE = "models";

  /** The file in the folder of a saved {@code QuantizedOnnxModel}. */
  private static final String MODULE_FILE = "module.sotto";

  private final Map<String, String> paths = new TreeMap<>();
  private final Map<String, ModelFunction> loaded = new ConcurrentHashMap<>();
  private String name = "";

  /** Spark makes catalogs by this constructor. */
  public ModelCatalog() {}

  @Override
  public void initialize(String catalog, CaseInsensitiveStringMap options) {
    name = catalog;
    List<Problem> problems = new ArrayList<>();
    options.forEach(
        (key, path) -> {
          String model = key.startsWith(NAMESPACE + ".") ? key.substring(7) : "";
          if (model.matches("\\w+")) {
            paths.put(model.toLowerCase(Locale.ROOT), path);
          } else {
            problems.add(
                Problem.of(SqlError.OPTION, "catalog '" + catalog + "'", "got " + key + "."));
          }
        });
    if (!problems.isEmpty()) {
      throw new SottoException(problems);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Identifier[] listFunctions(String[] namespace) throws NoSuchNamespaceException {
    if (namespace.length > 0 && !isModels(namespace)) {
      throw new NoSuchNamespaceException(namespace);
    }
    return paths.keySet().stream()
        .map(model -> Identifier.of(new String[] {NAMESPACE}, model))
        .toArray(Identifier[]::new);
  }

  @Override
  public boolean functionExists(Identifier function) {
    return isModels(function.namespace()) && paths.containsKey(key(function));
  }

  @Override
  public UnboundFunction loadFunction(Identifier function) throws NoSuchFunctionException {
    if (!functionExists(function)) {
      throw new NoSuchFunctionException(function);
    }
    String key = key(function);
    return loaded.computeIfAbsent(
        key, model -> new ModelFunction(name + "." + NAMESPACE + "." + model, load(model)));
  }

  private static boolean isModels(String[] namespace) {
    return namespace.length == 1 && namespace[0].equalsIgnoreCase(NAMESPACE);
  }

  private static String key(Identifier function) {
    return function.name().toLowerCase(Locale.ROOT);
  }

  private QuantizedModule load(String model) {
    String place = paths.get(model);
    Configuration hadoop = SparkSession.active().sparkContext().hadoopConfiguration();
    try {
      Path path = new Path(place);
      FileSystem files = path.getFileSystem(hadoop);
      if (files.getFileStatus(path).isDirectory()) {
        path = new Path(path, MODULE_FILE);
      }
      try (var in = files.open(path)) {
        return QuantizedModule.parse(in.readAllBytes());
      }
    } catch (IOException | IllegalArgumentException e) {
      throw SottoException.of(
          SqlError.FILE, "model '" + model + "'", place + ": " + e.getMessage() + ".");
    }
  }
}
