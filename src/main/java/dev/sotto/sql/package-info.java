/**
 * The SQL face: every model a function, by configuration only.
 *
 * <pre>
 *   spark.sql.catalog.sotto               dev.sotto.sql.ModelCatalog
 *   spark.sql.catalog.sotto.models.digits hdfs:///models/digits.sotto
 *
 *   SELECT id, sotto.models.digits(features).prediction FROM rows
 * </pre>
 *
 * <p>And for encrypted tables, a block at a time:
 *
 * <pre>
 *   spark.sql.catalog.sotto.models.hidden                 hdfs:///models/server.zip
 *   spark.sql.catalog.sotto.models.hidden.evaluation-keys hdfs:///keys/evaluation.keys
 *
 *   SELECT block, rows, keys, sotto.models.hidden(payload) AS payload FROM blocks
 * </pre>
 */
@NullMarked
package dev.sotto.sql;

import org.jspecify.annotations.NullMarked;
