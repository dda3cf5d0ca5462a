package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.SQLException;
import java.util.Properties;
import org.coconutdb.jdbc.session.RowCursor;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionStatement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// How the policy of reads is said. What each does is of clusters: `ReadPoliciesIT`.
class ReadPolicyTest {
    private static final String URL = "jdbc:coconut:mem:;memory.lock=off;blocks=1";

    private static Session open(String more) throws SQLException {
        return new EmbeddedProvider().open(URL + more, new Properties());
    }

    private static void run(Session session, String sql) throws SQLException {
        try (SessionStatement statement = session.prepare(sql)) {
            statement.execute(new Object[0], Session.Limits.NONE);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|',
            value = {"SET READ PRIMARY | primary",
                    "SET READ LOCAL | local",
                    "set read 'primary' | primary",
                    "SET READ ' Stale( 90 s ) ' | stale(90s)",
                    "SET READ 'stale(250ms)' | stale(250ms)",
                    "SET READ 'stale(1d)' | stale(86400s)",
                    "SET READ DEFAULT | stale(5s)"})
    void setSaysOnWhatReadsRest(String sql, String expected) throws SQLException {
        try (Session session = open(";read=stale(5s)")) {
            assertThat(session.readPolicy()).isEqualTo("stale(5s)");
            run(session, "SET READ 'stale(1s)'");

            run(session, sql);

            assertThat(session.readPolicy()).isEqualTo(expected);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"nearest", "'stale'", "'stale()'", "'stale(0s)'", "'stale(2d)'", "'stale(soon)'", "'stale(5s'", "''"})
    void anotherWordIsRefusedWithThoseThatThereAre(String word) throws SQLException {
        try (Session session = open("")) {
            SQLException failure = catchThrowableOfType(SQLException.class, () -> run(session, "SET READ " + word));
            assertThat(failure.getSQLState()).isEqualTo("22023");
            assertThat(failure.getMessage()).contains("local, primary or stale(age)");
            assertThat(session.readPolicy()).isEqualTo("local");
        }
        SQLException failure = catchThrowableOfType(SQLException.class, () -> open(";read=" + word).close());
        assertThat(failure.getMessage()).contains("local, primary or stale(age)");
    }

    @Test
    void aDatabaseOfOneProcessReadsAsAlways() throws SQLException {
        for (String policy : new String[] {"local", "primary", "stale(1h)"}) {
            try (Session session = open(";read=" + policy)) {
                run(session, "CREATE TABLE t (id INT PRIMARY KEY)");
                run(session, "INSERT INTO t VALUES (1)");
                try (SessionStatement lookup = session.prepare("SELECT id FROM t WHERE id = 1");
                        RowCursor rows = lookup.execute(new Object[0], Session.Limits.NONE).rows()) {
                    assertThat(rows.next()).isTrue();
                }
            }
        }
    }
}
