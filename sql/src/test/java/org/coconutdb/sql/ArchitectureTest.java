package org.coconutdb.sql;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.coconutdb.jdbc.session.ArrayText;
import org.junit.jupiter.api.Test;

/// Who may know whom above the engine.
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.coconutdb.sql", "org.coconutdb.jdbc");

    @Test
    void sqlKnowsOfTheEngineItsPublicPackagesOnly() {
        noClasses().that().resideInAPackage("org.coconutdb.sql..")
                .should().dependOnClassesThat().resideInAnyPackage("org.coconutdb.engine.block..", "org.coconutdb.engine.commit..",
                        "org.coconutdb.engine.table..", "org.coconutdb.engine.placement..", "com.sun.jna..", "net.openhft..")
                .because("SQL reads and writes through transactions")
                .check(CLASSES);
    }

    @Test
    void theDriverKnowsNeitherSqlNorEngine() {
        noClasses().that().resideInAPackage("org.coconutdb.jdbc..")
                .should().dependOnClassesThat().resideInAnyPackage("org.coconutdb.sql..", "org.coconutdb.engine..", "org.apache.calcite..")
                .because("the driver carries no engine; sessions are found by ServiceLoader")
                .check(CLASSES);
    }

    @Test
    void sqlKnowsOfTheDriverItsSessionsOnly() {
        noClasses().that().resideInAPackage("org.coconutdb.sql..")
                .should().dependOnClassesThat().resideInAPackage("org.coconutdb.jdbc")
                .because("java.sql's classes stand on the session interface, not the other way round")
                .check(CLASSES);
    }

    @Test
    void onlySessionsSpeakJdbc() {
        classes().that().resideInAPackage("org.coconutdb.sql..").and().resideOutsideOfPackages("org.coconutdb.sql.session..",
                "org.coconutdb.sql.catalog..", "org.coconutdb.sql.parser.generated..")
                .should().onlyDependOnClassesThat(resideOutsideOfPackages("java.sql..", "org.coconutdb.jdbc..").or(type(ArrayText.class)))
                .because("errors become SQLException in one place; how arrays are written as text is none of JDBC's")
                .check(CLASSES);
    }

    @Test
    void plansAndCatalogueDoNotKnowSessions() {
        noClasses().that().resideInAnyPackage("org.coconutdb.sql.plan..", "org.coconutdb.sql.run..", "org.coconutdb.sql.catalog..",
                "org.coconutdb.sql.parser..")
                .should().dependOnClassesThat().resideInAPackage("org.coconutdb.sql.session..")
                .check(CLASSES);
    }
}
