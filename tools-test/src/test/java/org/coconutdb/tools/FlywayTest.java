package org.coconutdb.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.output.MigrateResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// Flyway with the module `flyway-database/`.
@ParameterizedClass(name = "{0}")
@ValueSource(strings = {"server", "embedded"})
class FlywayTest {
    @Parameter private String mode;
    @TempDir private Path scripts;

    private ToolServer server;
    private Connection anchor;
    private String url;

    @BeforeEach
    void start() throws Exception {
        server = ToolServer.start();
        url = mode.equals("server") ? server.url() : ToolServer.embeddedUrl();
        anchor = DriverManager.getConnection(url);
        script("V1__tables.sql", """
                CREATE TABLE city (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL); -- with a ; here
                CREATE TABLE person (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name VARCHAR(40), city INT REFERENCES city);
                CREATE INDEX person_by_city ON person (city);
                CREATE SEQUENCE ticket;
                INSERT INTO city VALUES (1, 'London; not Paris'), (2, '${second}');
                """);
        script("V1.1__rows.sql",
                "INSERT INTO person (name, city) VALUES ('Ada', 1);\nINSERT INTO person (name, city) VALUES ('Grace', 2);\n");
        script("V1.1__rows.sql.conf", "executeInTransaction=true\n");
        script("R__views.sql", "CREATE OR REPLACE VIEW londoners AS SELECT name FROM person WHERE city = 1;\n");
    }

    @AfterEach
    void stop() throws SQLException {
        anchor.close();
        server.close();
    }

    private void script(String name, String text) throws IOException {
        Files.writeString(scripts.resolve(name), text);
    }

    private FluentConfiguration configure() {
        return Flyway.configure().dataSource(url, null, null).locations("filesystem:" + scripts).cleanDisabled(false)
                .placeholders(java.util.Map.of("second", "New York"));
    }

    private List<String> column(String query) throws SQLException {
        try (Statement statement = anchor.createStatement(); ResultSet rows = statement.executeQuery(query)) {
            List<String> values = new ArrayList<>();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }

    @Test
    void scriptsAreRunOnceInTheirOrderAndTheirHistoryIsKept() throws Exception {
        Flyway flyway = configure().load();
        MigrateResult result = flyway.migrate();
        assertThat(result.success).isTrue();
        assertThat(result.migrationsExecuted).isEqualTo(3);
        assertThat(column("SELECT name FROM person ORDER BY name")).containsExactly("Ada", "Grace");
        assertThat(column("SELECT name FROM city ORDER BY id")).containsExactly("London; not Paris", "New York");
        assertThat(column("SELECT name FROM londoners")).containsExactly("Ada");

        assertThat(flyway.migrate().migrationsExecuted).isZero();
        script("V2__more.sql", "ALTER TABLE person ADD COLUMN born DATE;\n");
        script("R__views.sql", "CREATE OR REPLACE VIEW londoners AS SELECT name, born FROM person WHERE city = 1;\n");
        assertThat(configure().load().migrate().migrationsExecuted).isEqualTo(2);
        flyway = configure().load();
        flyway.validate();
        assertThat(flyway.info().applied()).extracting(MigrationInfo::getScript).containsExactly("V1__tables.sql", "V1.1__rows.sql",
                "R__views.sql", "V2__more.sql", "R__views.sql");
        assertThat(column("SELECT \"description\" FROM \"flyway_schema_history\" WHERE \"description\" = 'flyway-lock'")).isEmpty();
    }

    @Test
    void aScriptThatFailsIsToldAndRepaired() throws Exception {
        configure().load().migrate();
        script("V2__wrong.sql", "CREATE TABLE half (id INT PRIMARY KEY);\nCREATE TABLE city (id INT PRIMARY KEY);\n");
        assertThatThrownBy(() -> configure().load().migrate()).isInstanceOf(FlywayException.class).hasMessageContaining("42P07");
        assertThat(configure().load().info().current().getState().isFailed()).isTrue();
        assertThat(column("SELECT table_name FROM information_schema.tables WHERE table_name = 'HALF' AND table_schema = 'PUBLIC'")).as(
                "what was made stays")
                .containsExactly("HALF");

        script("V2__wrong.sql", "DROP TABLE half;\n");
        configure().load().repair();
        assertThat(configure().load().migrate().migrationsExecuted).isEqualTo(1);
    }

    @Test
    void aScriptThatIsATransactionLeavesNothingBehindWhereItFails() throws Exception {
        configure().load().migrate();
        script("V2__rows.sql", "INSERT INTO person (name, city) VALUES ('Edsger', 1);\nINSERT INTO city VALUES (1, 'again');\n");
        script("V2__rows.sql.conf", "executeInTransaction=true\n");
        assertThatThrownBy(() -> configure().load().migrate()).isInstanceOf(FlywayException.class).hasMessageContaining("23505");
        assertThat(column("SELECT name FROM person WHERE name = 'Edsger'")).isEmpty();
    }

    @Test
    void otherSchemasAndCleaning() throws Exception {
        Flyway flyway = configure().schemas("APP").load();
        flyway.migrate();
        assertThat(column("SELECT name FROM app.person ORDER BY name")).containsExactly("Ada", "Grace");
        flyway.clean();
        assertThat(column("SELECT table_name FROM information_schema.tables WHERE table_schema = 'APP'")).isEmpty();
        assertThat(flyway.migrate().migrationsExecuted).isEqualTo(3);
    }

    @Test
    void severalAtOnceWaitForEachOther() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(3)) {
            List<Future<Integer>> all = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                all.add(threads.submit(() -> configure().load().migrate().migrationsExecuted));
            }
            int executed = 0;
            for (Future<Integer> each : all) {
                executed += each.get();
            }
            assertThat(executed).isEqualTo(3);
        }
        assertThat(column("SELECT name FROM person ORDER BY name")).containsExactly("Ada", "Grace");
    }

    @Test
    void aDatabaseThatIsThereGetsABaseline() throws Exception {
        ToolServer.execute(anchor, "CREATE TABLE city (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL)",
                "CREATE TABLE person (id INT PRIMARY KEY, "
                        + "name VARCHAR(40), city INT)");
        assertThatThrownBy(() -> configure().load().migrate()).isInstanceOf(FlywayException.class).hasMessageContaining("non-empty");
        assertThat(configure().baselineOnMigrate(true).baselineVersion("1.1").load().migrate().migrationsExecuted).isEqualTo(1);
    }
}
