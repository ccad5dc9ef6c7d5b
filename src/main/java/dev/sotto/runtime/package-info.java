/**
 * Running a compiled circuit: packages for the two sides, and blocks of encrypted rows between
 * them.
 *
 * <pre>
 *   CompiledCircuit ─┬─► ClientPackage ─ runtime.client: ClientKeys, FheClient ──┐ EncryptedBlock
 *                    └─► ServerPackage ─ runtime.server: FheServer ◄─────────────┘
 * </pre>
 *
 * <p>Only {@code runtime.client} knows secret keys; {@code runtime.server} cannot name one.
 */
@org.jspecify.annotations.NullMarked
package dev.sotto.runtime;
