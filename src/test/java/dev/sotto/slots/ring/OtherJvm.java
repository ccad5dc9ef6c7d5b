package dev.sotto.slots.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A JVM of its own for a test: like this one in nothing but the class path. */
final class OtherJvm {
  static final String VECTORS = "--add-modules=jdk.incubator.vector";

  private OtherJvm() {}

  /** What a main class prints, with errors; it must end with this exit code. */
  static String output(int exit, List<String> options, Class<?> main)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.add("-Xshare:auto");
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    Process jvm = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(jvm.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(exit, jvm.waitFor(), output);
    return output;
  }
}
