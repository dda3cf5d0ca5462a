package org.coconutdb.sql.parser;

import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// One of the changes that an ALTER TABLE makes, as it was written.
public sealed interface AlterAction {
    /// A column, with its constraints, or a constraint of the table.
    ///
    /// @param ifNotExists whether it is left out where the table has a column of this name
    /// @param columns one or none
    record Add(
            SqlParserPos position,
            boolean ifNotExists,
            List<ColumnClause> columns,
            List<KeyClause> keys,
            List<CheckClause> checks,
            List<UniqueClause> uniques,
            List<ForeignKeyClause> foreignKeys) implements AlterAction {
        public Add {
            columns = List.copyOf(columns);
            keys = List.copyOf(keys);
            checks = List.copyOf(checks);
            uniques = List.copyOf(uniques);
            foreignKeys = List.copyOf(foreignKeys);
        }
    }

    /// @param cascade whether what needs the column goes with it
    record DropColumn(SqlIdentifier name, boolean ifExists, boolean cascade) implements AlterAction {}

    /// @param cascade whether what needs the constraint goes with it
    record DropConstraint(SqlIdentifier name, boolean ifExists, boolean cascade) implements AlterAction {}

    /// @param value behind DEFAULT; null for DROP DEFAULT
    record ChangeDefault(SqlIdentifier column, @Nullable ExpressionClause value) implements AlterAction {}

    /// Expressions in it.
    default List<SqlNode> operands() {
        List<SqlNode> operands = new ArrayList<>();
        switch (this) {
            case Add add -> {
                for (ColumnClause column : add.columns) {
                    operands.add(column.type());
                    if (column.value() != null) {
                        operands.add(column.value().expression());
                    }
                }
                add.checks.forEach(check -> operands.add(check.condition().expression()));
            }
            case ChangeDefault change -> {
                if (change.value != null) {
                    operands.add(change.value.expression());
                }
            }
            case DropColumn _,DropConstraint _ -> {}
        }
        return operands;
    }

    /// Writes it as it is parsed.
    default void unparse(SqlWriter writer) {
        switch (this) {
            case Add add -> {
                writer.keyword("ADD");
                if (!add.columns.isEmpty() && add.ifNotExists) {
                    writer.keyword("IF NOT EXISTS");
                }
                add.columns.forEach(column -> column.unparse(writer));
                add.keys.forEach(key -> key.unparse(writer));
                add.uniques.forEach(unique -> unique.unparse(writer));
                add.checks.forEach(check -> check.unparse(writer));
                add.foreignKeys.forEach(foreignKey -> foreignKey.unparse(writer));
            }
            case DropColumn drop -> unparseDrop(writer, "COLUMN", drop.ifExists, drop.name, drop.cascade);
            case DropConstraint drop -> unparseDrop(writer, "CONSTRAINT", drop.ifExists, drop.name, drop.cascade);
            case ChangeDefault change -> {
                writer.keyword("ALTER COLUMN");
                change.column.unparse(writer, 0, 0);
                if (change.value == null) {
                    writer.keyword("DROP DEFAULT");
                } else {
                    writer.keyword("SET DEFAULT");
                    change.value.expression().unparse(writer, 0, 0);
                }
            }
        }
    }

    private static void unparseDrop(SqlWriter writer, String what, boolean ifExists, SqlIdentifier name, boolean cascade) {
        writer.keyword("DROP " + what);
        if (ifExists) {
            writer.keyword("IF EXISTS");
        }
        name.unparse(writer, 0, 0);
        if (cascade) {
            writer.keyword("CASCADE");
        }
    }
}
