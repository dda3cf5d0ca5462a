package org.coconutdb.jdbc;

import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Types;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.jdbc.session.KeyRequest;
import org.coconutdb.jdbc.session.RowCursor;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionStatement;
import org.jspecify.annotations.Nullable;

/// A session without a database. Its statements are words:
///
/// | SQL | does |
/// |---|---|
/// | `ROWS n` | answers the numbers from 1 to n, as far as the limit of rows allows |
/// | `COUNT n` | has changed n rows |
/// | `ECHO type …` | takes a parameter of each type and answers them as a row |
/// | `STORE type …` | takes a parameter of each type and has changed a row; in a batch, 'refuse' fails |
/// | `BEGIN`, `END` | opens a transaction, ends it |
/// | `FAIL state` | fails with the SQLSTATE |
/// | `WAIT` | waits until it is cancelled, then fails with 57014 |
final class FakeSession implements Session {
    final List<String> log = Collections.synchronizedList(new ArrayList<>());
    final CountDownLatch waiting = new CountDownLatch(1);
    volatile boolean conflicting;
    private String schema = "PUBLIC";
    private boolean autoCommit = true;
    private boolean inTransaction;
    private boolean readOnly;
    private int isolation = Connection.TRANSACTION_SERIALIZABLE;
    private int savepoints;
    private volatile boolean closed;
    volatile @Nullable ZoneId zone; // null: the process's, as it is at the moment

    static ColumnInfo column(String label, int jdbcType, String typeName) {
        return new ColumnInfo(label, label, "T", "PUBLIC", jdbcType, typeName, "java.lang.Object", 10, 0, true);
    }

    private static ColumnInfo parameter(String typeName) {
        int jdbcType = switch (typeName) {
            case "DATE" -> Types.DATE;
            case "TIME" -> Types.TIME;
            case "TIMESTAMP" -> Types.TIMESTAMP;
            case "INSTANT" -> Types.TIMESTAMP_WITH_TIMEZONE;
            case "INTEGER" -> Types.INTEGER;
            default -> Types.VARCHAR;
        };
        return column(typeName, jdbcType, typeName);
    }

    @Override
    public SessionStatement prepare(String sql, KeyRequest keys) throws SQLException {
        String[] words = sql.split(" ", -1);
        return switch (words[0]) {
            case "ROWS", "COUNT", "ECHO", "STORE", "FAIL", "WAIT", "BEGIN", "END" -> new Statement(words);
            default -> throw new SQLException("the statement cannot be parsed", "42601");
        };
    }

    @Override
    public SessionStatement prepareBatch(List<String> statements) {
        return new Batch(statements);
    }

    @Override
    public boolean autoCommit() {
        return autoCommit;
    }

    @Override
    public void setAutoCommit(boolean on) throws SQLException {
        if (on != autoCommit) {
            commit();
            autoCommit = on;
        }
    }

    @Override
    public boolean inTransaction() {
        return inTransaction;
    }

    @Override
    public void commit() throws SQLException {
        log.add("commit");
        inTransaction = false;
        if (conflicting) {
            throw new SQLException("another was quicker", "40001");
        }
    }

    @Override
    public void rollback() {
        log.add("rollback");
        inTransaction = false;
    }

    @Override
    public int setSavepoint(@Nullable String name) {
        savepoints++;
        inTransaction = true;
        log.add("savepoint " + savepoints + " " + name);
        return savepoints;
    }

    @Override
    public void rollbackTo(int savepoint) {
        log.add("rollback to " + savepoint);
    }

    @Override
    public void releaseSavepoint(int savepoint) {
        log.add("release " + savepoint);
    }

    @Override
    public int isolation() {
        return isolation;
    }

    @Override
    public void setIsolation(int level) {
        isolation = level;
    }

    @Override
    public boolean isReadOnly() {
        return readOnly;
    }

    @Override
    public void setReadOnly(boolean only) {
        readOnly = only;
    }

    @Override
    public String schema() {
        return schema;
    }

    @Override
    public void setSchema(String name) throws SQLException {
        if (!name.equals("PUBLIC") && !name.equals("SYSTEM")) {
            throw new SQLException("no such schema", "3F000");
        }
        schema = name;
    }

    @Override
    public String readPolicy() {
        return "local";
    }

    @Override
    public ZoneId timeZone() {
        ZoneId set = zone;
        return set == null ? ZoneId.systemDefault() : set;
    }

    @Override
    public String productVersion() {
        return "7.8.9-test";
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        log.add("session closed");
    }

    private final class Batch implements SessionStatement {
        private final List<String> texts;

