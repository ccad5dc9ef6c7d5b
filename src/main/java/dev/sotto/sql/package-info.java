/**
 * The SQL face: every model a function, by configuration only.
 *
 * <pre>
 *   spark.sql.catalog.sotto               dev.sotto.sql.ModelCatalog
 *   spark.sql.catalog.sotto.models.digits hdfs:///models/digits.sotto
 *
 *   SELECT id, sotto.models.digits(features).prediction FROM rows
 * </pre>
 */
@NullMarked
package dev.sotto.sql;

import org.jspecify.annotations.NullMarked;
