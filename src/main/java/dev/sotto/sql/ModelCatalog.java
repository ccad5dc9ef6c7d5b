package dev.sotto.sql;

import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import dev.sotto.quantization.QuantizedModule;
import dev.sotto.runtime.ServerPackage;
import dev.sotto.spark.HadoopFiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
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
 * <p>Options: {@code models.NAME} is the path of a model, on any file system that Hadoop knows: the
 * file of {@code sotto quantize}, the {@code server.zip} of {@code sotto compile}, or the folder of
 * a saved {@code QuantizedOnnxModel} or {@code EncryptedScorer}. {@code
 * models.NAME.evaluation-keys} are files of evaluation keys for a {@code server.zip}, with commas
 * between them. Names do not depend on case. A model is read when it is first called.
 *
 * <p>A function takes the features of a row, as one array or Vector per input of the model, or as
 * numbers, and gives a struct of {@code prediction} and, for classifiers, {@code probability}. Null
 * features give null; NaN, infinities and wrong widths are errors. Rows come one by one: {@code
 * QuantizedOnnxModel} and {@code sotto score} are faster over large tables.
 *
 * <p>The function of a {@code server.zip} takes the payload of an encrypted block and gives the
 * payload of its results; null gives null. A block that cannot be scored is an error. It is for
 * queries; {@code sotto score} and {@code TableScorer} cut tasks by predicted cost and count.
 */
public final class ModelCatalog implements FunctionCatalog {
  /** The namespace of the functions. */
  public static final String NAMESPACE = "models";

  private static final String KEYS = ".evaluation-keys";

  private final Map<String, String> paths = new TreeMap<>();
  private final Map<String, List<String>> keyFiles = new TreeMap<>();
  private final Map<String, UnboundFunction> loaded = new ConcurrentHashMap<>();
  private String name = "";

  /** Spark makes catalogs by this constructor. */
  public ModelCatalog() {}

  @Override
  public void initialize(String catalog, CaseInsensitiveStringMap options) {
    name = catalog;
    List<Problem> problems = new ArrayList<>();
    options.forEach(
        (key, path) -> {
          String option = key.startsWith(NAMESPACE + ".") ? key.substring(7) : "";
          String model = option.replace(KEYS, "").toLowerCase(Locale.ROOT);
          if (model.matches("\\w+") && option.endsWith(KEYS)) {
            keyFiles.put(model, List.of(path.split(" *, *")));
          } else if (model.matches("\\w+") && option.length() == model.length()) {
            paths.put(model, path);
          } else {
            problems.add(
                Problem.of(SqlError.OPTION, "catalog '" + catalog + "'", "got " + key + "."));
          }
        });
    for (String model : keyFiles.keySet()) {
      if (!paths.containsKey(model)) {
        problems.add(
            Problem.of(
                SqlError.OPTION,
                "catalog '" + catalog + "'",
                "got evaluation keys of '" + model + "' but no models." + model + "."));
      }
    }
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
    return loaded.computeIfAbsent(key(function), this::load);
  }

  private static boolean isModels(String[] namespace) {
    return namespace.length == 1 && namespace[0].equalsIgnoreCase(NAMESPACE);
  }

  private static String key(Identifier function) {
    return function.name().toLowerCase(Locale.ROOT);
  }

  private UnboundFunction load(String model) {
    String function = name + "." + NAMESPACE + "." + model;
    String place = Objects.requireNonNull(paths.get(model));
    List<String> keys = keyFiles.getOrDefault(model, List.of());
    try {
      return read(function, place, keys);
    } catch (SottoException e) {
      Problem problem = e.problems().get(0);
      if (problem.code() instanceof SqlError) {
        throw e;
      }
      throw SottoException.of(
          SqlError.FILE, "model '" + model + "'", place + ": " + problem.detail(), e);
    }
  }

  private static UnboundFunction read(String function, String place, List<String> keys) {
    Configuration hadoop = SparkSession.active().sparkContext().hadoopConfiguration();
    byte[] bytes =
        HadoopFiles.read(
            HadoopFiles.find(place, hadoop, HadoopFiles.MODULE, HadoopFiles.SERVER), hadoop);
    if (isArchive(bytes)) {
      return new BlockFunction(function, ServerPackage.parse(bytes), keys);
    }
    if (!keys.isEmpty()) {
      throw SottoException.of(
          SqlError.OPTION,
          "function " + function,
          "got evaluation keys, but " + place + " scores in the clear.");
    }
    return new ModelFunction(function, QuantizedModule.parse(bytes));
  }

  /** Packages are zip archives, quantized models are not. */
  private static boolean isArchive(byte[] bytes) {
    return bytes.length > 1 && bytes[0] == 'P' && bytes[1] == 'K';
  }
}
