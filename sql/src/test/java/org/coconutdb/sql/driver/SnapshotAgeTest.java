package org.coconutdb.sql.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Result sets that nobody reads on or closes, with the real housekeeper. (The engine's tests set the clock.)
class SnapshotAgeTest {
    private static final int IDLE = 60;

    @Test
    void anIdleResultSetFailsWhenItsSnapshotIsTooOld() throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:coconut:mem:;memory.lock=off;blocks=1;snapshot.age.max=1s");
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE t (id INT PRIMARY KEY, text VARCHAR(10)) USING SORTED");
            statement.execute("INSERT INTO t VALUES (1, 'one'), (2, 'two'), (3, 'three')");
            // Each is looked at once, so that looking keeps none of them from being idle.
            List<ResultSet> idle = new ArrayList<>();
            for (int i = 0; i < IDLE; i++) {
                idle.add(connection.createStatement().executeQuery("SELECT id, text FROM t ORDER BY id"));
                assertThat(idle.getLast().next()).isTrue();
            }
            statement.execute("UPDATE t SET text = 'changed'");

            SQLException failure = firstFailure(idle);

            assertThat(failure != null).as("one failed").isTrue();
            assertThat(failure.getSQLState()).isEqualTo("72000");
            assertThat(failure.getMessage()).contains("ageMaxSeconds=1").contains("raise snapshot.age.max");
            try (ResultSet rows = statement.executeQuery("SELECT COUNT(*) FROM t WHERE text = 'changed'")) {
                assertThat(rows.next()).isTrue();
                assertThat(rows.getInt(1)).isEqualTo(3);
            }
        }
    }

    /// One after the other, for half a minute at most; those that do not fail show their snapshot.
    private static @Nullable SQLException firstFailure(List<ResultSet> idle) throws SQLException {
        for (ResultSet rows : idle) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
            // What was fetched is the client's.
            assertThat(rows.getString(2)).isEqualTo("one");
            try {
                rows.next();
            } catch (SQLException failure) {
                return failure;
            }
            assertThat(rows.getString(2)).isEqualTo("two");
        }
        return null;
    }
}