        Batch(List<String> texts) {
            this.texts = texts;
        }

        @Override
        public List<ColumnInfo> columns() {
            return List.of();
        }

        @Override
        public List<ColumnInfo> parameters() {
            return List.of();
        }

        @Override
        public Answer execute(@Nullable Object[] parameters, Limits limits) {
            throw new AssertionError("a batch is executed as one");
        }

        @Override
        public long[] executeBatch(List<@Nullable Object[]> rows, Limits limits) throws SQLException {
            long[] counts = new long[texts.size()];
            for (int i = 0; i < counts.length; i++) {
                try {
                    counts[i] = prepare(texts.get(i)).execute(rows.get(i), limits).updateCount();
                } catch (SQLException failure) {
                    throw new BatchUpdateException(failure.getMessage(), failure.getSQLState(), 0, Arrays.copyOf(counts, i), failure);
                }
            }
            return counts;
        }

        @Override
        public void cancel() {
            throw new AssertionError("nothing to cancel");
        }

        @Override
        public void close() {
            log.add("closed batch");
        }
    }

    private final class Statement implements SessionStatement {
        private final String[] words;
        private final List<ColumnInfo> types;
        private final CountDownLatch cancelled = new CountDownLatch(1);

        Statement(String[] words) {
            this.words = words;
            boolean takes = words[0].equals("ECHO") || words[0].equals("STORE");
            this.types = takes ? Arrays.stream(words).skip(1).map(FakeSession::parameter).toList() : List.of();
        }

        @Override
        public List<ColumnInfo> columns() {
            return switch (words[0]) {
                case "ROWS" -> List.of(column("N", Types.INTEGER, "INTEGER"));
                case "ECHO" -> types;
                default -> List.of();
            };
        }

        @Override
        public List<ColumnInfo> parameters() {
            return types;
        }

        @Override
        public Answer execute(@Nullable Object[] parameters, Limits limits) throws SQLException {
            log.add(String.join(" ", words) + " maxRows=" + limits.maxRows() + " timeout=" + limits.timeoutSeconds());
            inTransaction = words[0].equals("BEGIN") || ((inTransaction || !autoCommit) && !words[0].equals("END"));
            switch (words[0]) {
                case "ROWS" -> {
                    List<@Nullable Object[]> rows = new ArrayList<>();
                    for (int i = 1; i <= Integer.parseInt(words[1]) && (limits.maxRows() == 0 || i <= limits.maxRows()); i++) {
                        rows.add(new Object[] {i});
                    }
                    return new Answer(new Cursor(rows), -1);
                }
                case "ECHO" -> {
                    return new Answer(new Cursor(Collections.singletonList(parameters)), -1);
                }
                case "BEGIN", "END" -> {
                    return new Answer(null, 0);
                }
                case "COUNT" -> {
                    if (readOnly) {
                        throw new SQLException("the transaction may only read", "25006");
                    }
                    return new Answer(null, Long.parseLong(words[1]));
                }
                case "STORE" -> {
                    return new Answer(null, 1);
                }
                case "FAIL" -> throw new SQLException("failed as asked", words[1]);
                default -> {
                    waiting.countDown();
                    awaitCancel();
                    throw new SQLException("the statement was cancelled", "57014");
                }
            }
        }

        private void awaitCancel() {
            try {
                if (!cancelled.await(120, TimeUnit.SECONDS)) {
                    throw new AssertionError("nobody cancelled");
                }
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }

        @Override
        public long[] executeBatch(List<@Nullable Object[]> rows, Limits limits) throws SQLException {
            long[] counts = new long[rows.size()];
            for (int i = 0; i < counts.length; i++) {
                if ("refuse".equals(rows.get(i)[0])) {
                    throw new BatchUpdateException("refused", "23505", 0, Arrays.copyOf(counts, i), null);
                }
                log.add("batch " + Arrays.toString(rows.get(i)));
                counts[i] = 1;
            }
            return counts;
        }

        @Override
        public void cancel() {
            cancelled.countDown();
        }

        @Override
        public void close() {
            log.add("closed " + String.join(" ", words));
        }

        private final class Cursor implements RowCursor {
            private final List<@Nullable Object[]> rows;
            private int position = -1;

            Cursor(List<@Nullable Object[]> rows) {
                this.rows = rows;
            }

            @Override
            public boolean next() {
                position++;
                return position < rows.size();
            }

            @Override
            public @Nullable Object get(int column) {
                return rows.get(position)[column];
            }

            @Override
            public void close() {
                log.add("cursor closed");
            }
        }
    }
}
