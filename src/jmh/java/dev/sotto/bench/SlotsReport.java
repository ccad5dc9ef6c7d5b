package dev.sotto.bench;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What one run of one engine measured: figures by name ({@code ntt_us}), each a list of entries.
 *
 * <p>The JSON document is the contract between {@link SlotsBenchmark} and its peers under {@code
 * scripts/bench/peers}: <code>
 * {"engine": "sotto", "quick": false, "machine": {"jdk": "25"}, "ntt_us": [{"n": 16384, "limbs": 1,
 * "kind": "forward", "form": "", "value": 25.1}]}</code>. Names say the unit; those that end in
 * {@code gmacs} are rates, the others times.
 */
final class SlotsReport {
  static final List<String> FIGURES =
      List.of(
          "ntt_us",
          "weighted_sum_gmacs",
          "multiply_relinearise_ms",
          "product_ms",
          "relinearise_ms",
          "rescale_ms",
          "encrypt_ms",
          "decrypt_ms");

  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /**
   * One measured value. Entries of the same n, limbs and kind are the same work in different forms,
   * and the best form counts.
   */
  record Entry(int n, int limbs, String kind, String form, double value) {
    boolean sameWork(Entry other) {
      return n == other.n && limbs == other.limbs && kind.equals(other.kind);
    }
  }

  private final String engine;
  private final boolean quick;
  private final Map<String, String> machine = new LinkedHashMap<>();
  private final Map<String, List<Entry>> figures = new LinkedHashMap<>();

  SlotsReport(String engine, boolean quick) {
    this.engine = engine;
    this.quick = quick;
    FIGURES.forEach(figure -> figures.put(figure, new ArrayList<>()));
  }

  /** Whether a figure is a rate: more is better. */
  static boolean isRate(String figure) {
    return figure.endsWith("gmacs");
  }

  /** Reads what {@link #json} or a peer wrote. */
  static SlotsReport read(Path file) throws IOException {
    var document = MAPPER.readTree(Files.readString(file));
    var report =
        new SlotsReport(document.get("engine").asText(), document.get("quick").asBoolean());
    document
        .get("machine")
        .properties()
        .forEach(field -> report.machine.put(field.getKey(), field.getValue().asText()));
    for (String figure : FIGURES) {
      for (var entry : document.path(figure)) {
        report.add(
            figure,
            new Entry(
                entry.get("n").asInt(),
                entry.get("limbs").asInt(),
                entry.get("kind").asText(),
                entry.path("form").asText(""),
                entry.get("value").asDouble()));
      }
    }
    return report;
  }

  void add(String figure, Entry entry) {
    figures.get(figure).add(entry);
  }

  void machine(String what, String value) {
    machine.put(what, value);
  }

  String engine() {
    return engine;
  }

  boolean quick() {
    return quick;
  }

  Map<String, String> machine() {
    return machine;
  }

  List<Entry> entries(String figure) {
    return figures.get(figure);
  }

  String json() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("engine", engine);
    document.put("quick", quick);
    document.put("machine", machine);
    document.putAll(figures);
    return json(document);
  }

  static String json(Map<String, Object> document) {
    try {
      return MAPPER.writeValueAsString(document);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is made of maps, lists and numbers", e);
    }
  }
}
