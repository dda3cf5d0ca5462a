package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDdl;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.coconutdb.sql.catalog.CatalogSequence;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.parser.Refusals;
import org.coconutdb.sql.plan.SequenceFunction;
import org.jspecify.annotations.Nullable;

/// Finds NEXT VALUE FOR and CURRENT VALUE FOR in statements, puts what the planner can carry out in their place, and says where NEXT VALUE
/// FOR may stand.
final class SequenceCalls {
    // Among a SqlSelect's operands.
    private static final int SELECT_LIST = 1;

    private SequenceCalls() {}

    /// The tree with its sequences resolved, in place but for the root. UNDEFINED_SEQUENCE.
    ///
    /// @param schema of names without one
    static SqlNode resolve(SqlNode root, CatalogSnapshot catalog, String schema) {
        if (isUnresolved(root)) {
            return resolved((SqlCall) root, catalog, schema);
        }
        if (root instanceof SqlDdl) {
            // Its expressions are kept as text, and compiled one by one.
            return root;
        }
        if (root instanceof SqlNodeList list) {
            for (int i = 0; i < list.size(); i++) {
                SqlNode child = list.get(i);
                if (child != null && isUnresolved(child)) {
                    list.set(i, resolved((SqlCall) child, catalog, schema));
                } else if (child != null) {
                    resolve(child, catalog, schema);
                }
            }
        } else if (root instanceof SqlCall call) {
            List<@Nullable SqlNode> operands = new ArrayList<>(call.getOperandList());
            for (int i = 0; i < operands.size(); i++) {
                SqlNode child = operands.get(i);
                if (child != null && isUnresolved(child)) {
                    call.setOperand(i, resolved((SqlCall) child, catalog, schema));
                } else if (child != null) {
                    resolve(child, catalog, schema);
                }
            }
        }
        return root;
    }

    private static boolean isUnresolved(SqlNode node) {
        return node.getKind() == SqlKind.NEXT_VALUE || node.getKind() == SqlKind.CURRENT_VALUE;
    }

    private static SqlNode resolved(SqlCall call, CatalogSnapshot catalog, String schema) {
        CatalogSequence sequence = catalog.requireSequence((SqlIdentifier) call.operand(0), schema);
        return new SequenceFunction(sequence.id(), sequence.qualifiedName(), call.getKind() == SqlKind.NEXT_VALUE)
                .createCall(call.getParserPosition());
    }

    /// The sequence that a node alone is the next value of; null where it is something else.
    static @Nullable SequenceFunction nextValue(SqlNode node) {
        return node instanceof SqlCall call && call.getOperator() instanceof SequenceFunction function && function.isNext()
                ? function
                : null;
    }

    /// NOT_SUPPORTED where NEXT VALUE FOR stands anywhere but in the values of VALUES or in the outermost select list of a plain SELECT:
    /// only there it is clear how often it is computed.
    static void requirePlaces(SqlNode query) {
        Outside outside = new Outside();
        Inside inside = new Inside(outside);
        if (query instanceof SqlSelect select && isPlain(select)) {
            List<@Nullable SqlNode> operands = new ArrayList<>(select.getOperandList());
            operands.remove(SELECT_LIST);
            for (SqlNode operand : operands) {
                if (operand != null) {
                    operand.accept(outside);
                }
            }
            select.getSelectList().accept(inside);
        } else if (query.getKind() == SqlKind.VALUES) {
            ((SqlCall) query).getOperandList().forEach(row -> row.accept(inside));
        } else {
            query.accept(outside);
        }
    }

    private static boolean isPlain(SqlSelect select) {
        return !select.isDistinct() && select.getGroup() == null && select.getHaving() == null;
    }

    /// Of places where it may not stand.
    private static final class Outside extends SqlBasicVisitor<@Nullable Void> {
        @Override
        public @Nullable Void visit(SqlCall call) {
            if (nextValue(call) != null) {
                throw Refusals.notYet("NEXT VALUE FOR here",
                        "Write it in VALUES, in SET, in DEFAULT, or in the outermost select list of a SELECT without DISTINCT, GROUP BY and "
                                + "ORDER BY.",
                        call.getParserPosition());
            }
            return super.visit(call);
        }
    }

    /// Of places where it may stand, as far as they are no queries of their own.
    private static final class Inside extends SqlBasicVisitor<@Nullable Void> {
        private final Outside outside;

        Inside(Outside outside) {
            this.outside = outside;
        }

        @Override
        public @Nullable Void visit(SqlCall call) {
            if (call.isA(SqlKind.QUERY) || call.getKind() == SqlKind.OVER) {
                return call.accept(outside);
            }
            return super.visit(call);
        }
    }
}
