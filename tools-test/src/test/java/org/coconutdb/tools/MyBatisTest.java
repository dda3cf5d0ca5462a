package org.coconutdb.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.ibatis.annotations.Delete;
import org.apache.ibatis.annotations.Insert;
import org.apache.ibatis.annotations.Options;
import org.apache.ibatis.annotations.Param;
import org.apache.ibatis.annotations.Select;
import org.apache.ibatis.builder.xml.XMLMapperBuilder;
import org.apache.ibatis.cursor.Cursor;
import org.apache.ibatis.datasource.pooled.PooledDataSource;
import org.apache.ibatis.exceptions.PersistenceException;
import org.apache.ibatis.executor.BatchResult;
import org.apache.ibatis.mapping.Environment;
import org.apache.ibatis.session.Configuration;
import org.apache.ibatis.session.ExecutorType;
import org.apache.ibatis.session.RowBounds;
import org.apache.ibatis.session.SqlSession;
import org.apache.ibatis.session.SqlSessionFactory;
import org.apache.ibatis.session.SqlSessionFactoryBuilder;
import org.apache.ibatis.transaction.jdbc.JdbcTransactionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// MyBatis with mappers of annotations and of XML, its own pool and its batches.
@ParameterizedClass(name = "{0}")
@ValueSource(strings = {"server", "embedded"})
class MyBatisTest {
    private static ToolServer server;

    @Parameter private String mode;

    private Connection anchor;
    private PooledDataSource pool;
    private SqlSessionFactory factory;

    /// As MyBatis likes it: a bean.
    public static final class Part {
        private Integer id;
        private String name;
        private Kind kind;
        private BigDecimal weight;
        private LocalDate made;

        public Part() {}

        Part(String name, Kind kind, String weight, LocalDate made) {
            this.name = name;
            this.kind = kind;
            this.weight = new BigDecimal(weight);
            this.made = made;
        }
    }

    public enum Kind {
        SCREW, NUT
    }

    /// The XML mapper is `PartMapper.xml`.
    public interface PartMapper {
        @Insert("INSERT INTO part (name, kind, weight, made) VALUES (#{name}, #{kind}, #{weight}, #{made})")
        @Options(useGeneratedKeys = true, keyProperty = "id", keyColumn = "id")
        int insert(Part part);

        @Select("SELECT * FROM part WHERE id = #{id}")
        Part byId(int id);

        @Select("SELECT * FROM part ORDER BY id")
        Cursor<Part> all();

        @Delete("DELETE FROM part WHERE id = #{id}")
        int delete(int id);

        List<Part> search(@Param("name") String name, @Param("ids") List<Integer> ids);

        int insertAll(@Param("parts") List<Part> parts);

        List<Map<String, Object>> weightByKind();
    }

