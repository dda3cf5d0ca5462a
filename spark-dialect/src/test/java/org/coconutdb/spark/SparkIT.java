package org.coconutdb.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Spark's JDBC source in local mode, on a server in a process of its own: this one has the driver and the dialect, and no more of ours.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class SparkIT {
    private static final int ROWS = 20_000;

    @TempDir private static Path folder;

    private static Process server;
    private static String url;
    private static SparkSession spark;

    @BeforeAll
    static void start() throws Exception {
        Path root = Path.of(System.getProperty("coconut.root"));
        String classes = System.getProperty("server.class.path", root.resolve("cli/target/classes") + ":" + root.resolve("cli/target/lib")
                + "/*");
        server = new ProcessBuilder(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@" + root.resolve(
                "jvm.flags"),
                "-Xmx512m", "-cp", classes, "org.coconutdb.cli.Coconut", "server", folder.resolve("data").toString(), "--insecure",
                "--port",
                "0")).redirectErrorStream(true).start();
        url = awaitUrl();
        spark = SparkSession.builder().master("local[2]").appName("test").config("spark.ui.enabled", "false").config("spark.driver.host",
                "127.0.0.1").config("spark.driver.bindAddress", "127.0.0.1").config("spark.sql.warehouse.dir", folder.resolve("warehouse")
                        .toString()).config("spark.sql.shuffle.partitions", "2").config("spark.sql.session.timeZone", "UTC").getOrCreate();
    }

    @AfterAll
    static void stop() {
        if (spark != null) {
            spark.stop();
        }
        server.destroyForcibly();
    }

    private static String awaitUrl() throws IOException {
        // Left open: the server goes on to write.
        BufferedReader out = new BufferedReader(new InputStreamReader(server.getInputStream(), StandardCharsets.UTF_8));
        StringBuilder told = new StringBuilder();
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            told.append(line).append('\n');
            int from = line.indexOf("jdbc:coconut://");
            if (from >= 0) {
                return line.substring(from).strip();
            }
        }
        throw new IOException("the server did not start: " + told);
    }

    private static void execute(String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static String value(String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }

    private static Dataset<Row> read(String table) {
        return spark.read().format("jdbc").option("url", url).option("dbtable", table).load();
    }

    /// Numbers from 0, with a column of each type of Spark's that a table takes.
    private static Dataset<Row> rows(int count) {
        return spark.range(count).selectExpr("id", "concat('row ', id) as text", "cast(id % 7 as int) as small_number",
                "cast(id % 100 as tinyint) as tiny", "cast(id as smallint) as short_", "id / 4.0D as half", "cast(id as float) as single",
                "cast(id * 1.25 as decimal(20, 4)) as exact", "id % 2 = 0 as even",
                "date_add(date '2026-01-01', cast(id % 365 as int)) as day_",
                "timestamp '2026-07-01 12:00:00' + make_interval(0, 0, 0, 0, 0, 0, id) as moment",
                "cast('2026-07-01 12:00:00' as timestamp_ntz) as shown", "cast(concat('b', id) as binary) as bytes",
                "if(id % 10 = 0, null, id) as maybe");
    }

    @Test
    void aTableThatSparkMakesHasRowsOfAllTypesAndIsReadInParts() throws Exception {
        rows(ROWS).repartition(4).write().format("jdbc").option("url", url).option("dbtable", "spark_made").option(
                "createTableOptions", "PRIMARY KEY (\"id\") USING SORTED").option("batchsize", "2000").mode(SaveMode.Overwrite).save();

        assertThat(value("SELECT COUNT(*) FROM spark_made")).isEqualTo(Integer.toString(ROWS));
        Dataset<Row> parts = spark.read().format("jdbc").option("url", url).option("dbtable", "spark_made").option("partitionColumn", "id")
                .option(
                        "lowerBound", "0").option("upperBound", Integer.toString(ROWS)).option("numPartitions", "4").option("fetchsize",
                                "1000").load();
        assertThat(parts.rdd().getNumPartitions()).isEqualTo(4);
        assertThat(parts.count()).isEqualTo(ROWS);
        assertThat(parts.schema().simpleString()).isEqualTo(rows(1).schema().simpleString().replace("shown:timestamp_ntz",
                "shown:timestamp"));
        Dataset<Row> comparable = parts.withColumn("shown", parts.col("shown").cast("timestamp_ntz"));
        assertThat(comparable.exceptAll(rows(ROWS)).count()).isZero();
        assertThat(parts.filter("maybe is null").count()).isEqualTo(ROWS / 10);
    }

    @Test
    void aTableOfOursIsAppendedToAndOverwritten() throws Exception {
        execute("CREATE TABLE city (id INT PRIMARY KEY, name VARCHAR(20) NOT NULL, code UUID, seen TIMESTAMP WITH TIME ZONE)",
                "INSERT INTO city VALUES (1, 'London', UUID '6f9619ff-8b86-d011-b42d-00c04fc964ff', TIMESTAMP WITH TIME ZONE '2026-07-01 12:00:00+02:00')");
        Row london = read("city").head();
        assertThat(london.<String> getAs("CODE")).isEqualTo("6f9619ff-8b86-d011-b42d-00c04fc964ff");
        assertThat(london.<java.sql.Timestamp> getAs("SEEN").toInstant()).isEqualTo("2026-07-01T10:00:00Z");

        Dataset<Row> more = spark.range(2, 12).selectExpr("cast(id as int) as id", "concat('city ', id) as name");
        more.write().format("jdbc").option("url", url).option("dbtable", "city").mode(SaveMode.Append).save();
        assertThat(read("city").count()).isEqualTo(11);
        assertThatThrownBy(() -> more.write().format("jdbc").option("url", url).option("dbtable", "city").mode(SaveMode.Append).save())
                .rootCause().isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState()).isEqualTo("23505"));

        more.write().format("jdbc").option("url", url).option("dbtable", "city").option("truncate", "true").mode(SaveMode.Overwrite).save();
        assertThat(read("city").count()).isEqualTo(10);
        assertThat(value("SELECT COUNT(*) FROM information_schema.columns WHERE table_schema = 'PUBLIC' AND table_name = 'CITY'")).as(
                "the table is the same").isEqualTo("4");
    }

    @Test
    void conditionsAggregatesAndLimitsGoToTheDatabase() throws Exception {
        execute("CREATE TABLE sale (id INT PRIMARY KEY, city VARCHAR(10), amount DECIMAL(10, 2)) USING SORTED",
                "INSERT INTO sale SELECT n, CASE WHEN MOD(n, 2) = 0 THEN 'London' ELSE 'Paris' END, n FROM GENERATE_SERIES(1, 1000) AS g (n)");
        Map<String, String> catalog = Map.of("spark.sql.catalog.coconut",
                "org.apache.spark.sql.execution.datasources.v2.jdbc.JDBCTableCatalog",
                "spark.sql.catalog.coconut.url", url, "spark.sql.catalog.coconut.driver", "org.coconutdb.jdbc.CoconutDriver",
                "spark.sql.catalog.coconut.pushDownAggregate", "true", "spark.sql.catalog.coconut.pushDownLimit", "true");
        catalog.forEach((name, setting) -> spark.conf().set(name, setting));

        Dataset<Row> sums = spark.sql(
                "SELECT CITY, SUM(AMOUNT) AS s FROM coconut.PUBLIC.SALE WHERE ID > 500 AND CITY LIKE 'L%' GROUP BY CITY");
        assertThat(sums.queryExecution().optimizedPlan().toString()).as("nothing is left to aggregate").doesNotContain("Aggregate [");
        assertThat(sums.head().getString(0)).isEqualTo("London");
        assertThat(sums.head().getDecimal(1)).isEqualByComparingTo("187750");
        assertThat(spark.sql("SELECT ID FROM coconut.PUBLIC.SALE WHERE ID IN (3, 5) OR AMOUNT > 999 ORDER BY ID").collectAsList())
                .extracting(
                        row -> row.getInt(0)).containsExactly(3, 5, 1000);
        assertThat(spark.sql("SHOW TABLES IN coconut.PUBLIC").collectAsList()).extracting(row -> row.getString(1)).contains("SALE");
        assertThat(spark.read().format("jdbc").option("url", url).option("query", "SELECT city, COUNT(*) AS n FROM sale GROUP BY city")
                .load()
                .count()).isEqualTo(2);
    }

    @Test
    void aTableWithoutAKeyIsRefusedWithWhatToDo() {
        assertThatThrownBy(() -> rows(1).write().format("jdbc").option("url", url).option("dbtable", "keyless").save())
                .hasStackTraceContaining(
                        "createTableOptions with PRIMARY KEY");
    }
}
