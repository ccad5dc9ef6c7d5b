package dev.sotto.spark.encrypted;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.SparkSession;

/**
 * Spark's own standalone cluster on this machine: a master, workers, and their executors, each a
 * JVM of its own. Everything listens on 127.0.0.1, at ports that are free.
 */
final class StandaloneCluster implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final String DEPLOY = "org.apache.spark.deploy.";
  private static final int PATIENCE_SECONDS = 60;

  private final Path folder;
  private final String url;
  private final Process master;
  private final List<Process> workers = new ArrayList<>();

  private StandaloneCluster(Path folder, String url, Process master) {
    this.folder = folder;
    this.url = url;
    this.master = master;
  }

  /** Starts a master and workers of one core each, and waits until all of them have registered. */
  static StandaloneCluster start(Path folder, int workers, String memory) {
    String port = Integer.toString(freePort());
    Process master =
        java(
            folder.resolve("master.log"),
            List.of(DEPLOY + "master.Master", "--host", HOST, "--port", port, "--webui-port", "0"));
    StandaloneCluster cluster =
        new StandaloneCluster(folder, "spark://" + HOST + ":" + port, master);
    try {
      await("master", () -> answers(Integer.parseInt(port)));
      for (int i = 0; i < workers; i++) {
        cluster.addWorker(i, memory);
      }
      for (int i = 0; i < workers; i++) {
        Path log = cluster.log(i);
        await("worker", () -> Files.readString(log).contains("Successfully registered"));
      }
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  private void addWorker(int number, String memory) {
    List<String> command = new ArrayList<>(List.of(DEPLOY + "worker.Worker", "--host", HOST));
    command.addAll(List.of("--cores", "1", "--memory", memory, "--webui-port", "0"));
    command.addAll(List.of("--work-dir", folder.resolve("work-" + number).toString(), url));
    workers.add(java(log(number), command));
  }

  private Path log(int worker) {
    return folder.resolve("worker-" + worker + ".log");
  }

  /** A session with an executor on every worker that lives. */
  SparkSession session(String executorMemory) {
    SparkSession session =
        SparkSession.builder()
            .appName("sotto-standalone-test")
            .master(url)
            .config("spark.executor.memory", executorMemory)
            .config("spark.driver.host", HOST)
            .config("spark.driver.bindAddress", HOST)
            .getOrCreate();
    await(
        "executors",
        () -> session.sparkContext().statusTracker().getExecutorInfos().length > livingWorkers());
    return session;
  }

  String url() {
    return url;
  }

  long livingWorkers() {
    return workers.stream().filter(Process::isAlive).count();
  }

  /** Runs a class with the tests' class path in a JVM of its own, until it ends. */
  int run(String name, Class<?> main, String... arguments) {
    List<String> command = new ArrayList<>(List.of(main.getName()));
    command.addAll(List.of(arguments));
    Process process = java(folder.resolve(name + ".log"), command);
    try {
      assertTrue(process.waitFor(PATIENCE_SECONDS * 2, TimeUnit.SECONDS), name + " does not end");
      return process.exitValue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    } finally {
      process.destroyForcibly();
    }
  }

  @Override
  public void close() {
    workers.forEach(Process::destroyForcibly);
    master.destroyForcibly();
  }

  private static Process java(Path log, List<String> mainAndArguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("@conf/jvm-options", "-Xmx512m"));
    // What the workers log says when they have registered; executors get the same folders.
    command.add("-Dlog4j2.configurationFile=" + logging());
    command.addAll(List.of("-cp", System.getenv("SPARK_DIST_CLASSPATH")));
    command.addAll(mainAndArguments);
    File file = log.toFile();
    try {
      return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(file).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path logging() {
    return Path.of("src", "test", "resources", "log4j2-cluster.properties").toAbsolutePath();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean answers(int port) {
    try (Socket socket = new Socket(HOST, port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(String what, Condition condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    try {
      while (!condition.holds()) {
        if (System.nanoTime() > end) {
          throw new IllegalStateException("no " + what + " after a minute");
        }
        Thread.sleep(100);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
