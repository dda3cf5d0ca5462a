package org.coconutdb.tools.hibernate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.persistence.LockModeType;
import jakarta.persistence.OptimisticLockException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLIntegrityConstraintViolationException;
import java.sql.SQLTransactionRollbackException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.coconutdb.hibernate.CoconutDialect;
import org.coconutdb.tools.ToolServer;
import org.coconutdb.tools.hibernate.Entities.Address;
import org.coconutdb.tools.hibernate.Entities.Author;
import org.coconutdb.tools.hibernate.Entities.Book;
import org.coconutdb.tools.hibernate.Entities.CardPayment;
import org.coconutdb.tools.hibernate.Entities.CashPayment;
import org.coconutdb.tools.hibernate.Entities.Everything;
import org.coconutdb.tools.hibernate.Entities.Genre;
import org.coconutdb.tools.hibernate.Entities.LineId;
import org.coconutdb.tools.hibernate.Entities.Purchase;
import org.coconutdb.tools.hibernate.Entities.PurchaseLine;
import org.coconutdb.tools.hibernate.Entities.Tag;
import org.hibernate.Hibernate;
import org.hibernate.SessionFactory;
import org.hibernate.StatelessSession;
import org.hibernate.TransactionException;
import org.hibernate.cfg.Configuration;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.ConstraintViolationException.ConstraintKind;
import org.hibernate.query.Page;
import org.hibernate.tool.schema.spi.SchemaManagementException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/// Hibernate ORM, without a word about its dialect: it finds it. Tables are made and dropped by Hibernate.
@ParameterizedClass(name = "{0}")
@ValueSource(strings = {"server", "embedded"})
class HibernateTest {
    private static ToolServer server;

    private static String url;
    private static Connection anchor;
    private static SessionFactory factory;

    @Parameter private String mode;

