package dev.sotto.common;

import java.lang.reflect.Constructor;
import java.util.Optional;

/**
 * Finds the vector twin of a kernel by name, so that nothing links to a module that may be absent.
 */
public final class VectorTwin {
  private VectorTwin() {}

  /**
   * An instance of a class that uses the Vector API and lives in the kernel's own package.
   *
   * @param kernel what the twin extends or implements; its package and class loader are the twin's
   * @param simpleName name of the twin, which has a constructor without arguments; neither need be
   *     public
   * @return empty when this JVM runs without {@code jdk.incubator.vector}, or has no such twin
   */
  public static <T> Optional<T> find(Class<T> kernel, String simpleName) {
    if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
      return Optional.empty();
    }
    try {
      String name = kernel.getPackageName() + "." + simpleName;
      Constructor<?> twin =
          Class.forName(name, true, kernel.getClassLoader()).getDeclaredConstructor();
      twin.setAccessible(true);
      return Optional.of(kernel.cast(twin.newInstance()));
    } catch (ReflectiveOperationException | LinkageError e) {
      return Optional.empty();
    }
  }
}
