package org.coconutdb.sql.session;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.CommitCheck;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.catalog.CatalogForeignKey;
import org.jspecify.annotations.Nullable;

/// The foreign keys' values that a transaction has touched, and the rule that they are judged by when it commits. One thread.
///
/// Rule: of each foreign key and values V, a row of the parent with V is there, or no row of the child has V.
///
/// Invariant: whoever writes a row of the child with V that had others, or takes a row of the parent with V away, has noted V. So behind each
/// commit the rule holds for what it has noted, and as before for all else. What was noted of a write that is undone again stays: the rule
/// holds for it anyway. docs/decisions/0010-foreign-keys.md argues why others cannot break it between the look and the commit.
final class ForeignKeyCheck implements CommitCheck {
    /// What became of values, from the least to what says the most.
    enum Touch {
        /// A row of the child refers to them.
        REFERRED,
        /// A row of the parent has left them.
        LEFT,
        /// The same, and rows of the child that were there have been deleted or changed for it.
        ACTED
    }

    // Of a note beside its key, in the log: what it lets the commit rest on has a key or two prefixes.
    private static final int NOTE_BYTES = 32;

    // By the keys that rows of the parent have.
    private final Map<CatalogForeignKey, Map<ByteBuffer, Touch>> notes = new LinkedHashMap<>();
    // The first snapshot that rows of a child were looked for at, to be deleted or changed.
    private long actedAt = Long.MAX_VALUE;

    private ForeignKeyCheck() {}

    /// Notes values. TRANSACTION_TOO_LARGE, MEMORY_LIMIT_REACHED.
    static void note(Transaction transaction, CatalogForeignKey foreignKey, byte[] parentKey, Touch touch) {
        ForeignKeyCheck check = transaction.check() instanceof ForeignKeyCheck known ? known : new ForeignKeyCheck();
        transaction.setCheck(check);
        Map<ByteBuffer, Touch> ofKey = check.notes.computeIfAbsent(foreignKey, _ -> new LinkedHashMap<>());
        if (touch == Touch.ACTED) {
            check.actedAt = Math.min(check.actedAt, transaction.snapshotTimestamp());
        }
        Touch before = ofKey.get(ByteBuffer.wrap(parentKey));
        if (before == null) {
            transaction.addNote(NOTE_BYTES + 2L * parentKey.length);
        }
        if (before == null || before.compareTo(touch) < 0) {
            ofKey.put(ByteBuffer.wrap(parentKey), touch);
        }
    }

    @Override
    public void judge(Transaction transaction) {
        RecordView view = new RecordView();
        notes.forEach((foreignKey, touched) -> touched.forEach((key, touch) -> judge(transaction, foreignKey, bytes(key), touch, view)));
    }

    /// The bytes that a key of a map has.
    static byte[] bytes(ByteBuffer key) {
        byte[] bytes = new byte[key.remaining()];
        key.duplicate().get(bytes);
        return bytes;
    }

    private void judge(Transaction transaction, CatalogForeignKey foreignKey, byte[] parentKey, Touch touch, RecordView view) {
        boolean isThere = transaction.restOnRow(foreignKey.parentTable(), parentKey, view);
        if (isThere && view.ttlSeconds() != 0) {
            throw expires(foreignKey, foreignKey.valuesOf(parentKey));
        }
        if (isThere && touch != Touch.ACTED) {
            return;
        }
        @Nullable Object[] values = foreignKey.valuesOf(parentKey);
        KeyRange range = foreignKey.childRange(values);
        transaction.restOnRange(foreignKey.childTable(), range);
        if (isThere || !hasRow(transaction, foreignKey, range, view)) {
            return;
        }
        if (touch == Touch.ACTED && view.commitTimestamp() > actedAt) {
            // It came behind the action, which would have taken it along.
            throw CoconutException.of(ErrorCode.SERIALIZATION_CONFLICT)
                    .with("table", foreignKey.child())
                    .with("constraint", foreignKey)
                    .mend("Nothing was changed: run the transaction again.");
        }
        throw touch == Touch.REFERRED ? noParent(foreignKey, values) : stillReferred(foreignKey, values);
    }

    /// Whether a row of the child is in the range, which the view then shows, or its entry.
    static boolean hasRow(Transaction transaction, CatalogForeignKey foreignKey, KeyRange range, RecordView view) {
        Scan rows = transaction.look(foreignKey.childTable(), range);
        while (rows.next(view)) {
            // An entry may outlive a row that expires.
            if (view.ttlSeconds() == 0
                    || transaction.inspect(foreignKey.child().descriptor(), foreignKey.childKey(view), new RecordView())) {
                return true;
            }
        }
        return false;
    }

    /// A row refers to what is not there.
    static CoconutException noParent(CatalogForeignKey foreignKey, @Nullable Object[] values) {
        return violation(foreignKey, values)
                .mend(foreignKey.parent() + " has no row with " + SqlErrors.text(foreignKey.parent(), foreignKey.parentColumns(), values)
                        + ": insert that first, or in the same transaction.");
    }

    /// A row refers to one that will be gone by itself.
    static CoconutException expires(CatalogForeignKey foreignKey, @Nullable Object[] values) {
        return violation(foreignKey, values)
                .mend("The row of " + foreignKey.parent() + " that it refers to expires: UPDATE that WITH (ttl = 0) first.");
    }

    private static CoconutException stillReferred(CatalogForeignKey foreignKey, @Nullable Object[] values) {
        return violation(foreignKey, values)
                .mend("Rows of " + foreignKey.child() + " still refer to the row of " + foreignKey.parent()
                        + " that is deleted or changed: delete or change them first, or in the same transaction.");
    }

    /// The statement is refused, and not the commit.
    static CoconutException restricted(CatalogForeignKey foreignKey, @Nullable Object[] values, boolean isDeleted) {
        return violation(foreignKey, values)
                .mend("Rows of " + foreignKey.child() + " refer to the row of " + foreignKey.parent() + ", and ON "
                        + (isDeleted ? "DELETE" : "UPDATE") + " RESTRICT keeps it: delete or change them first.");
    }

    private static CoconutException violation(CatalogForeignKey foreignKey, @Nullable Object[] values) {
        List<Integer> columns = foreignKey.definition().columns();
        return CoconutException.of(ErrorCode.FOREIGN_KEY_VIOLATION)
                .with("table", foreignKey.child())
                .with("constraint", foreignKey)
                .with("key", SqlErrors.text(foreignKey.child(), columns, values))
                .with("references", foreignKey.parent());
    }
}
