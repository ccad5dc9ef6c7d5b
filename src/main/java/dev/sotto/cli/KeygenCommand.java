package dev.sotto.cli;

import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.client.ClientKeys;
import dev.sotto.spark.HadoopFiles;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Makes the keys of a data owner. */
@Command(
    name = "keygen",
    description = {
      "Makes the data owner's keys for a compiled model: secret.key, which only its owner can read"
          + " and which never leaves, and, where the server needs them, evaluation.keys for it.",
      "Keys that are there already are never overwritten."
    })
final class KeygenCommand extends Subcommand {
  static final String SECRET = "secret.key";
  static final String EVALUATION = "evaluation.keys";

  @Option(
      names = "--client",
      required = true,
      paramLabel = "ZIP",
      description = "The client.zip of the compiled model.")
  String client;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "DIR",
      description = "The folder for the keys.")
  String output;

  @Mixin ClusterArguments cluster = new ClusterArguments();

  @Override
  Report run() {
    cluster.apply();
    ClientPackage compiled = Packages.client(client);
    long start = System.nanoTime();
    try (ClientKeys keys = ClientKeys.generate(compiled)) {
      if (HadoopFiles.isRemote(output)) {
        saveRemote(keys);
      } else {
        keys.save(Path.of(output));
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      long bytes = keys.evaluationKeyBytes();
      return new Result(
          keys.name(),
          HadoopFiles.in(output, SECRET),
          bytes > 0 ? HadoopFiles.in(output, EVALUATION) : null,
          bytes,
          seconds);
    }
  }

  private void saveRemote(ClientKeys keys) {
    Configuration configuration = Packages.configuration();
    HadoopFiles.writeSecret(HadoopFiles.in(output, SECRET), configuration, keys::writeSecret);
    if (keys.evaluationKeyBytes() > 0) {
      HadoopFiles.write(HadoopFiles.in(output, EVALUATION), configuration, keys::writeEvaluation);
    }
  }

  /** What was made; nothing of it is secret. */
  private record Result(
      String key,
      String secretFile,
      @Nullable String evaluationFile,
      long evaluationBytes,
      double seconds)
      implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf(Locale.ROOT, "key %s, %.2f s%n", key, seconds);
      out.println(secretFile + ": keep it: who has it reads the rows, without it none can");
      out.println(
          evaluationFile == null
              ? "this model needs no evaluation keys"
              : String.format(
                  Locale.ROOT, "%s: for the server, %,d bytes", evaluationFile, evaluationBytes));
    }

    @Override
    public Map<String, Object> json() {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("key", key);
      document.put("secret", secretFile);
      document.put("evaluation_keys", evaluationFile);
      document.put("key_bytes", evaluationBytes);
      document.put("keygen_seconds", seconds);
      return document;
    }
  }
}
