package org.coconutdb.sql.session;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.catalog.CatalogForeignKey;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.parser.ReferentialAction;
import org.jspecify.annotations.Nullable;

/// What one run of a statement does to rows that refer to those it has deleted or changed: ON DELETE and ON UPDATE. One thread.
///
/// It goes in *passes*, each over one foreign key and all values that rows of its parent have left. A pass sees what those before it wrote and
/// not what it writes itself, so that values which rows pass on to each other (`SET id = id + 1`) are followed at once. What its own writes
/// leave is for later passes.
///
/// Invariants
/// 1. A row is changed once for a foreign key, be it by the statement or by a pass: then values that go round a circle of tables come to rest.
/// 2. A row that is deleted is seen by no later pass: circles of deletions end.
/// 3. Nothing is gathered that is not counted as the transaction's ([ForeignKeyCheck#note]); children are read and written one by one.
final class ReferentialActions {
    private static final @Nullable Object[] NO_VALUES = {};

    /// What values became.
    ///
    /// @param values of the row as it is now, NULL among them; null where it was deleted
    private record Left(TableReferences references, @Nullable Object @Nullable [] values) {}

    private record Pass(CatalogForeignKey foreignKey, Map<ByteBuffer, Left> left) {}

    private final Execution execution;
    private final Transaction transaction;
    // By foreign key, and the key that the row of its parent had.
    private Map<CatalogForeignKey, Map<ByteBuffer, Left>> gathered = new LinkedHashMap<>();
    private final Deque<Pass> waiting = new ArrayDeque<>();
    // Primary keys, as they are now, of rows whose values of a foreign key were changed: by now, and by the pass at hand.
    private final Map<CatalogForeignKey, Set<ByteBuffer>> changed = new HashMap<>();
    private Map<CatalogForeignKey, Set<ByteBuffer>> changing = new HashMap<>();

    ReferentialActions(Execution execution) {
        this.execution = execution;
        this.transaction = execution.transaction();
    }

    /// Says that a row has left its place, or its values.
    ///
    /// @param references of the row's table
    /// @param after the row as it is now; null where it is gone
    void left(TableReferences references, @Nullable Object[] before, @Nullable Object @Nullable [] after) {
        for (CatalogForeignKey foreignKey : references.incoming()) {
            @Nullable Object[] values = foreignKey.parentValues(before);
            if (values == null) {
                continue;
            }
            byte[] key = foreignKey.parentKey(values);
            ReferentialAction action = after == null ? foreignKey.definition().onDelete() : foreignKey.definition().onUpdate();
            if (after != null && isSame(foreignKey, key, after)) {
                // Perhaps it has come back to them.
                Map<ByteBuffer, Left> left = gathered.get(foreignKey);
                if (left != null) {
                    left.remove(ByteBuffer.wrap(key));
                }
                continue;
            }
            boolean acts = action != ReferentialAction.NO_ACTION && action != ReferentialAction.RESTRICT;
            ForeignKeyCheck.note(transaction, foreignKey, key, acts ? ForeignKeyCheck.Touch.ACTED : ForeignKeyCheck.Touch.LEFT);
            if (action != ReferentialAction.NO_ACTION) {
                gathered.computeIfAbsent(foreignKey, _ -> new LinkedHashMap<>())
                        .put(ByteBuffer.wrap(key), new Left(references, after == null ? null : foreignKey.parentColumnsOf(after)));
            }
        }
    }

    private static boolean isSame(CatalogForeignKey foreignKey, byte[] key, @Nullable Object[] after) {
        @Nullable Object[] values = foreignKey.parentValues(after);
        return values != null && Arrays.equals(foreignKey.parentKey(values), key);
    }

    /// Says that a row's values of a foreign key were changed.
    void changed(CatalogForeignKey foreignKey, byte[] primaryKey) {
        if (foreignKey.definition().onUpdate() != ReferentialAction.NO_ACTION) {
            changing.computeIfAbsent(foreignKey, _ -> new HashSet<>()).add(ByteBuffer.wrap(primaryKey));
        }
    }

    /// Behind the statement's last row: does what is to be done, and what that entails.
    void run() {
        queue();
        while (!waiting.isEmpty()) {
            Pass pass = waiting.poll();
            transaction.continueStatement();
            run(pass);
            queue();
        }
    }

