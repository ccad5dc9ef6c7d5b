package dev.sotto;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The rooms of the house, and the doors between them. A room may be empty. */
final class ArchitectureTest {

  /** Each room uses only rooms before it. */
  private static final List<String> ROOMS =
      List.of(
          "problem",
          "tensor",
          "onnx",
          "numpy",
          "circuit",
          "quantization",
          "compiler",
          "runtime",
          "spark",
          "sql",
          "ml",
          "cli");

  /** Cryptography usable alone: uses nothing of ours but the common rooms. */
  private static final List<String> ENGINES = List.of("slots", "tfhe");

  /** Small rooms that everyone may use, engines too, and that use nothing but each other. */
  private static final List<String> COMMON = List.of("problem", "common");

  private static final List<String> ROOMS_WITH_ENGINES = List.of("compiler", "runtime");
  private static final List<String> ROOMS_WITH_SPARK = List.of("spark", "sql", "ml", "cli");

  private static final JavaClasses PRODUCT =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.sotto");

  private static Stream<String> everyRoom() {
    return Stream.of(ROOMS, ENGINES, COMMON).flatMap(List::stream).distinct();
  }

  @ParameterizedTest
  @MethodSource("everyRoom")
  void room_uses_only_rooms_before_it(String room) {
    check(
        classes()
            .that(resideInAPackage(inside(room)))
            .should()
            .onlyDependOnClassesThat(
                not(resideInAPackage("dev.sotto..")).or(resideInAnyPackage(reachableFrom(room)))));
  }

  @Test
  void every_class_lives_in_a_room() {
    check(
        classes()
            .should()
            .resideInAnyPackage(everyRoom().map(ArchitectureTest::inside).toArray(String[]::new)));
  }

  @Test
  void only_spark_its_faces_and_cli_know_spark() {
    check(
        noClasses()
            .that(not(resideInAnyPackage(inside(ROOMS_WITH_SPARK))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.spark.."));
  }

  /** Scoring in the clear is built without encrypted tables. */
  @Test
  void spark_knows_nothing_of_encrypted_tables() {
    check(
        noClasses()
            .that()
            .resideInAPackage("dev.sotto.spark")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.sotto.spark.encrypted"));
  }

  @Test
  void only_tensor_knows_breeze() {
    check(
        noClasses()
            .that(not(resideInAPackage(inside("tensor"))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("breeze.."));
  }

  /** Who computes on encrypted data, and who compiles for it, cannot name what decrypts. */
  @Test
  void only_the_client_and_the_engine_know_secret_keys() {
    check(
        noClasses()
            .that(resideInAnyPackage("dev.sotto.compiler..", "dev.sotto.runtime.server.."))
            .should()
            .dependOnClassesThat()
            .haveFullyQualifiedName("dev.sotto.slots.SecretKey")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("dev.sotto.slots.SecretKeyFormat")
            .orShould()
            .dependOnClassesThat()
            .resideInAPackage("dev.sotto.runtime.client.."));
  }

  /** What protoc generates for a room stays in that room: others see types that were checked. */
  @ParameterizedTest
  @MethodSource("everyRoom")
  void generated_messages_stay_in_their_room(String room) {
    check(
        noClasses()
            .that(not(resideInAPackage(inside(room))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.sotto." + room + "..proto.."));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(PRODUCT);
  }

  private static String[] reachableFrom(String room) {
    List<String> reachable = new ArrayList<>(COMMON);
    reachable.add(room);
    if (ROOMS.contains(room) && !COMMON.contains(room)) {
      reachable.addAll(ROOMS.subList(0, ROOMS.indexOf(room)));
    }
    if (ROOMS_WITH_ENGINES.contains(room)) {
      reachable.addAll(ENGINES);
    }
    return inside(reachable);
  }

  private static String[] inside(List<String> rooms) {
    return rooms.stream().map(ArchitectureTest::inside).toArray(String[]::new);
  }

  private static String inside(String room) {
    return "dev.sotto." + room + "..";
  }
}
