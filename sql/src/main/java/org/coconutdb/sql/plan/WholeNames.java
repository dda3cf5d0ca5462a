package org.coconutdb.sql.plan;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.JoinConditionType;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDialect;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.dialect.AnsiSqlDialect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.apache.calcite.sql.validate.SqlNameMatchers;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorNamespace;
import org.apache.calcite.sql.validate.SqlValidatorTable;
import org.apache.calcite.sql.validate.SqlValidatorUtil;
import org.coconutdb.sql.catalog.TableName;
import org.jspecify.annotations.Nullable;

/// Writes a validated query so that it means the same whatever is added to the catalogue later: names are whole already, `*` is written out
/// already; NATURAL and USING become ON.
final class WholeNames {
    private static final SqlParserPos NOWHERE = SqlParserPos.ZERO;
    // Operands of a join.
    private static final int NATURAL = 1;
    private static final int CONDITION_TYPE = 4;
    private static final int CONDITION = 5;
    /// Strings are Unicode, and no type says so.
    private static final SqlDialect DIALECT = new AnsiSqlDialect(AnsiSqlDialect.DEFAULT_CONTEXT.withIdentifierQuoteString("\"")) {
        @Override
        public boolean supportsCharSet() {
            return false;
        }

        // The word ROW is not read everywhere.
        @Override
        public void unparseCall(SqlWriter writer, SqlCall call, int leftPrecedence, int rightPrecedence) {
            if (call.getKind() != SqlKind.ROW) {
                super.unparseCall(writer, call, leftPrecedence, rightPrecedence);
                return;
            }
            SqlWriter.Frame row = writer.startList("(", ")");
            for (SqlNode value : call.getOperandList()) {
                writer.sep(",");
                value.unparse(writer, 0, 0);
            }
            writer.endList(row);
        }
    };

    private final SqlValidator validator;
    private final SqlNode query;
    private final List<String> repeated;
    private boolean joinsByNames;
    private boolean joinsDifferentTypes;
    private final Set<TableName> reads = new LinkedHashSet<>();

    /// @param validated by this validator; it is changed
    WholeNames(SqlValidator validator, SqlNode validated) {
        this.validator = validator;
        this.query = validated;
        this.repeated = repeated(validated);
        validated.accept(new SqlBasicVisitor<@Nullable Void>() {
            @Override
            public @Nullable Void visit(SqlIdentifier identifier) {
                note(identifier);
                return null;
            }

            @Override
            public @Nullable Void visit(SqlCall call) {
                // What is inside first: it is asked for its columns.
                super.visit(call);
                switch (call.getKind()) {
                    case JOIN -> fix((SqlJoin) call);
                    case AS -> quoteNames(call);
                    case COALESCE, CAST -> removeNames(call);
                    default -> {}
                }
                return null;
            }
        });
    }

    String text() {
        return query.toSqlString(config -> config.withDialect(DIALECT)
                .withQuoteAllIdentifiers(true)
                .withSelectListItemsOnSeparateLines(false)
                .withIndentation(0)).getSql();
    }

    /// Tables and views that it names, each once.
    List<TableName> reads() {
        return List.copyOf(reads);
    }

    private void note(SqlIdentifier identifier) {
        SqlValidatorNamespace namespace = validator.getNamespace(identifier);
        SqlValidatorTable table = namespace == null ? null : namespace.getTable();
        if (table != null) {
            List<String> name = table.getQualifiedName();
            reads.add(new TableName(name.getFirst(), name.getLast()));
        }
    }

    /// A name that is a function's, too, would be written as that.
    private static void quoteNames(SqlCall as) {
        for (int i = 1; i < as.operandCount(); i++) {
            if (as.operand(i) instanceof SqlIdentifier name) {
                as.setOperand(i, new SqlIdentifier(name.names, name.getParserPosition().withQuoting(true)));
            }
        }
    }

    /// Of the columns that USING joins, `*` makes a COALESCE, perhaps of a CAST, with a name inside.
    private static void removeNames(SqlCall function) {
        for (int i = 0; i < function.operandCount(); i++) {
            if (function.operand(i) instanceof SqlCall as && as.getKind() == SqlKind.AS) {
                function.setOperand(i, as.operand(0));
            }
        }
    }

