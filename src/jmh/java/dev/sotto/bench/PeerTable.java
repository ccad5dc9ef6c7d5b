package dev.sotto.bench;

import dev.sotto.bench.SlotsReport.Entry;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Merges the reports of several rounds of the slots engine and of its peers into one table.
 *
 * <p>Of each value the median over the rounds counts, and of each engine's forms of the same work
 * the best. A ratio is always a ratio of times, ours divided by the peer's: below one we are
 * faster. A figure's headline is its first kind at N = 16,384. Arguments: {@code [--json]
 * REPORT.json...}, in any order of engines and rounds.
 */
public final class PeerTable {
  private static final String PEER = "lattigo";
  private static final int HEADLINE_N = 16384;

  /** One size and kind of a figure: each engine's best form, and all forms. */
  private record Row(
      boolean rate, Entry work, @Nullable Entry ours, @Nullable Entry peer, List<Entry> peerForms) {
    @Nullable Double ratio() {
      if (ours == null || peer == null) {
        return null;
      }
      return rate ? peer.value() / ours.value() : ours.value() / peer.value();
    }

    Map<String, Object> json(boolean withForms) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("value", ours == null ? null : rounded(ours.value()));
      fields.put(PEER, peer == null ? null : rounded(peer.value()));
      Double ratio = ratio();
      fields.put("ratio_to_" + PEER, ratio == null ? null : rounded(ratio));
      fields.put("n", work.n());
      fields.put("limbs", work.limbs());
      fields.put("kind", work.kind());
      if (ours != null && !ours.form().isEmpty()) {
        fields.put("form", ours.form());
      }
      if (peer != null && !peer.form().isEmpty()) {
        fields.put(PEER + "_form", peer.form());
      }
      if (withForms && peerForms.size() > 1) {
        Map<String, Double> forms = new LinkedHashMap<>();
        peerForms.forEach(form -> forms.put(form.form(), rounded(form.value())));
        fields.put(PEER + "_forms", forms);
      }
      return fields;
    }
  }

  private final List<SlotsReport> ours;
  private final List<SlotsReport> peers;

  private PeerTable(List<SlotsReport> reports) {
    ours = reports.stream().filter(report -> !report.engine().equals(PEER)).toList();
    peers = reports.stream().filter(report -> report.engine().equals(PEER)).toList();
  }

  /** Prints the table. */
  public static void main(String[] arguments) throws IOException {
    boolean json = false;
    List<SlotsReport> reports = new ArrayList<>();
    for (String argument : arguments) {
      if (argument.equals("--json")) {
        json = true;
      } else {
        reports.add(SlotsReport.read(Path.of(argument)));
      }
    }
    PeerTable table = new PeerTable(reports);
    if (json) {
      System.out.println(table.json());
    } else {
      table.print(System.out);
    }
  }

  private String json() {
    Map<String, Object> document = new LinkedHashMap<>();
    for (String figure : SlotsReport.FIGURES) {
      List<Row> rows = rows(figure);
      Row headline = headline(rows);
      if (headline != null) {
        Map<String, Object> fields = headline.json(false);
        fields.put("by_size", rows.stream().map(row -> row.json(true)).toList());
        document.put(figure, fields);
      }
    }
    document.put("machine", machine());
    document.put("rounds", Math.max(ours.size(), peers.size()));
    document.put("quick", ours.stream().anyMatch(SlotsReport::quick));
    return SlotsReport.json(document);
  }

  private void print(PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%-24s %6s %5s %-14s %10s %10s %6s%n",
        "figure",
        "N",
        "limbs",
        "kind",
        "Sotto",
        "Lattigo",
        "ratio");
    for (String figure : SlotsReport.FIGURES) {
      for (Row row : rows(figure)) {
        Double ratio = row.ratio();
        out.printf(
            Locale.ROOT,
            "%-24s %6d %5d %-14s %10s %10s %6s%n",
            figure,
            row.work.n(),
            row.work.limbs(),
            row.work.kind(),
            row.ours == null ? "-" : figures(row.ours.value()),
            row.peer == null ? "-" : figures(row.peer.value()),
            ratio == null ? "-" : String.format(Locale.ROOT, "%.2f", ratio));
      }
    }
    out.printf(
        "ratio: our time divided by Lattigo's, each engine's best form; one core, medians;"
            + " rounds in turn: %d%s%n",
        Math.max(ours.size(), peers.size()),
        ours.stream().anyMatch(SlotsReport::quick) ? ", quick" : "");
    if (peers.isEmpty()) {
      out.println("Lattigo was not measured: the ratios are absent.");
    }
    machine().forEach((what, value) -> out.println(what + ": " + value));
  }

  /** The rows of a figure: our order, then what only the peer has. */
  private List<Row> rows(String figure) {
    List<Entry> ourMedians = medians(ours, figure);
    List<Entry> peerMedians = medians(peers, figure);
    List<Entry> works = new ArrayList<>();
    for (Entry entry : concat(ourMedians, peerMedians)) {
      if (works.stream().noneMatch(entry::sameWork)) {
        works.add(entry);
      }
    }
    boolean rate = SlotsReport.isRate(figure);
    List<Row> rows = new ArrayList<>();
    for (Entry work : works) {
      List<Entry> peerForms = peerMedians.stream().filter(work::sameWork).toList();
      Entry best = best(ourMedians.stream().filter(work::sameWork).toList(), rate);
      rows.add(new Row(rate, work, best, best(peerForms, rate), peerForms));
    }
    return rows;
  }

  private static @Nullable Row headline(List<Row> rows) {
    return rows.stream().filter(row -> row.work.n() == HEADLINE_N).findFirst().orElse(null);
  }

  private static @Nullable Entry best(List<Entry> forms, boolean rate) {
    Entry best = null;
    for (Entry form : forms) {
      if (best == null || (rate ? form.value() > best.value() : form.value() < best.value())) {
        best = form;
      }
    }
    return best;
  }

  /** Each entry of the first round, with its median over all rounds. */
  private static List<Entry> medians(List<SlotsReport> rounds, String figure) {
    if (rounds.isEmpty()) {
      return List.of();
    }
    List<Entry> medians = new ArrayList<>();
    for (Entry entry : rounds.get(0).entries(figure)) {
      Predicate<Entry> same = other -> entry.sameWork(other) && entry.form().equals(other.form());
      double[] values =
          rounds.stream()
              .flatMap(round -> round.entries(figure).stream().filter(same))
              .mapToDouble(Entry::value)
              .toArray();
      medians.add(
          new Entry(
              entry.n(), entry.limbs(), entry.kind(), entry.form(), MedianClock.median(values)));
    }
    return medians;
  }

  private Map<String, String> machine() {
    Map<String, String> machine = new LinkedHashMap<>();
    concat(ours, peers).forEach(report -> machine.putAll(report.machine()));
    return machine;
  }

  private static <T> List<T> concat(List<T> first, List<T> second) {
    List<T> all = new ArrayList<>(first);
    all.addAll(second);
    return all;
  }

  /** Four significant figures. */
  private static double rounded(double value) {
    return Double.parseDouble(String.format(Locale.ROOT, "%.3e", value));
  }

  private static String figures(double value) {
    return value >= 1000
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.4g", value);
  }
}
