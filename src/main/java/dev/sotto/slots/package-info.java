/**
 * The slots engine: arithmetic on encrypted numbers, thousands of rows per ciphertext, usable
 * alone.
 *
 * <pre>
 *   RingParameters (guarded at 128 bits)
 *      SecretKey ── EvaluationKeys                     data owner; the cluster gets the latter at most
 *      BgvScheme   exact integers modulo t             encoder, encryptor, evaluator, decryptor
 *      CkksScheme  approximate real numbers            the same
 *         RlweEncryptor, RlweEvaluator, RlweDecryptor  what both are made of
 *            KeySwitching, ModulusDrop                 relinearise, rescale, switch moduli
 *         ValueTable, TablePowers                      functions of whole numbers, as polynomials modulo t
 *            RlweFormula, FormulaProgram               many sums and products in one pass over memory
 *      CiphertextFormat, EvaluationKeysFormat, SecretKeyFormat    the bytes of each, versioned
 * </pre>
 *
 * <p>Row i of a block lives in slot i of every ciphertext; rows never meet, so there are no
 * rotations. Numbers and kernels are in {@link dev.sotto.slots.ring}.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.slots;
