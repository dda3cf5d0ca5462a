package org.coconutdb.sql.session;

import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.ReadPolicy;
import org.coconutdb.jdbc.session.KeyRequest;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionStatement;
import org.coconutdb.sql.parser.ReadPolicies;
import org.coconutdb.sql.access.Role;
import org.coconutdb.sql.access.Viewer;
import org.coconutdb.sql.parser.SessionSetting;
import org.coconutdb.sql.run.ProductVersion;
import org.jspecify.annotations.Nullable;

/// A session on a database in this process. One thread at a time, but for [EmbeddedStatement#cancel].
final class EmbeddedSession implements Session {
    private final Databases.Share share;
    private final Set<EmbeddedStatement> statements = ConcurrentHashMap.newKeySet();
    private final SessionTransactions transactions;
    private final StatementRuns runs;
    private final SessionSettings settings;
    private final SessionUser user;
    private final long openedMillis = System.currentTimeMillis();
    private final long number;
    private volatile @Nullable EmbeddedBatch batch; // that runs
    private volatile boolean closed;

    /// @param login whose it is; null: the database's owner's
    /// @param url what the session begins with
    EmbeddedSession(Databases.Share share, @Nullable Role login, ConnectionUrl url) {
        this.user = new SessionUser(share.database().catalog(), login);
        this.share = share;
        this.settings = new SessionSettings(share.database().catalog(), url.schema(), url.timeZone(), url.reads());
        this.transactions = new SessionTransactions(share.database().engine(), settings);
        this.runs = new StatementRuns(share.database(), transactions, settings);
        this.number = share.database().sessions().add(this);
    }

    long openedMillis() {
        return openedMillis;
    }

    /// Null: the database's owner.
    @Nullable
    String userName() {
        return user.name();
    }

    /// A batch begins; null: it has ended.
    void runs(@Nullable EmbeddedBatch begun) {
        batch = begun;
    }

    /// What it runs now. Any thread.
    List<RunningStatement> running() {
        List<RunningStatement> running = new ArrayList<>();
        for (EmbeddedStatement statement : statements) {
            RunningStatement now = statement.now();
            if (now != null) {
                running.add(now);
            }
        }
        EmbeddedBatch many = batch;
        RunningStatement now = many == null ? null : many.now();
        if (now != null) {
            running.add(now);
        }
        return running;
    }

    Database database() {
        return share.database();
    }

    SessionTransactions transactions() {
        return transactions;
    }

    StatementRuns runs() {
        return runs;
    }

    /// Who runs its statements. INVALID_AUTHORIZATION where that is nobody any more.
    Viewer viewer() {
        return user.viewer();
    }

    /// INSUFFICIENT_PRIVILEGE. To be asked of each plan that a statement gets, once: what is allowed changes with the catalogue's version, and the plan
    /// with it.
    void requireAllowed(Database.Prepared prepared) {
        user.viewer().require(prepared.needs());
    }

    /// A failure of an execution as the client is told it.
    SQLException told(Throwable failure, ExecutionSignal signal) {
        SQLException told = SqlErrors.of(failure, closed ? null : database().catalog().snapshot());
        if (ErrorCode.STATEMENT_CANCELLED.sqlState().equals(told.getSQLState()) && signal.isTimedOut()) {
            return new SQLTimeoutException("the statement took longer than its query timeout of " + signal.timeoutSeconds()
                    + " s. Give it more time (setQueryTimeout), or make it read less.", told.getSQLState(), told);
        }
        return told;
    }

    @Override
    public SessionStatement prepare(String sql, KeyRequest keys) throws SQLException {
        return answering(() -> {
            Database.Prepared prepared = database().compile(sql, settings.schema());
            requireAllowed(prepared);
            return added(new EmbeddedStatement(this, sql, prepared, keys));
        });
    }

    @Override
    public SessionStatement text(String sql, KeyRequest keys) throws SQLException {
        return answering(() -> added(new EmbeddedStatement(this, sql, null, keys)));
    }

    private SessionStatement added(EmbeddedStatement statement) {
        statements.add(statement);
        return statement;
    }

    @Override
    public SessionStatement prepareBatch(List<String> texts) throws SQLException {
        return answering(() -> new EmbeddedBatch(this, texts));
    }

    // ---- transactions

    /// What a method answers, while the session is open; failures as the client is told them.
    private <T> T answering(Supplier<T> work) throws SQLException {
        try {
            requireOpen();
            return work.get();
        } catch (RuntimeException | Error failure) {
            throw SqlErrors.of(failure, closed ? null : database().catalog().snapshot());
        }
    }

    private void doing(Runnable work) throws SQLException {
        answering(() -> {
            work.run();
            return true;
        });
    }

    @Override
    public boolean autoCommit() {
        return transactions.autoCommit();
    }

    @Override
    public void setAutoCommit(boolean autoCommit) throws SQLException {
        doing(() -> transactions.setAutoCommit(autoCommit));
    }

    @Override
    public boolean inTransaction() {
        return transactions.open() != null;
    }

    @Override
    public void commit() throws SQLException {
        doing(transactions::commit);
    }

    @Override
    public void rollback() throws SQLException {
        doing(transactions::rollback);
    }

    @Override
    public int setSavepoint(@Nullable String name) throws SQLException {
        return answering(() -> transactions.setSavepoint(name));
    }

    @Override
    public void rollbackTo(int savepoint) throws SQLException {
        doing(() -> transactions.rollbackTo(savepoint));
    }

    @Override
    public void releaseSavepoint(int savepoint) throws SQLException {
        doing(() -> transactions.releaseSavepoint(savepoint));
    }

    @Override
    public int isolation() {
        return transactions.traits().level();
    }

    @Override
    public void setIsolation(int level) throws SQLException {
        doing(() -> transactions.setDefaults(transactions.defaults().withLevel(level)));
    }

    @Override
    public boolean isReadOnly() {
        return transactions.traits().readOnly();
    }

    @Override
    public void setReadOnly(boolean readOnly) throws SQLException {
        doing(() -> transactions.setDefaults(transactions.defaults().withReadOnly(readOnly)));
    }

    // ---- state of the session

    void requireOpen() {
        if (closed) {
            throw CoconutException.of(ErrorCode.CONNECTION_CLOSED).mend("Open another one.");
        }
    }

    void forget(EmbeddedStatement statement) {
        statements.remove(statement);
    }

    @Override
    public String schema() {
        return settings.schema();
    }

    @Override
    public void setSchema(String name) throws SQLException {
        doing(() -> settings.apply(new SessionSetting.Schema(name)));
    }

    @Override
    public ZoneId timeZone() {
        return settings.timeZone();
    }

    @Override
    public String readPolicy() {
        return ReadPolicies.text(settings.reads());
    }

    ReadPolicy reads() {
        return settings.reads();
    }

    @Override
    public String productVersion() {
        return ProductVersion.NUMBER;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    /// Rolls the open transaction back, and closes statements and their cursors, so that the database can be closed behind the last session.
    @Override
    public void close() throws SQLException {
        if (closed) {
            return;
        }
        closed = true;
        database().sessions().remove(number);
        try {
            for (EmbeddedStatement statement : statements) {
                statement.close();
            }
            transactions.rollback();
            share.close();
        } catch (RuntimeException | Error failure) {
            throw SqlErrors.of(failure, null);
        }
    }
}
