package dev.sotto.cli;

import java.util.List;

/**
 * What is known of a row in the clear while it is encrypted.
 *
 * @param number among all rows of its source, from 0, header and blank lines not counted
 * @param cells of the columns that the caller keeps
 */
record KeptRow(int number, List<String> cells) {}
