package dev.sotto.onnx;

import dev.sotto.onnx.Graph.Value;
import dev.sotto.problem.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Sorts nodes so that every value is made before it is used.
 *
 * <p>The order of the file is kept wherever it is possible: of all nodes that can run, the first in
 * the file comes first. Undefined values, values made twice and cycles become problems.
 */
final class ExecutionOrder {
  private final Set<String> given;
  private final Set<String> outer;
  private final List<Problem> problems;

  /**
   * Prepares a sort.
   *
   * @param given inputs and initializers of the graph
   * @param outer values that the surrounding graphs define
   */
  ExecutionOrder(Set<String> given, Set<String> outer, List<Problem> problems) {
    this.given = given;
    this.outer = outer;
    this.problems = problems;
  }

  List<Node> sort(List<Node> nodes, List<Value> outputs) {
    Map<String, Integer> producers = producers(nodes);
    List<List<Integer>> followers = new ArrayList<>();
    int[] missing = new int[nodes.size()];
    for (int i = 0; i < nodes.size(); i++) {
      followers.add(new ArrayList<>());
    }
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      for (String input : GraphIndex.reads(node)) {
        Integer producer = producers.get(input);
        if (producer != null) {
          followers.get(producer).add(i);
          missing[i]++;
        } else if (!isDefined(input)) {
          problems.add(
              Problem.of(
                  OnnxError.UNDEFINED_VALUE,
                  node.place(),
                  "it reads '" + input + "', which no input, initializer or node gives."));
        }
      }
    }
    for (Value output : outputs) {
      if (!producers.containsKey(output.name()) && !isDefined(output.name())) {
        problems.add(
            Problem.of(
                OnnxError.UNDEFINED_VALUE,
                "output '" + output.name() + "'",
                "no input, initializer or node gives it."));
      }
    }
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < missing.length; i++) {
      if (missing[i] == 0) {
        ready.add(i);
      }
    }
    List<Node> sorted = new ArrayList<>(nodes.size());
    while (!ready.isEmpty()) {
      int next = ready.remove();
      sorted.add(nodes.get(next));
      for (int follower : followers.get(next)) {
        if (--missing[follower] == 0) {
          ready.add(follower);
        }
      }
    }
    if (sorted.size() < nodes.size()) {
      reportCycle(nodes, producers, missing);
    }
    return sorted;
  }

  private boolean isDefined(String value) {
    return given.contains(value) || outer.contains(value);
  }

  private Map<String, Integer> producers(List<Node> nodes) {
    Map<String, Integer> producers = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : nodes.get(i).outputs()) {
        if (output.isEmpty()) {
          continue;
        }
        Integer first = producers.putIfAbsent(output, i);
        if (first != null || given.contains(output)) {
          String other = first == null ? "an input or initializer" : nodes.get(first).place();
          problems.add(
              Problem.of(
                  OnnxError.DUPLICATE_VALUE,
                  nodes.get(i).place(),
                  "it makes '" + output + "', which " + other + " makes too."));
        }
      }
    }
    producers.keySet().removeAll(given);
    return producers;
  }

  /** Follows unfinished producers backwards until a node comes again. */
  private void reportCycle(List<Node> nodes, Map<String, Integer> producers, int[] missing) {
    int start = 0;
    while (missing[start] == 0) {
      start++;
    }
    Set<Integer> path = new LinkedHashSet<>();
    int at = start;
    while (path.add(at)) {
      int previous = at;
      for (String input : GraphIndex.reads(nodes.get(at))) {
        Integer producer = producers.get(input);
        if (producer != null && missing[producer] > 0) {
          previous = producer;
          break;
        }
      }
      at = previous;
    }
    List<String> cycle = new ArrayList<>();
    boolean inside = false;
    for (int index : path) {
      inside |= index == at;
      if (inside) {
        cycle.add(nodes.get(index).name());
      }
    }
    cycle.add(nodes.get(at).name());
    Collections.reverse(cycle);
    problems.add(
        Problem.of(
            OnnxError.CYCLIC_GRAPH,
            nodes.get(at).place(),
            "the nodes " + String.join(" → ", cycle) + " form a cycle."));
  }
}
