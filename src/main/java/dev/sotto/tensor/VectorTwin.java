package dev.sotto.tensor;

import java.util.Optional;

/**
 * Finds the vector twin of a kernel by name, so that nothing links to a module that may be absent.
 */
final class VectorTwin {
  private VectorTwin() {}

  /**
   * An instance of a class of this room that uses the Vector API.
   *
   * @return empty when this JVM runs without {@code jdk.incubator.vector}
   */
  static <T> Optional<T> find(Class<T> kernel, String simpleName) {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return Optional.empty();
    }
    try {
      Class<?> twin = Class.forName("dev.sotto.tensor." + simpleName);
      return Optional.of(kernel.cast(twin.getDeclaredConstructor().newInstance()));
    } catch (ReflectiveOperationException | LinkageError e) {
      return Optional.empty();
    }
  }
}
