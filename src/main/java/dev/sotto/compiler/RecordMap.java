package dev.sotto.compiler;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Records as maps under the names of their components, {@code rowsPerBlock} as {@code
 * rows_per_block}.
 */
final class RecordMap {
  private RecordMap() {}

  static Map<String, Object> of(Record values) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (RecordComponent component : values.getClass().getRecordComponents()) {
      try {
        Object value = component.getAccessor().invoke(values);
        if (!(value instanceof Double number && number.isNaN())) { // not known
          map.put(snake(component.getName()), plain(value));
        }
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("components of a public record are open", e);
      }
    }
    return map;
  }

  private static Object plain(Object value) {
    if (value instanceof Record record) {
      return of(record);
    }
    if (value instanceof List<?> list) {
      return list.stream().map(RecordMap::plain).toList();
    }
    return value;
  }

  private static String snake(String name) {
    StringBuilder snake = new StringBuilder();
    for (char c : name.toCharArray()) {
      if (Character.isUpperCase(c)) {
        snake.append('_');
      }
      snake.append(Character.toLowerCase(c));
    }
    return snake.toString();
  }
}