    @BeforeAll
    static void start() {
        server = ToolServer.start();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static Configuration configuration(String schemaAction) {
        Configuration configuration = new Configuration();
        Entities.ALL.forEach(configuration::addAnnotatedClass);
        return configuration.setProperty("hibernate.connection.url", url)
                .setProperty("hibernate.hbm2ddl.auto", schemaAction)
                .setProperty("hibernate.hbm2ddl.halt_on_error", "true")
                .setProperty("hibernate.jdbc.batch_size", "30")
                .setProperty("hibernate.type.json_format_mapper", "jackson");
    }

    @BeforeParameterizedClassInvocation
    static void open(String mode) throws SQLException {
        url = mode.equals("server") ? server.url() : ToolServer.embeddedUrl();
        anchor = DriverManager.getConnection(url);
        factory = configuration("create-drop").buildSessionFactory();
    }

    @AfterParameterizedClassInvocation
    static void close() throws SQLException {
        factory.close();
        anchor.close();
    }

    @AfterEach
    void empty() {
        factory.getSchemaManager().truncate();
    }

    private void library() {
        factory.inTransaction(session -> {
            Author ada = new Author("Lovelace", "Ada").wrote(new Book("Notes", Genre.SCIENCE, "12.50", LocalDate.of(1843, 9, 1)));
            ada.email = "ada@example.org";
            ada.home = new Address("St James's Square", "London");
            ada.languages = Set.of("en", "fr");
            ada.nicknames = List.of("Countess", "Enchantress", "Countess");
            Author emily = new Author("Dickinson", "Emily").wrote(new Book("Poems", Genre.POEMS, "8.00", LocalDate.of(1890, 11, 12)))
                    .wrote(new Book("Letters", null, "20.00", LocalDate.of(1894, 1, 1)));
            emily.books.getFirst().chapters = List.of("Life", "Love", "Nature");
            emily.books.getFirst().translations = Map.of("de", "Gedichte", "fr", "Poèmes");
            session.persist(ada);
            session.persist(emily);
            Tag verse = new Tag("verse");
            Tag old = new Tag("old");
            session.persist(verse);
            session.persist(old);
            emily.books.getFirst().tags.addAll(List.of(verse, old));
            ada.books.getFirst().tags.add(old);
        });
    }

    @Test
    void theDialectIsFoundAndTheSchemaIsMadeValidatedAndUpdated() throws Exception {
        assertThat(factory.unwrap(SessionFactoryImplementor.class).getJdbcServices().getDialect()).isInstanceOf(CoconutDialect.class);
        configuration("validate").buildSessionFactory().close();
        configuration("update").buildSessionFactory().close();

        ToolServer.execute(anchor, "ALTER TABLE everything DROP COLUMN maybe");
        assertThatThrownBy(() -> configuration("validate").buildSessionFactory()).isInstanceOf(SchemaManagementException.class)
                .hasMessageContaining("maybe");
        configuration("update").buildSessionFactory().close();
        configuration("validate").buildSessionFactory().close();
    }

    @Test
    void aValueOfEachTypeComesBackAsItWas() {
        Everything all = new Everything();
        all.id = 1;
        all.truth = true;
        all.tiny = -7;
        all.small = 3_000;
        all.big = 9_000_000_000_000L;
        all.single = 1.5f;
        all.twice = 0.1;
        all.exact = new BigDecimal("1234567890123456789.0123456789");
        all.letter = 'ü';
        all.text = "grün 🥥";
        all.story = "long ".repeat(10_000);
        all.bytes = new byte[] {0, 1, (byte) 0xff};
        all.image = new byte[100_000];
        all.day = LocalDate.of(2026, 2, 28);
        all.clock = LocalTime.of(23, 59, 58);
        all.shown = LocalDateTime.of(2026, 2, 28, 12, 34, 56, 789_000_000);
        all.moment = Instant.parse("2026-07-01T12:00:00.123Z");
        all.away = OffsetDateTime.of(2026, 7, 1, 12, 0, 0, 0, ZoneOffset.ofHours(5));
        all.lasted = Duration.ofMillis(90_061_001);
        all.token = UUID.fromString("6f9619ff-8b86-d011-b42d-00c04fc964ff");
        all.grade = Genre.POEMS;
        all.words = new String[] {"a", "b c"};
        all.numbers = List.of(3, 1, 2);
        all.document = Map.of("title", "Tea", "price", 3);
        all.old = new Date(1_700_000_000_123L);
        all.older = java.sql.Timestamp.valueOf("2026-02-28 12:34:56.789");
        Everything none = new Everything();
        none.id = 2;
        none.letter = 'x';
        factory.inTransaction(session -> {
            session.persist(all);
            session.persist(none);
        });

        factory.inTransaction(session -> {
            Everything found = session.find(Everything.class, 1);
            assertThat(found).usingRecursiveComparison().withComparatorForType(Date::compareTo, Date.class).ignoringFields("away")
                    .isEqualTo(all);
            assertThat(found.away.toInstant()).isEqualTo(all.away.toInstant());
            assertThat(session.find(Everything.class, 2)).usingRecursiveComparison().isEqualTo(none);
            found.document = Map.of("title", "Ink");
            found.numbers = List.of();
            found.words = null;
        });
        factory.inTransaction(session -> {
            assertThat(session.createSelectionQuery("from Everything where token = ?1 and moment = ?2 and day = ?3 and exact = ?4",
                    Everything.class).setParameter(1, all.token).setParameter(2, all.moment).setParameter(3, all.day).setParameter(4,
                            all.exact).getSingleResult().document).isEqualTo(Map.of("title", "Ink"));
        });
    }

    @Test
    void relationsAndCollectionsOfAllKindsAreKept() {
        library();

        factory.inTransaction(session -> {
            Author ada = session.createSelectionQuery("from Author where email = 'ada@example.org'", Author.class).getSingleResult();
            assertThat(ada.id).isPositive();
            assertThat(ada.home).isEqualTo(new Address("St James's Square", "London"));
            assertThat(ada.languages).containsExactlyInAnyOrder("en", "fr");
            assertThat(ada.nicknames).containsExactlyInAnyOrder("Countess", "Enchantress", "Countess");
            Book poems = session.createSelectionQuery("from Book b join fetch b.author left join fetch b.tags where b.title = 'Poems'",
                    Book.class).getSingleResult();
            assertThat(Hibernate.isInitialized(poems.author)).isTrue();
            assertThat(poems.tags).extracting(tag -> tag.name).containsExactlyInAnyOrder("verse", "old");
            assertThat(poems.chapters).containsExactly("Life", "Love", "Nature");
            assertThat(poems.translations).isEqualTo(Map.of("de", "Gedichte", "fr", "Poèmes"));
            poems.chapters.remove(0);
            poems.translations.put("de", "Lyrik");
            ada.nicknames.remove("Countess");
            poems.author.books.removeIf(book -> book.title.equals("Letters"));
        });
        factory.inTransaction(session -> {
            Book poems = session.createSelectionQuery("from Book where title = 'Poems'", Book.class).getSingleResult();
            assertThat(poems.chapters).containsExactly("Love", "Nature");
            assertThat(poems.translations).containsEntry("de", "Lyrik");
            assertThat(session.createSelectionQuery("select count(*) from Book", Long.class).getSingleResult()).isEqualTo(2);
            assertThat(session.createSelectionQuery("select size(nicknames) from Author where given = 'Ada'", Integer.class)
                    .getSingleResult())
                            .isEqualTo(2);
        });
    }

    @Test
    void embeddedIdsAndKeysThatComeFromAParent() {
        library();
        factory.inTransaction(session -> {
            Purchase purchase = new Purchase();
            purchase.number = 7;
            purchase.placed = Instant.parse("2026-07-01T12:00:00Z");
            List<Book> books = session.createSelectionQuery("from Book order by title", Book.class).getResultList();
            for (int i = 0; i < books.size(); i++) {
                PurchaseLine line = new PurchaseLine();
                line.id = new LineId(7, i + 1);
                line.purchase = purchase;
                line.book = books.get(i);
                line.copies = i + 1;
                purchase.lines.add(line);
            }
            session.persist(purchase);
        });

        factory.inTransaction(session -> {
            assertThat(session.find(PurchaseLine.class, new LineId(7, 2)).book.title).isEqualTo("Notes");
            assertThat(session.createSelectionQuery("select sum(l.copies * l.book.price) from PurchaseLine l where l.id.purchase = 7",
                    BigDecimal.class).getSingleResult()).isEqualByComparingTo("69.00");
            assertThat(session.createSelectionQuery("select l from PurchaseLine l where l.id in (?1, ?2)", PurchaseLine.class).setParameter(
                    1,
                    new LineId(7, 1)).setParameter(2, new LineId(7, 3)).getResultList()).hasSize(2);
        });
    }

    private <T> List<T> hql(String query, Class<T> type) {
        return factory.fromTransaction(session -> session.createSelectionQuery(query, type).getResultList());
    }

    @Test
    void queriesPageJoinGroupAndNest() {
        library();

        factory.inTransaction(session -> {
            assertThat(session.createSelectionQuery("select title from Book order by title", String.class).setFirstResult(1).setMaxResults(
                    1)
                    .getResultList()).containsExactly("Notes");
            assertThat(session.createSelectionQuery("select title from Book order by title", String.class).setPage(Page.page(2, 1))
                    .getResultList()).containsExactly("Poems");
        });
        assertThat(hql("select a.given, count(b), sum(b.price) from Author a left join a.books b group by a.given having count(b) > 1",
                Object[].class)).singleElement().isEqualTo(new Object[] {"Emily", 2L, new BigDecimal("28.00")});
        assertThat(hql("select b.title from Book b where b.price > (select avg(c.price) from Book c)", String.class)).containsExactly(
                "Letters");
        assertThat(hql("select a.given from Author a where exists (select 1 from a.books b where b.genre = SCIENCE)", String.class))
                .containsExactly("Ada");
        assertThat(hql("select a.given from Author a where 'en' member of a.languages", String.class)).containsExactly("Ada");
        assertThat(hql("select b.title from Book b where b.genre is null or b.genre in (POEMS) order by b.title desc nulls last",
                String.class)).containsExactly("Poems", "Letters");
        assertThat(hql("select title from Book where price > 10 union select given from Author where given like 'E%'", String.class))
                .containsExactlyInAnyOrder("Emily", "Letters", "Notes");
        assertThat(hql("select title, rank() over (order by price desc) from Book order by price desc fetch first 1 row only",
                Object[].class)).singleElement().isEqualTo(new Object[] {"Letters", 1L});
        assertThat(hql("with cheap as (select b.title as title, b.price as price from Book b where b.price < 15) "
                + "select c.title from cheap c order by c.price", String.class)).containsExactly("Poems", "Notes");
        assertThat(hql("select b.title from Author a join lateral (select x.title as title from a.books x order by x.price desc limit 1) b "
                + "order by b.title", String.class)).containsExactly("Letters", "Notes");
        assertThat(hql("select listagg(b.title, ', ') within group (order by b.title) from Book b", String.class)).containsExactly(
                "Letters, Notes, Poems");
        assertThat(hql("select case b.genre when POEMS then 'p' else 'o' end, coalesce(cast(b.genre as String), 'none') from Book b "
                + "order by b.title", Object[].class)).extracting(row -> row[0] + " " + row[1]).containsExactly("o none", "o SCIENCE",
                        "p POEMS");
        assertThat(hql("select distinct t.name from Book b join b.tags t order by t.name", String.class)).containsExactly("old", "verse");
    }

    /// HQL expressions, each with what it is.
    private static final List<Object> EXPRESSIONS = List.of(
            "upper('abc')", "ABC",
            "lower('ABC')", "abc",
            "concat('a', 'b', 'c')", "abc",
            "'a' || 'b'", "ab",
            "substring('coconut', 4, 4)", "onut",
            "length('zé')", 2,
            "locate('nut', 'coconut')", 5,
            "position('nut' in 'coconut')", 5,
            "trim(both 'x' from 'xax')", "a",
            "left('abcde', 2)", "ab",
            "right('abcde', 2)", "de",
            "replace('aXc', 'X', 'b')", "abc",
            "pad('7' with 3 leading '0')", "007",
            "repeat('ab', 2)", "abab",
            "abs(-3)", 3,
            "sign(-3)", -1,
            "mod(7, 2)", 1,
            "7 % 2", 1,
            "ceiling(1.2)", 2.0,
            "floor(1.8)", 1.0,
            "round(2.567, 1)", 2.6,
            "truncate(2.567, 1)", 2.5,
            "power(2, 10)", 1024.0,
            "sqrt(16)", 4.0,
            "ln(1)", 0.0,
            "greatest(1, 3, 2)", 3,
            "nullif(2, 1)", 2,
            "coalesce(null, 'x')", "x",
            "cast('12' as Integer) + 1", 13,
            "str(12)", "12",
            "extract(year from date 2026-02-28)", 2026,
            "year(date 2026-02-28)", 2026,
            "month(date 2026-02-28)", 2,
            "extract(day of week from date 2026-02-28)", 7,
            "extract(week from date 2026-02-28)", 9,
            "extract(quarter from date 2026-02-28)", 1,
            "date 2026-01-31 + 1 day", LocalDate.of(2026, 2, 1),
            "date 2026-01-31 + 1 month", LocalDate.of(2026, 2, 28),
            "datetime 2026-01-31 12:00 + 90 minute", LocalDateTime.of(2026, 1, 31, 13, 30),
            "datetime 2026-01-31 12:00 + 1 year - 1 hour", LocalDateTime.of(2027, 1, 31, 11, 0),
            "(date 2026-01-31 - date 2026-01-01) by day", 30L,
            "(datetime 2026-01-31 12:00 - datetime 2026-01-31 10:30) by minute", 90L,
            "truncate(datetime 2026-01-31 12:34:56, month)", LocalDateTime.of(2026, 1, 1, 0, 0),
            "extract(second from datetime 2026-01-31 12:34:56)", 56f);

    @Test
    void updatesAndDeletesInHqlTouchRowsOfOneTableAndOfSeveral() {
        library();
        factory.inTransaction(session -> {
            CardPayment card = new CardPayment();
            card.amount = BigDecimal.TEN;
            card.card = "1234";
            CashPayment cash = new CashPayment();
            cash.amount = BigDecimal.ONE;
            cash.returned = BigDecimal.ZERO;
            session.persist(card);
            session.persist(cash);
        });

        factory.inTransaction(session -> {
            assertThat(session.createMutationQuery("update Book set price = price + 1 where genre = POEMS").executeUpdate()).isEqualTo(1);
            assertThat(session.createMutationQuery("update versioned Author a set a.given = upper(a.given) where a.family like 'D%'")
                    .executeUpdate()).isEqualTo(1);
            assertThat(session.createMutationQuery("update CardPayment set amount = amount * 2, card = 'none' where amount > 5")
                    .executeUpdate())
                            .isEqualTo(1);
            assertThat(session.createMutationQuery("delete from CashPayment where returned = 0").executeUpdate()).isEqualTo(1);
            assertThat(session.createMutationQuery("insert into Tag (id, name) values (?1, 'new') on conflict (name) do nothing")
                    .setParameter(1,
                            UUID.randomUUID()).executeUpdate()).isEqualTo(1);
        });

        assertThat(hql("select price from Book where title = 'Poems'", BigDecimal.class)).containsExactly(new BigDecimal("9.00"));
        assertThat(hql("select given || version from Author where family like 'D%'", String.class)).containsExactly("EMILY1");
        assertThat(hql("from Payment", Entities.Payment.class)).singleElement().isInstanceOfSatisfying(CardPayment.class, payment -> {
            assertThat(payment.amount).isEqualByComparingTo("20");
            assertThat(payment.card).isEqualTo("none");
        });
    }

    @Test
    void functionsOfHqlGiveWhatTheySay() {
        library();
        SoftAssertions softly = new SoftAssertions();
        for (int i = 0; i < EXPRESSIONS.size(); i += 2) {
            String expression = (String) EXPRESSIONS.get(i);
            Object expected = EXPRESSIONS.get(i + 1);
            softly.assertThatCode(() -> {
                Object found = hql("select " + expression + " from Author where given = 'Ada'", Object.class).getFirst();
                assertThat(found instanceof Number && expected instanceof Double ? ((Number) found).doubleValue() : found).isEqualTo(
                        expected);
            }).as(expression).doesNotThrowAnyException();
        }
        softly.assertAll();
        assertThat(hql("select 1 from Author where current_timestamp > datetime 2026-01-01 00:00 and local date >= date 2026-01-01 "
                + "and instant > {ts '2026-01-01 00:00:00'} and given ilike 'a%' and given is distinct from null", Integer.class)).hasSize(
                        1);
    }

    @Test
    void whoWritesAnOldVersionIsRefused() {
        library();
        Author stale = factory.fromTransaction(session -> session.createSelectionQuery("from Author where given = 'Ada'", Author.class)
                .getSingleResult());
        factory.inTransaction(session -> session.find(Author.class, stale.id).given = "Augusta");

        stale.given = "Nobody";
        assertThatThrownBy(() -> factory.inTransaction(session -> session.merge(stale))).isInstanceOf(OptimisticLockException.class);
        assertThat(hql("select given || version from Author where family = 'Lovelace'", String.class)).containsExactly("Augusta1");
    }

    @Test
    void aPessimisticLockLetsTheCommitRestOnTheRow() {
        library();
        Long id = hql("select id from Author where given = 'Ada'", Long.class).getFirst();

        factory.inTransaction(session -> assertThat(session.find(Author.class, id, LockModeType.PESSIMISTIC_WRITE).given).isEqualTo("Ada"));
        assertThatThrownBy(() -> factory.inTransaction(session -> {
            session.createNativeMutationQuery("SET TRANSACTION ISOLATION LEVEL READ COMMITTED").executeUpdate();
            session.find(Author.class, id, LockModeType.PESSIMISTIC_WRITE);
            factory.inTransaction(other -> other.find(Author.class, id).given = "Augusta");
            session.persist(new Tag("late"));
        })).isInstanceOf(TransactionException.class).cause().isInstanceOfSatisfying(SQLTransactionRollbackException.class,
                refused -> assertThat(refused.getSQLState()).isEqualTo("40001"));
        assertThat(hql("select name from Tag where name = 'late'", String.class)).isEmpty();
    }

    @Test
    void brokenConstraintsAreToldWithKindAndName() {
        library();

        assertThatThrownBy(() -> factory.inTransaction(session -> session.persist(new Tag("old")))).isInstanceOfSatisfying(
                ConstraintViolationException.class, failure -> {
                    assertThat(failure.getKind()).isEqualTo(ConstraintKind.UNIQUE);
                    assertThat(failure.getConstraintName()).isEqualTo("tag_name_key");
                });
        // Foreign keys are looked at when the transaction commits.
        assertThatThrownBy(() -> factory.inTransaction(session -> session.createMutationQuery("delete from Author where given = 'Emily'")
                .executeUpdate())).isInstanceOf(TransactionException.class).cause()
                        .isInstanceOfSatisfying(SQLIntegrityConstraintViolationException.class, failure -> assertThat(failure.getSQLState())
                                .isEqualTo("23503"));
    }

    @Test
    void batchesAndStatelessSessionsWriteManyRows() {
        factory.inTransaction(session -> IntStream.range(0, 500).forEach(i -> session.persist(new Tag("t" + i))));
        assertThat(hql("select count(*) from Tag", Long.class)).containsExactly(500L);

        Tag tag = new Tag("again");
        tag.id = UUID.randomUUID();
        try (StatelessSession session = factory.openStatelessSession()) {
            session.beginTransaction();
            session.upsert(tag);
            tag.name = "changed";
            session.upsert(tag);
            session.getTransaction().commit();
        }
        assertThat(hql("select name from Tag where name in ('again', 'changed')", String.class)).containsExactly("changed");
    }
}
