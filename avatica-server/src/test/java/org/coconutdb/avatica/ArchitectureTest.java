package org.coconutdb.avatica;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// Who may know whom in the server and in the driver's side of it.
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.coconutdb.avatica", "org.coconutdb.jdbc");

    @Test
    void theServerServesSessionsAndKnowsNoEngine() {
        noClasses().that().resideInAPackage("org.coconutdb.avatica..")
                .should().dependOnClassesThat().resideInAnyPackage("org.coconutdb.engine..", "org.coconutdb.sql.plan..",
                        "org.coconutdb.sql.run..", "org.coconutdb.sql.parser..")
                .because("everything goes through sessions")
                .check(CLASSES);
    }

    @Test
    void httpKnowsNoDatabase() {
        noClasses().that().resideInAPackage("org.coconutdb.avatica.http..")
                .should().dependOnClassesThat().resideInAnyPackage("java.sql..", "org.coconutdb.avatica",
                        "org.coconutdb.avatica.connection..",
                        "org.coconutdb.jdbc..", "org.coconutdb.sql..", "org.apache.calcite..")
                .check(CLASSES);
    }

    @Test
    void connectionsKnowNoMessages() {
        noClasses().that().resideInAPackage("org.coconutdb.avatica.connection..")
                .should().dependOnClassesThat().resideInAnyPackage("org.coconutdb.avatica", "org.coconutdb.avatica.http..",
                        "org.coconutdb.jdbc.wire..", "org.apache.calcite..")
                .because("limits and ownership are the same whatever a client speaks")
                .check(CLASSES);
    }

    @Test
    void theDriverNeedsNothingButJava() {
        noClasses().that().resideInAPackage("org.coconutdb.jdbc..")
                .should().dependOnClassesThat().resideInAnyPackage("org.coconutdb.avatica..", "org.apache..", "com.google..",
                        "com.fasterxml..", "org.slf4j..")
                .because("its jar is all that an application needs")
                .check(CLASSES);
    }
}
