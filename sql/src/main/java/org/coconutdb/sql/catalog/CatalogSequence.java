package org.coconutdb.sql.catalog;

import java.nio.ByteBuffer;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;

/// A sequence that exists: a table of the engine with one row, and the piece of its values that this process may give out. Any thread.
/// ```
///  0      8           9
///  | next | exhausted |      big-endian; next: the first value that nobody has reserved
/// ```
/// Invariants
/// 1. A value is given out after a transaction that moved `next` past it: no crash lets it be given out twice.
/// 2. What is reserved and not given out is lost where the process dies; closing the database gives it back.
public final class CatalogSequence {
    private static final String ENGINE_PREFIX = "SEQUENCE ";
    // The schema of sequences that belong to identity columns; no statement can name it.
    static final String IDENTITY = "IDENTITY";
    private static final byte[] KEY = {0};
    private static final int ROW_BYTES = Long.BYTES + 1;
    // Nobody else writes the row, so a conflict is one with the engine's own work on it.
    private static final int ATTEMPTS_MAX = 50;

    private final CoconutEngine engine;
    private final TableDescriptor descriptor;
    private final SequenceDefinition definition;
    private final String name;
    // The piece: `left` values from `cursor` on.
    private long cursor;
    private int left;

    /// Where the values go on that are not reserved.
    private record Position(long next, boolean exhausted) {}

    CatalogSequence(CoconutEngine engine, TableDescriptor descriptor) {
        this.engine = engine;
        this.descriptor = descriptor;
        this.definition = SequenceDefinition.fromBytes(descriptor.definition());
        this.name = descriptor.name().substring(ENGINE_PREFIX.length());
    }

    /// The engine's name for a sequence: no table's is like it.
    static String engineName(String qualifiedName) {
        return ENGINE_PREFIX + qualifiedName;
    }

    /// The engine's name for the sequence of an identity column.
    static String engineName(IdentityDefinition identity) {
        return engineName(TableDefinition.qualifiedName(IDENTITY, identity.sequence()));
    }

    /// Whether it belongs to an identity column.
    boolean isIdentity() {
        return schema().equals(IDENTITY);
    }

    /// Whether the engine's table holds a sequence.
    static boolean isSequence(TableDescriptor table) {
        return table.name().startsWith(ENGINE_PREFIX);
    }

    public int id() {
        return descriptor.id();
    }

    public SequenceDefinition definition() {
        return definition;
    }

    /// A schema's name has no full stop.
    public String schema() {
        return name.substring(0, name.indexOf('.'));
    }

    public String name() {
        return name.substring(name.indexOf('.') + 1);
    }

    /// `SCHEMA.NAME`.
    public String qualifiedName() {
        return name;
    }

    /// The next value, which nobody has had. SEQUENCE_EXHAUSTED behind the last.
    public synchronized long next() {
        if (left == 0) {
            reserve();
        }
        long value = cursor;
        // Past the last of the piece it may wrap, and is not looked at.
        cursor += definition.increment();
        left--;
        return value;
    }

    private void reserve() {
        for (int attempt = 1;; attempt++) {
            try (Transaction transaction = engine.begin()) {
                Position position = read(transaction);
                if (position.exhausted()) {
                    throw CoconutException.of(ErrorCode.SEQUENCE_EXHAUSTED)
                            .with("sequence", name)
                            .with("minValue", definition.min())
                            .with("maxValue", definition.max())
                            .mend("ALTER SEQUENCE … RESTART WITH a value that is free, or make one with CYCLE or wider bounds.");
                }
                // Values behind this one, as an unsigned number: all of a BIGINT's range is one.
                long further = definition.increment() > 0
                        ? Long.divideUnsigned(definition.max() - position.next(), definition.increment())
                        : Long.divideUnsigned(position.next() - definition.min(), -definition.increment());
                boolean isWhole = Long.compareUnsigned(further, definition.cache()) >= 0;
                int count = isWhole ? definition.cache() : (int) Math.min(further + 1, definition.cache());
                write(transaction, isWhole ? new Position(position.next() + count * definition.increment(), false) : behindLast());
                transaction.commit();
                cursor = position.next();
                left = count;
                return;
            } catch (CoconutException failure) {
                if (failure.code() != ErrorCode.SERIALIZATION_CONFLICT || attempt == ATTEMPTS_MAX) {
                    throw failure;
                }
            }
        }
    }

    private Position behindLast() {
        return new Position(definition.increment() > 0 ? definition.min() : definition.max(), !definition.cycle());
    }

    /// Begins again with the value.
    public synchronized void restart(long value) {
        moveTo(new Position(value, false));
        left = 0;
    }

    /// Gives back what is reserved and was not given out, so that a database that is closed and opened has no gap.
    synchronized void giveBack() {
        if (left > 0) {
            moveTo(new Position(cursor, false));
            left = 0;
        }
    }

    private void moveTo(Position position) {
        for (int attempt = 1;; attempt++) {
            try (Transaction transaction = engine.begin()) {
                write(transaction, position);
                transaction.commit();
                return;
            } catch (CoconutException failure) {
                if (failure.code() != ErrorCode.SERIALIZATION_CONFLICT || attempt == ATTEMPTS_MAX) {
                    throw failure;
                }
            }
        }
    }

    /// Where there is no row nobody has had a value.
    private Position read(Transaction transaction) {
        RecordView row = new RecordView();
        if (!transaction.get(descriptor, KEY, row)) {
            return new Position(definition.start(), false);
        }
        ByteBuffer bytes = ByteBuffer.wrap(row.rowBytes());
        return new Position(bytes.getLong(), bytes.get() != 0);
    }

    private void write(Transaction transaction, Position position) {
        byte[] row = ByteBuffer.allocate(ROW_BYTES).putLong(position.next()).put((byte) (position.exhausted() ? 1 : 0)).array();
        transaction.put(descriptor, KEY, row);
    }

    @Override
    public String toString() {
        return name;
    }
}