    private void fix(SqlJoin join) {
        List<String> columns = new ArrayList<>();
        if (join.isNatural()) {
            columns.addAll(SqlValidatorUtil.deriveNaturalJoinColumnList(SqlNameMatchers.withCaseSensitive(true), namespace(join.getLeft())
                    .getRowType(), namespace(join.getRight()).getRowType()));
        } else if (join.getConditionType() == JoinConditionType.USING) {
            ((SqlNodeList) join.getCondition()).forEach(column -> columns.add(((SqlIdentifier) column).getSimple()));
        } else {
            return;
        }
        joinsByNames = true;
        SqlNode condition = null;
        for (String column : columns) {
            RelDataType left = type(join.getLeft(), column);
            RelDataType right = type(join.getRight(), column);
            joinsDifferentTypes |= !SqlTypeUtil.equalSansNullability(left, right)
                    && (left.getSqlTypeName() != SqlTypeName.VARCHAR || right.getSqlTypeName() != SqlTypeName.VARCHAR);
            SqlNode equal = SqlStdOperatorTable.EQUALS.createCall(NOWHERE, column(join.getLeft(), column), column(join.getRight(), column));
            condition = condition == null ? equal : SqlStdOperatorTable.AND.createCall(NOWHERE, condition, equal);
        }
        join.setOperand(NATURAL, SqlLiteral.createBoolean(false, NOWHERE));
        join.setOperand(CONDITION_TYPE, JoinConditionType.ON.symbol(NOWHERE));
        join.setOperand(CONDITION, condition == null ? SqlLiteral.createBoolean(true, NOWHERE) : condition);
    }

    private SqlValidatorNamespace namespace(SqlNode from) {
        SqlValidatorNamespace namespace = validator.getNamespace(from);
        if (namespace == null) {
            throw new UnsupportedOperationException("a join of " + from.getKind() + " by common names in a view");
        }
        return namespace;
    }

    private RelDataType type(SqlNode from, String column) {
        RelDataTypeField field = namespace(from).getRowType().getField(column, true, false);
        if (field == null) {
            throw new UnsupportedOperationException("a join by " + column + " in a view");
        }
        return field.getType();
    }

    /// The column with its table: of those that have one of the name the first, as the planner has it.
    private SqlIdentifier column(SqlNode from, String column) {
        return find(from, column).orElseThrow(() -> new UnsupportedOperationException("a join by " + column + " in a view"));
    }

    private Optional<SqlIdentifier> find(SqlNode from, String column) {
        if (from instanceof SqlJoin join) {
            return find(join.getLeft(), column).or(() -> find(join.getRight(), column));
        }
        String table = from instanceof SqlCall as && as.getKind() == SqlKind.AS ? ((SqlIdentifier) as.operand(1)).getSimple() : null;
        return table != null && namespace(from).fieldExists(column)
                ? Optional.of(new SqlIdentifier(List.of(table, column), NOWHERE))
                : Optional.empty();
    }

    /// Whether it has joins by names, all of them of columns that compare without a CAST.
    boolean joinsSameTypes() {
        return joinsByNames && !joinsDifferentTypes;
    }

    /// Names of columns that `*` answers a second time, and that got another one.
    List<String> repeated() {
        return repeated;
    }

    /// What of the outermost select list has another name than its column, and not by an AS that was written.
    static List<String> repeated(SqlNode query) {
        SqlNode outermost = query;
        while (!(outermost instanceof SqlSelect)) {
            if (!(outermost instanceof SqlCall call) || call.operandCount() == 0 || call.getKind() == SqlKind.VALUES) {
                return List.of();
            }
            outermost = call.getKind() == SqlKind.WITH ? call.operand(1) : call.operand(0);
        }
        List<String> found = new ArrayList<>();
        for (SqlNode item : ((SqlSelect) outermost).getSelectList()) {
            if (item instanceof SqlBasicCall as && as.getKind() == SqlKind.AS && as.operand(0) instanceof SqlIdentifier column
                    && as.operand(1) instanceof SqlIdentifier name && name.getParserPosition().equals(column.getParserPosition())
                    && !name.getSimple().equals(column.names.getLast())) {
                found.add(column.names.getLast());
            }
        }
        return found;
    }
}
