package dev.sotto.onnx;

import org.jspecify.annotations.Nullable;

/**
 * One change between two versions of an operator, as a rewrite of the older form to the newer.
 *
 * <p>Applied to a node when its model imports a version before {@link #since}. All changes of an
 * operator are applied in the order of their versions, so each knows only its own two neighbours.
 *
 * @param type the operator with its domain, as {@link Node#type()}
 * @param since the first version that has the newer form; {@link #ALWAYS} for every model
 * @param rewrite from the older to the newer form
 */
record OpsetChange(String type, long since, Rewrite rewrite) {
  /** For rewrites that do not depend on the version, applied after all others. */
  static final long ALWAYS = Long.MAX_VALUE;

  /** Rewrites one node. */
  @FunctionalInterface
  interface Rewrite {
    /**
     * The newer form of a node; null when the node is gone. Other nodes that the form needs, and
     * constants, go to the graph being rewritten.
     */
    @Nullable Node apply(Node node, GraphRewriter graph);
  }
}
