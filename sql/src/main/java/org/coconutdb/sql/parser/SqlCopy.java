package org.coconutdb.sql.parser;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// `COPY table [(columns)] FROM 'file'`, `COPY table [(columns)] TO 'file'` and `COPY (query) TO 'file'`, each with `[WITH] (option [value],
/// …)` behind it, as PostgreSQL has them.
public final class SqlCopy extends SqlCall {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("COPY", SqlKind.OTHER_DDL);

    private final SqlNode source;
    private final @Nullable SqlNodeList columns;
    private final boolean isFrom;
    private final String file;
    private final List<OptionClause> options;

    /// @param source a table's name, or a query
    /// @param columns null where none are named
    /// @param isFrom whether the table is written and the file read
    /// @param options TRUE is the value of one that has none
    public SqlCopy(
            SqlParserPos position,
            SqlNode source,
            @Nullable SqlNodeList columns,
            boolean isFrom,
            SqlNode file,
            List<OptionClause> options) {
        super(position);
        this.source = source;
        this.columns = columns;
        this.isFrom = isFrom;
        this.file = ((SqlLiteral) file).getValueAs(String.class);
        this.options = List.copyOf(options);
    }

    public SqlNode source() {
        return source;
    }

    /// The table's name; null where it is a query that is copied.
    public @Nullable SqlIdentifier table() {
        return source instanceof SqlIdentifier name ? name : null;
    }

    public @Nullable SqlNodeList columns() {
        return columns;
    }

    public boolean isFrom() {
        return isFrom;
    }

    public String file() {
        return file;
    }

    public List<OptionClause> options() {
        return options;
    }

    @Override
    public SqlOperator getOperator() {
        return OPERATOR;
    }

    @Override
    public List<SqlNode> getOperandList() {
        List<SqlNode> operands = new ArrayList<>(List.of(source));
        if (columns != null) {
            operands.add(columns);
        }
        options.forEach(option -> operands.add(option.value()));
        return operands;
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword("COPY");
        boolean isQuery = table() == null;
        SqlWriter.Frame frame = isQuery ? writer.startList("(", ")") : writer.startList("", "");
        source.unparse(writer, 0, 0);
        writer.endList(frame);
        if (columns != null) {
            SqlWriter.Frame names = writer.startList("(", ")");
            columns.unparse(writer, 0, 0);
            writer.endList(names);
        }
        writer.keyword(isFrom ? "FROM" : "TO");
        SqlLiteral.createCharString(file, SqlParserPos.ZERO).unparse(writer, 0, 0);
        if (!options.isEmpty()) {
            writer.keyword("WITH");
            SqlWriter.Frame list = writer.startList("(", ")");
            for (OptionClause option : options) {
                writer.sep(",");
                writer.print(option.name().getSimple());
                option.value().unparse(writer, 0, 0);
            }
            writer.endList(list);
        }
    }
}
