/** The data owner's side: secret keys, encryption of rows, decryption of results. */
@org.jspecify.annotations.NullMarked
package dev.sotto.runtime.client;
