package dev.sotto.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.sotto.problem.Problem;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes a command's result as one JSON document. */
final class JsonOutput {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  private JsonOutput() {}

  /** Writes maps, lists, numbers, strings and booleans as one document, and flushes. */
  static void write(PrintWriter out, Object document) {
    try {
      out.println(MAPPER.writeValueAsString(document));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is made of maps, lists and numbers", e);
    }
    out.flush();
  }

  /** Problems as a list of {@code {code, where, detail, remedy}}. */
  static List<Map<String, Object>> of(List<Problem> problems) {
    return problems.stream().map(JsonOutput::of).toList();
  }

  private static Map<String, Object> of(Problem problem) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("code", problem.code().code());
    fields.put("where", problem.where());
    fields.put("detail", problem.detail());
    fields.put("remedy", problem.remedy());
    return fields;
  }
}
