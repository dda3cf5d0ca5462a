package org.coconutdb.sql.parser;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCreate;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.coconutdb.engine.TableKind;
import org.jspecify.annotations.Nullable;

/// `CREATE TABLE [IF NOT EXISTS] name (column, …, PRIMARY KEY (…)) [USING HASH | SORTED] [IN SPACE space] [WITH (option = value, …)] AS query [WITH [NO] DATA]`.
public final class SqlCreateTableAs extends SqlCreate {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("CREATE TABLE AS", SqlKind.CREATE_TABLE);

    private final SqlIdentifier table;
    private final List<SqlIdentifier> columns;
    private final List<KeyClause> keys;
    private final @Nullable TableKind kind;
    private final @Nullable SqlIdentifier space;
    private final List<OptionClause> options;
    private final SqlNode query;
    private final boolean withData;

    /// @param columns names; empty where the query's columns keep theirs
    /// @param kind null where USING was left out
    /// @param space null where IN SPACE was left out
    /// @param withData whether the table is filled
    public SqlCreateTableAs(
            SqlParserPos position,
            boolean replace,
            boolean ifNotExists,
            SqlIdentifier table,
            List<SqlIdentifier> columns,
            List<KeyClause> keys,
            @Nullable TableKind kind,
            @Nullable SqlIdentifier space,
            List<OptionClause> options,
            SqlNode query,
            boolean withData) {
        super(OPERATOR, position, replace, ifNotExists);
        this.table = table;
        this.columns = List.copyOf(columns);
        this.keys = List.copyOf(keys);
        this.kind = kind;
        this.space = space;
        this.options = List.copyOf(options);
        this.query = query;
        this.withData = withData;
    }

    public SqlIdentifier table() {
        return table;
    }

    public List<SqlIdentifier> columns() {
        return columns;
    }

    public List<KeyClause> keys() {
        return keys;
    }

    public @Nullable TableKind kind() {
        return kind;
    }

    public @Nullable SqlIdentifier space() {
        return space;
    }

    public List<OptionClause> options() {
        return options;
    }

    public SqlNode query() {
        return query;
    }

    public boolean withData() {
        return withData;
    }

    public boolean ifNotExists() {
        return ifNotExists;
    }

    public boolean replace() {
        return getReplace();
    }

    @Override
    public List<SqlNode> getOperandList() {
        List<SqlNode> operands = new ArrayList<>(List.of(table));
        options.forEach(option -> operands.add(option.value()));
        operands.add(query);
        return operands;
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword(getReplace() ? "CREATE OR REPLACE TABLE" : "CREATE TABLE");
        if (ifNotExists) {
            writer.keyword("IF NOT EXISTS");
        }
        table.unparse(writer, 0, 0);
        if (!columns.isEmpty() || !keys.isEmpty()) {
            SqlWriter.Frame elements = writer.startList("(", ")");
            for (SqlIdentifier column : columns) {
                writer.sep(",");
                column.unparse(writer, 0, 0);
            }
            for (KeyClause key : keys) {
                writer.sep(",");
                key.unparse(writer);
            }
            writer.endList(elements);
        }
        if (kind != null) {
            writer.keyword("USING");
            writer.keyword(kind.name());
        }
        if (space != null) {
            writer.keyword("IN SPACE");
            space.unparse(writer, 0, 0);
        }
        if (!options.isEmpty()) {
            OptionClause.unparse(options, writer);
        }
        writer.keyword("AS");
        query.unparse(writer, 0, 0);
        if (!withData) {
            writer.keyword("WITH NO DATA");
        }
    }
}
