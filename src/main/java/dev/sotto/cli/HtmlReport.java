package dev.sotto.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A command's result as one HTML file that needs nothing beside it: values that stand alone first,
 * then a section for each group, a table for each list of things that are alike.
 */
final class HtmlReport {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; --line: #8884; --soft: #8881; --accent: #0b6e8f; }
      @media (prefers-color-scheme: dark) { :root { --accent: #6cc5e0; } }
      body { font: 15px/1.5 system-ui, sans-serif; max-width: 64rem; margin: 2rem auto;
        padding: 0 1rem; }
      h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
      h3 { font-size: 1rem; margin: 1rem 0 .3rem; } .made { opacity: .7; margin: .2rem 0 1.5rem; }
      .tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr));
        gap: .6rem; margin: 0; }
      .tiles div { background: var(--soft); border: 1px solid var(--line); border-radius: .5rem;
        padding: .5rem .8rem; overflow-wrap: anywhere; }
      .tiles dt { font-size: .8rem; opacity: .75; }
      .tiles dd { margin: 0; font-size: 1.1rem; color: var(--accent); }
      .tiles .long { grid-column: 1 / -1; } .tiles .long dd { font-size: 1rem; }
      .scroll { overflow-x: auto; }
      table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
      th, td { text-align: left; padding: .3rem .7rem .3rem 0; vertical-align: top;
        border-bottom: 1px solid var(--line); }
      th { font-weight: 600; font-size: .85rem; } td.number, th.number { text-align: right; }
      """;

  /** Longer texts take a line of their own. */
  private static final int LONG = 28;

  private static final int DEPTH = 3;

  private final StringBuilder html = new StringBuilder();

  private HtmlReport() {}

  /**
   * The page.
   *
   * @param title the command
   * @param made when, by which version, on what
   * @param document maps, lists, numbers, strings and booleans
   */
  static String page(String title, String made, Map<String, Object> document) {
    HtmlReport report = new HtmlReport();
    report
        .html
        .append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .append("<title>")
        .append(escaped(title))
        .append("</title><style>\n")
        .append(STYLE)
        .append("</style></head>\n<body>\n<h1>")
        .append(escaped(title))
        .append("</h1>\n<p class=\"made\">")
        .append(escaped(made))
        .append("</p>\n");
    report.group(document, 2);
    return report.html.append("</body></html>\n").toString();
  }

  private void group(Map<?, ?> values, int level) {
    Map<String, Object> alone = new LinkedHashMap<>();
    Map<String, Object> groups = new LinkedHashMap<>();
    values.forEach(
        (key, value) -> {
          boolean grouped = value instanceof Map || isTable(value);
          (grouped ? groups : alone).put(String.valueOf(key), value);
        });
    tiles(alone);
    groups.forEach(
        (key, value) -> {
          html.append("<h" + level + ">" + escaped(words(key)) + "</h" + level + ">\n");
          if (value instanceof Map<?, ?> map) {
            group(map, Math.min(level + 1, DEPTH));
          } else {
            table((Collection<?>) value);
          }
        });
  }

  private static boolean isTable(Object value) {
    return value instanceof Collection<?> list
        && !list.isEmpty()
        && list.stream().allMatch(Map.class::isInstance);
  }

  private static Map<String, Object> strings(Map<?, ?> map) {
    Map<String, Object> strings = new LinkedHashMap<>();
    map.forEach((key, value) -> strings.put(String.valueOf(key), value));
    return strings;
  }

  private void tiles(Map<String, Object> values) {
    if (values.isEmpty()) {
      return;
    }
    html.append("<dl class=\"tiles\">\n");
    values.forEach(
        (key, value) -> {
          String text = text(key, value);
          html.append(text.length() > LONG ? "<div class=\"long\"><dt>" : "<div><dt>")
              .append(escaped(words(key)))
              .append("</dt><dd>")
              .append(escaped(text))
              .append("</dd></div>\n");
        });
    html.append("</dl>\n");
  }

  private void table(Collection<?> rows) {
    Set<String> columns = new LinkedHashSet<>();
    List<Map<String, Object>> cells = new ArrayList<>();
    for (Object row : rows) {
      Map<String, Object> values = strings((Map<?, ?>) row);
      columns.addAll(values.keySet());
      cells.add(values);
    }
    html.append("<div class=\"scroll\"><table><thead><tr>");
    for (String column : columns) {
      boolean number = cells.stream().allMatch(row -> isNumber(row.get(column)));
      html.append(number ? "<th class=\"number\">" : "<th>")
          .append(escaped(words(column)))
          .append("</th>");
    }
    html.append("</tr></thead><tbody>\n");
    for (Map<String, Object> row : cells) {
      html.append("<tr>");
      for (String column : columns) {
        Object value = row.get(column);
        html.append(isNumber(value) ? "<td class=\"number\">" : "<td>")
            .append(value == null ? "" : escaped(text(column, value)))
            .append("</td>");
      }
      html.append("</tr>\n");
    }
    html.append("</tbody></table></div>\n");
  }

  private static boolean isNumber(@Nullable Object value) {
    return value instanceof Number;
  }

  private static String words(String key) {
    return key.replace('_', ' ');
  }

  private static String text(String key, Object value) {
    if (value instanceof Map<?, ?> map) {
      List<String> parts = new ArrayList<>();
      map.forEach((k, v) -> parts.add(words(String.valueOf(k)) + " " + text(String.valueOf(k), v)));
      return String.join(", ", parts);
    }
    if (value instanceof Collection<?> list) {
      return list.isEmpty()
          ? "none"
          : String.join(", ", list.stream().map(item -> text(key, item)).toList());
    }
    if (value instanceof Double || value instanceof Float) {
      return decimal(((Number) value).doubleValue());
    }
    if (value instanceof Number number) {
      return key.endsWith("bytes")
          ? bytes(number.longValue())
          : String.format(Locale.ROOT, "%,d", number.longValue());
    }
    return String.valueOf(value);
  }

  private static String decimal(double value) {
    double size = Math.abs(value);
    if (size >= 1000) {
      return String.format(Locale.ROOT, "%,.0f", value);
    }
    if (size != 0 && size < 1e-3) {
      return String.format(Locale.ROOT, "%.3g", value);
    }
    return String.format(Locale.ROOT, size >= 10 ? "%.2f" : "%.4f", value);
  }

  private static String bytes(long count) {
    if (count < 10_000) {
      return String.format(Locale.ROOT, "%,d", count);
    }
    return count < 10_000_000
        ? String.format(Locale.ROOT, "%,.1f kB", count / 1e3)
        : count < 10_000_000_000L
            ? String.format(Locale.ROOT, "%,.1f MB", count / 1e6)
            : String.format(Locale.ROOT, "%,.1f GB", count / 1e9);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
