package dev.sotto.cli;

import java.io.PrintWriter;
import java.util.Map;

/** The result of a command, as a person reads it and as a program does. */
interface Report {
  /** Writes the result as text. */
  void print(PrintWriter out);

  /** The result as a JSON object: maps, lists, numbers, strings, booleans. */
  Map<String, Object> json();
}