    /// What is restricted comes first: it may end the statement.
    private void queue() {
        gathered.forEach((foreignKey, left) -> {
            Pass pass = new Pass(foreignKey, left);
            if (isRestricted(foreignKey)) {
                waiting.addFirst(pass);
            } else {
                waiting.addLast(pass);
            }
        });
        gathered = new LinkedHashMap<>();
        changing.forEach((foreignKey, keys) -> changed.computeIfAbsent(foreignKey, _ -> new HashSet<>()).addAll(keys));
        changing = new HashMap<>();
    }

    private static boolean isRestricted(CatalogForeignKey foreignKey) {
        return foreignKey.definition().onDelete() == ReferentialAction.RESTRICT
                || foreignKey.definition().onUpdate() == ReferentialAction.RESTRICT;
    }

    private void run(Pass pass) {
        CatalogForeignKey foreignKey = pass.foreignKey();
        RowChanges changes = null;
        TableReferences.Referring referring = null;
        for (Map.Entry<ByteBuffer, Left> entry : pass.left().entrySet()) {
            execution.checkCancelled();
            Left left = entry.getValue();
            @Nullable Object[] values = foreignKey.valuesOf(ForeignKeyCheck.bytes(entry.getKey()));
            KeyRange range = foreignKey.childRange(values);
            ReferentialAction action = left.values() == null ? foreignKey.definition().onDelete() : foreignKey.definition().onUpdate();
            if (action == ReferentialAction.RESTRICT) {
                if (ForeignKeyCheck.hasRow(transaction, foreignKey, range, new RecordView())) {
                    throw ForeignKeyCheck.restricted(foreignKey, values, left.values() == null);
                }
                continue;
            }
            if (changes == null || referring == null) {
                referring = left.references().referring(foreignKey);
                changes = new RowChanges(referring.writer(), execution, this);
            }
            act(foreignKey, referring, changes, range, action, left.values());
        }
        if (changes != null) {
            changes.finishRows();
        }
    }

    private void act(
            CatalogForeignKey foreignKey,
            TableReferences.Referring referring,
            RowChanges changes,
            KeyRange range,
            ReferentialAction action,
            @Nullable Object @Nullable [] parentValues) {
        CatalogTable child = foreignKey.child();
        RecordView entry = new RecordView();
        RecordView view = new RecordView();
        Scan entries = transaction.look(foreignKey.childTable(), range);
        while (entries.next(entry)) {
            execution.checkCancelled();
            byte[] key = foreignKey.childKey(entry);
            if (!transaction.get(child.descriptor(), key, view)) {
                // Its time is over, and the entry's not yet.
                continue;
            }
            @Nullable Object[] before = child.rowVersions().decode(view.rowBytes());
            if (parentValues == null && action == ReferentialAction.CASCADE) {
                changes.delete(key, before);
            } else if (!changed.getOrDefault(foreignKey, Set.of()).contains(ByteBuffer.wrap(key))) {
                @Nullable Object[] row = before.clone();
                foreignKey.setChildValues(row, newValues(foreignKey, referring.rules(), action, parentValues));
                requireNotNull(foreignKey, row);
                byte[] newKey = referring.writer().key(row);
                referring.writer().check(execution, row);
                changes.update(key, before, newKey, row, TimeToLive.KEEP_SECONDS);
            }
        }
    }

    private @Nullable Object[] newValues(
            CatalogForeignKey foreignKey,
            TableRules rules,
            ReferentialAction action,
            @Nullable Object @Nullable [] parentValues) {
        if (action == ReferentialAction.CASCADE && parentValues != null) {
            return parentValues;
        }
        int count = foreignKey.definition().columns().size();
        @Nullable Object[] values = new @Nullable Object[count];
        for (int i = 0; i < count && action == ReferentialAction.SET_DEFAULT; i++) {
            values[i] = rules.valueOf(foreignKey.definition().columns().get(i)).value(execution, NO_VALUES, null);
        }
        return values;
    }

    private static void requireNotNull(CatalogForeignKey foreignKey, @Nullable Object[] row) {
        for (int column : foreignKey.definition().columns()) {
            ColumnDefinition definition = foreignKey.child().definition().columns().get(column);
            if (row[column] == null && !definition.nullable()) {
                throw CoconutException.of(ErrorCode.NULL_NOT_ALLOWED)
                        .with("table", foreignKey.child())
                        .with("column", definition.name())
                        .with("constraint", foreignKey)
                        .mend("Rows that refer to the deleted or changed row cannot have NULL there: delete or change them first.");
            }
        }
    }
}
