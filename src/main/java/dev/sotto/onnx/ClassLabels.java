package dev.sotto.onnx;

import java.util.ArrayList;
import java.util.List;

/**
 * Class labels as one metadata entry of a model: one label a line, backslash and newline escaped.
 */
final class ClassLabels {
  /** Metadata keys begin with this, the name of the output follows. */
  static final String KEY = "sotto.labels.";

  private ClassLabels() {}

  static String encode(List<String> labels) {
    StringBuilder text = new StringBuilder();
    for (String label : labels) {
      text.append(label.replace("\\", "\\\\").replace("\n", "\\n")).append('\n');
    }
    return text.toString();
  }

  static List<String> decode(String text) {
    List<String> labels = new ArrayList<>();
    StringBuilder label = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        char next = text.charAt(++i);
        label.append(next == 'n' ? '\n' : next);
      } else if (c == '\n') {
        labels.add(label.toString());
        label.setLength(0);
      } else {
        label.append(c);
      }
    }
    return List.copyOf(labels);
  }
}