    @BeforeAll
    static void start() {
        server = ToolServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void connect() throws Exception {
        String url = mode.equals("server") ? server.url() : ToolServer.embeddedUrl();
        anchor = DriverManager.getConnection(url);
        ToolServer.execute(anchor, "CREATE TABLE part (id INT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE, "
                + "kind VARCHAR(10), weight DECIMAL(8, 3), made DATE) USING SORTED");
        pool = new PooledDataSource("org.coconutdb.jdbc.CoconutDriver", url, null, null);
        pool.setPoolPingEnabled(true);
        pool.setPoolPingQuery("VALUES 1");
        Configuration configuration = new Configuration(new Environment("test", new JdbcTransactionFactory(), pool));
        configuration.addMapper(PartMapper.class);
        try (InputStream mapper = MyBatisTest.class.getResourceAsStream("PartMapper.xml")) {
            new XMLMapperBuilder(mapper, configuration, "PartMapper.xml", configuration.getSqlFragments()).parse();
        }
        factory = new SqlSessionFactoryBuilder().build(configuration);
    }

    @AfterEach
    void disconnect() throws SQLException {
        pool.forceCloseAll();
        ToolServer.execute(anchor, "DROP TABLE part");
        anchor.close();
    }

    @Test
    void annotatedMappersWriteReadAndHandKeysBack() {
        Part screw = new Part("M3", Kind.SCREW, "0.250", LocalDate.of(2026, 2, 28));
        try (SqlSession session = factory.openSession()) {
            PartMapper mapper = session.getMapper(PartMapper.class);
            assertThat(mapper.insert(screw)).isEqualTo(1);
            assertThat(screw.id).isEqualTo(1);
            session.commit();
        }
        try (SqlSession session = factory.openSession()) {
            PartMapper mapper = session.getMapper(PartMapper.class);
            Part found = mapper.byId(screw.id);
            assertThat(found).usingRecursiveComparison().isEqualTo(screw);
            assertThat(mapper.byId(99)).isNull();
            assertThat(mapper.delete(screw.id)).isEqualTo(1);
            session.rollback();
            assertThat(mapper.byId(screw.id)).isNotNull();
        }
    }

    @Test
    void mappersOfXmlBuildTheirSql() {
        try (SqlSession session = factory.openSession(true)) {
            PartMapper mapper = session.getMapper(PartMapper.class);
            List<Part> parts = List.of(new Part("M3", Kind.SCREW, "0.25", null), new Part("M4", Kind.SCREW, "0.5", null),
                    new Part("N3", Kind.NUT, "0.1", null));
            assertThat(mapper.insertAll(parts)).isEqualTo(3);
            assertThat(parts).extracting(part -> part.id).containsExactly(1, 2, 3);

            assertThat(mapper.search("M%", null)).extracting(part -> part.name).containsExactly("M3", "M4");
            assertThat(mapper.search("M%", List.of(2, 3))).extracting(part -> part.name).containsExactly("M4");
            assertThat(mapper.search(null, List.of(3))).extracting(part -> part.kind).containsExactly(Kind.NUT);
            assertThat(mapper.weightByKind()).containsExactly(Map.of("KIND", "NUT", "WEIGHT", new BigDecimal("0.100")),
                    Map.of("KIND", "SCREW", "WEIGHT", new BigDecimal("0.750")));
        }
    }

    @Test
    void batchesGoAtOnceAndHandTheirKeysBack() {
        List<Part> parts = IntStream.range(0, 500).mapToObj(i -> new Part("P" + i, Kind.NUT, "1", null)).toList();
        try (SqlSession session = factory.openSession(ExecutorType.BATCH)) {
            PartMapper mapper = session.getMapper(PartMapper.class);
            parts.forEach(mapper::insert);
            List<BatchResult> results = session.flushStatements();
            assertThat(results).hasSize(1);
            assertThat(results.getFirst().getUpdateCounts()).hasSize(500).containsOnly(1);
            session.commit();
        }
        assertThat(parts).extracting(part -> part.id).doesNotContainNull().doesNotHaveDuplicates();
    }

    @Test
    void rowsComeByCursorAndInPieces() throws Exception {
        try (SqlSession session = factory.openSession()) {
            PartMapper mapper = session.getMapper(PartMapper.class);
            for (int i = 0; i < 20; i++) {
                mapper.insert(new Part("P" + i, Kind.NUT, "1", null));
            }
            int seen = 0;
            try (Cursor<Part> cursor = mapper.all()) {
                for (Part part : cursor) {
                    assertThat(part.name).isEqualTo("P" + seen++);
                }
            }
            assertThat(seen).isEqualTo(20);
            List<Part> piece = session.selectList(PartMapper.class.getName() + ".search", Map.of("name", "P%"), new RowBounds(5, 3));
            assertThat(piece).extracting(part -> part.name).containsExactly("P5", "P6", "P7");
        }
    }

    @Test
    void aRefusedRowIsToldWithItsState() {
        try (SqlSession session = factory.openSession(true)) {
            PartMapper mapper = session.getMapper(PartMapper.class);
            mapper.insert(new Part("M3", Kind.SCREW, "1", null));
            assertThatThrownBy(() -> mapper.insert(new Part("M3", Kind.SCREW, "1", null))).isInstanceOf(PersistenceException.class)
                    .cause().isInstanceOfSatisfying(SQLException.class, failure -> assertThat(failure.getSQLState()).isEqualTo("23505"));
        }
    }
}
