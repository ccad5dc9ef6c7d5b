package dev.sotto.cli;

import dev.sotto.problem.Problem;
import dev.sotto.problem.SottoException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Blocks that were refused while others went through. */
final class BlockFailures {
  private static final int LISTED = 10;

  private final Map<Long, Problem> refused = new LinkedHashMap<>();
  private long accepted;

  /** Work on one block. */
  interface Work {
    void run() throws IOException;
  }

  /** Does work on a block, and notes it when the block is refused. */
  boolean attempt(long block, Work work) throws IOException {
    try {
      work.run();
      accepted++;
      return true;
    } catch (SottoException e) {
      Problem problem = e.problems().get(0);
      refused.put(
          block,
          new Problem(
              problem.code(),
              problem.where().isEmpty() ? "block " + block : problem.where(),
              problem.detail(),
              problem.remedy()));
      return false;
    }
  }

  /** Refuses the whole where no block went through. */
  void requireAny() {
    if (accepted == 0 && !refused.isEmpty()) {
      throw new SottoException(problems());
    }
  }

  /** The first problems. */
  List<Problem> problems() {
    return new ArrayList<>(refused.values()).subList(0, Math.min(LISTED, refused.size()));
  }

  /** The number of refused blocks. */
  int count() {
    return refused.size();
  }

  /** The rows of a refused block as rows without result. */
  List<RejectedRow> rows(Map<Long, List<KeptRow>> blocks) {
    List<RejectedRow> rows = new ArrayList<>();
    refused.forEach(
        (block, problem) ->
            blocks
                .getOrDefault(block, List.of())
                .forEach(
                    row ->
                        rows.add(
                            new RejectedRow(
                                row.number(),
                                problem.code().code(),
                                problem.where() + ": " + problem.detail()))));
    return rows;
  }
}
