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

/// `CREATE TABLE [IF NOT EXISTS] name (column type …, PRIMARY KEY (…)) [USING HASH | SORTED] [IN SPACE space] [WITH (option = value, …)]`.
public final class SqlCreateCoconutTable extends SqlCreate {
    private static final SqlOperator OPERATOR = new SqlSpecialOperator("CREATE TABLE", SqlKind.CREATE_TABLE);

    private final SqlIdentifier table;
    private final List<ColumnClause> columns;
    private final List<KeyClause> keys;
    private final List<CheckClause> checks;
    private final List<UniqueClause> uniques;
    private final List<ForeignKeyClause> foreignKeys;
    private final @Nullable TableKind kind;
    private final @Nullable SqlIdentifier space;
    private final List<OptionClause> options;

    /// @param keys all PRIMARY KEY clauses, those behind columns too
    /// @param checks all CHECK clauses, those behind columns too
    /// @param uniques all UNIQUE clauses, those behind columns too
    /// @param foreignKeys all FOREIGN KEY clauses, and REFERENCES behind columns
    /// @param kind null where USING was left out
    /// @param space null where IN SPACE was left out
    public SqlCreateCoconutTable(
            SqlParserPos position,
            boolean replace,
            boolean ifNotExists,
            SqlIdentifier table,
            List<ColumnClause> columns,
            List<KeyClause> keys,
            List<CheckClause> checks,
            List<UniqueClause> uniques,
            List<ForeignKeyClause> foreignKeys,
            @Nullable TableKind kind,
            @Nullable SqlIdentifier space,
            List<OptionClause> options) {
        super(OPERATOR, position, replace, ifNotExists);
        this.table = table;
        this.columns = List.copyOf(columns);
        this.keys = List.copyOf(keys);
        this.checks = List.copyOf(checks);
        this.uniques = List.copyOf(uniques);
        this.foreignKeys = List.copyOf(foreignKeys);
        this.kind = kind;
        this.space = space;
        this.options = List.copyOf(options);
    }

    public SqlIdentifier table() {
        return table;
    }

    public List<ColumnClause> columns() {
        return columns;
    }

    public List<KeyClause> keys() {
        return keys;
    }

    public List<CheckClause> checks() {
        return checks;
    }

    public List<UniqueClause> uniques() {
        return uniques;
    }

    public List<ForeignKeyClause> foreignKeys() {
        return foreignKeys;
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

    public boolean ifNotExists() {
        return ifNotExists;
    }

    public boolean replace() {
        return getReplace();
    }

    @Override
    public List<SqlNode> getOperandList() {
        List<SqlNode> operands = new ArrayList<>(List.of(table));
        for (ColumnClause column : columns) {
            operands.add(column.type());
            if (column.value() != null) {
                operands.add(column.value().expression());
            }
        }
        checks.forEach(check -> operands.add(check.condition().expression()));
        options.forEach(option -> operands.add(option.value()));
        return operands;
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrecedence, int rightPrecedence) {
        writer.keyword(getReplace() ? "CREATE OR REPLACE TABLE" : "CREATE TABLE");
        if (ifNotExists) {
            writer.keyword("IF NOT EXISTS");
        }
        table.unparse(writer, 0, 0);
        SqlWriter.Frame elements = writer.startList("(", ")");
        for (ColumnClause column : columns) {
            writer.sep(",");
            column.unparse(writer);
        }
        for (KeyClause key : keys) {
            writer.sep(",");
            key.unparse(writer);
        }
        for (UniqueClause unique : uniques) {
            writer.sep(",");
            unique.unparse(writer);
        }
        for (ForeignKeyClause foreignKey : foreignKeys) {
            writer.sep(",");
            foreignKey.unparse(writer);
        }
        for (CheckClause check : checks) {
            writer.sep(",");
            check.unparse(writer);
        }
        writer.endList(elements);
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
    }
}
