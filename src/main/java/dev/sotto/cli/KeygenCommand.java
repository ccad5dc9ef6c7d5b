package dev.sotto.cli;

import dev.sotto.runtime.ClientPackage;
import dev.sotto.runtime.client.ClientKeys;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Command;
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
  Path client;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "DIR",
      description = "The folder for the keys.")
  Path output;

  @Override
  Report run() throws IOException {
    ClientPackage compiled = ClientPackage.read(client);
    long start = System.nanoTime();
    try (ClientKeys keys = ClientKeys.generate(compiled)) {
      keys.save(output);
      double seconds = (System.nanoTime() - start) / 1e9;
      Path evaluation = output.resolve(EVALUATION);
      long bytes = Files.exists(evaluation) ? Files.size(evaluation) : 0;
      return new Result(keys.name(), output, bytes, seconds);
    }
  }

  /** What was made; nothing of it is secret. */
  private record Result(String key, Path folder, long evaluationBytes, double seconds)
      implements Report {
    @Override
    public void print(PrintWriter out) {
      out.printf(Locale.ROOT, "key %s in %s, %.2f s%n", key, folder, seconds);
      out.println(
          folder.resolve(SECRET) + ": keep it: who has it reads the rows, without it none can");
      out.println(
          evaluationBytes > 0
              ? String.format(
                  Locale.ROOT,
                  "%s: for the server, %,d bytes",
                  folder.resolve(EVALUATION),
                  evaluationBytes)
              : "this model needs no evaluation keys");
    }

    @Override
    public Map<String, Object> json() {
      Map<String, Object> document = new LinkedHashMap<>();
      document.put("key", key);
      document.put("secret", folder.resolve(SECRET).toString());
      document.put(
          "evaluation_keys", evaluationBytes > 0 ? folder.resolve(EVALUATION).toString() : null);
      document.put("key_bytes", evaluationBytes);
      document.put("keygen_seconds", seconds);
      return document;
    }
  }
}
