package org.coconutdb.engine;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// Who may know whom in the engine. Reads like the picture in docs/ARCHITECTURE.md.
class ArchitectureTest {
    private static final String ENGINE = "org.coconutdb.engine";
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ENGINE);

    @Test
    void lowerLayersDoNotKnowHigherOnes() {
        layeredArchitecture().consideringOnlyDependenciesInLayers()
                .layer("door").definedBy(ENGINE)
                .layer("cluster").definedBy(ENGINE + ".cluster..")
                .layer("replication").definedBy(ENGINE + ".replication..")
                .layer("transaction").definedBy(ENGINE + ".transaction..")
                .layer("commit").definedBy(ENGINE + ".commit..")
                .layer("tier").definedBy(ENGINE + ".tier..")
                .layer("block").definedBy(ENGINE + ".block..")
                .layer("table").definedBy(ENGINE + ".table..")
                .layer("version").definedBy(ENGINE + ".version..")
                .layer("memory").definedBy(ENGINE + ".memory..")
                .layer("disk").definedBy(ENGINE + ".disk..")
                .layer("row").definedBy(ENGINE + ".row..")
                .layer("error").definedBy(ENGINE + ".error..")
                .whereLayer("cluster").mayOnlyBeAccessedByLayers("door")
                .whereLayer("replication").mayOnlyBeAccessedByLayers("cluster", "door")
                .whereLayer("transaction").mayOnlyBeAccessedByLayers("cluster", "door")
                .whereLayer("tier").mayOnlyBeAccessedByLayers("commit", "door")
                .whereLayer("commit").mayOnlyBeAccessedByLayers("transaction", "cluster", "door")
                .whereLayer("block").mayOnlyBeAccessedByLayers("commit", "tier", "transaction", "cluster", "door")
                // The commit package writes and loads slices' rows for checkpoints.
                .whereLayer("table").mayOnlyBeAccessedByLayers("block", "commit", "tier", "transaction", "door")
                .whereLayer("version").mayOnlyBeAccessedByLayers("table", "block", "commit", "tier", "transaction", "cluster", "door")
                .whereLayer("disk").mayOnlyBeAccessedByLayers("commit", "tier", "cluster", "door")
                // The root package also holds plain values that all layers speak in: TableKind, TableDescriptor.
                .check(CLASSES);
    }

    @Test
    void onlyTheMemoryPackageSeesJna() {
        noClasses().that().resideOutsideOfPackage(ENGINE + ".memory..")
                .should().dependOnClassesThat().resideInAPackage("com.sun.jna..")
                .because("system calls have one owner")
                .check(CLASSES);
    }

    @Test
    void onlyTheReplicationPackageSeesRatis() {
        noClasses().that().resideOutsideOfPackage(ENGINE + ".replication..")
                .should().dependOnClassesThat().resideInAPackage("org.apache.ratis..")
                .because("a block must be testable without a network")
                .check(CLASSES);
    }

    @Test
    void theEngineKnowsNoSql() {
        noClasses().should().dependOnClassesThat().resideInAnyPackage("java.sql..", "org.apache.calcite..", "org.coconutdb.sql..",
                "org.coconutdb.jdbc..").because("the engine is the database without SQL").check(CLASSES);
    }

    @Test
    void blocksDoNoInputOrOutput() {
        noClasses().that().resideInAnyPackage(ENGINE + ".block..", ENGINE + ".table..", ENGINE + ".version..")
                .should().dependOnClassesThat().resideInAnyPackage("java.nio.file..", "java.nio.channels..", "java.io..", "java.time..")
                .because("applying the same log gives the same rows, at any time and on any machine")
                .check(CLASSES);
    }
}
