package dev.sotto.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/**
 * What {@code sotto --version} prints: the product, the Java it runs on, the arithmetic it will use
 * and the Spark it found. Nothing of Spark is loaded for it.
 */
final class VersionReport implements IVersionProvider {

  private static final String VECTOR_MODULE = "jdk.incubator.vector";

  @Override
  public String[] getVersion() {
    return new String[] {
      "sotto " + product(), "Java    " + java(), "Vector  " + vector(), "Spark   " + spark()
    };
  }

  private static String product() {
    return Objects.requireNonNullElse(
        VersionReport.class.getPackage().getImplementationVersion(), "(not run from its jar)");
  }

  private static String java() {
    return String.join(
        ", ",
        Runtime.version().toString(),
        System.getProperty("java.vendor"),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        Runtime.getRuntime().availableProcessors() + " processors");
  }

  private static String vector() {
    return ModuleLayer.boot().findModule(VECTOR_MODULE).isPresent()
        ? VECTOR_MODULE + " present"
        : VECTOR_MODULE + " absent: scalar arithmetic; add --add-modules=" + VECTOR_MODULE;
  }

  private static String spark() {
    try (InputStream in =
        VersionReport.class.getResourceAsStream("/spark-version-info.properties")) {
      if (in == null) {
        return "not on the class path";
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version", "of unknown version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
