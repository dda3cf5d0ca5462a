package org.coconutdb.sql.parser;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// `INSERT … ON CONFLICT [(columns)] DO NOTHING | DO UPDATE SET column = value, … [WHERE …]`, as PostgreSQL has it. In the values
/// `EXCLUDED.column` is the row that was to be inserted.
public final class SqlInsertOnConflict extends SqlCall {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("INSERT ON CONFLICT", SqlKind.OTHER);

    private final SqlInsert insert;
    private final @Nullable SqlNodeList target;
    private final SqlNodeList columns;
    private final SqlNodeList values;
    private final @Nullable SqlNode where;

    /// @param target columns that must be the primary key; null where none are named
    /// @param columns to be set; empty for DO NOTHING
    /// @param values one for each column
    public SqlInsertOnConflict(
            SqlParserPos position,
            SqlInsert insert,
            @Nullable SqlNodeList target,
            SqlNodeList columns,
            SqlNodeList values,
            @Nullable SqlNode where) {
        super(position);
        this.insert = insert;
        this.target = target;
        this.columns = columns;
        this.values = values;
        this.where = where;
    }

    public SqlInsert insert() {
        return insert;
    }

    public @Nullable SqlNodeList target() {
        return target;
    }

    public SqlNodeList columns() {
        return columns;
    }

    public SqlNodeList values() {
        return values;
    }

    public @Nullable SqlNode where() {
        return where;
    }

    /// Whether a row that is there already is left as it is.
    public boolean isDoNothing() {
        return columns.isEmpty();
    }

    @Override
    public SqlOperator getOperator() {
        return OPERATOR;
    }

    @Override
    public List<SqlNode> getOperandList() {
        List<SqlNode> operands = new ArrayList<>(List.of(insert, columns, values));
        if (target != null) {
            operands.add(target);
        }
        if (where != null) {
            operands.add(where);
        }
        return operands;
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        insert.unparse(writer, 0, 0);
        writer.newlineAndIndent();
        writer.keyword("ON CONFLICT");
        if (target != null) {
            SqlWriter.Frame names = writer.startList("(", ")");
            target.unparse(writer, 0, 0);
            writer.endList(names);
        }
        if (isDoNothing()) {
            writer.keyword("DO NOTHING");
            return;
        }
        writer.keyword("DO UPDATE SET");
        for (int i = 0; i < columns.size(); i++) {
            if (i > 0) {
                writer.print(", ");
            }
            columns.get(i).unparse(writer, 0, 0);
            writer.keyword("=");
            values.get(i).unparse(writer, 0, 0);
        }
        if (where != null) {
            writer.keyword("WHERE");
            where.unparse(writer, 0, 0);
        }
    }
}
