package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.parser.SqlParsing;
import org.jspecify.annotations.Nullable;

/// Who takes values from sequences.
public final class SequenceUses {
    private SequenceUses() {}

    /// Names of the sequences in an expression as it was parsed.
    public static List<SqlIdentifier> names(SqlNode expression) {
        List<SqlIdentifier> names = new ArrayList<>();
        expression.accept(new SqlBasicVisitor<@Nullable Void>() {
            @Override
            public @Nullable Void visit(SqlCall call) {
                if (call.getKind() == SqlKind.NEXT_VALUE || call.getKind() == SqlKind.CURRENT_VALUE) {
                    names.add(call.operand(0));
                    return null;
                }
                return super.visit(call);
            }
        });
        return names;
    }

    /// DEPENDENT_OBJECTS where a default of one of the tables takes values from the sequence.
    static void requireUnused(CatalogSequence sequence, CatalogSnapshot catalog, Predicate<CatalogTable> tables) {
        for (CatalogTable table : catalog.tables()) {
            if (!tables.test(table)) {
                continue;
            }
            for (ColumnDefinition column : table.definition().columns()) {
                if (uses(column, table.definition().schema(), sequence)) {
                    throw CoconutException.of(ErrorCode.DEPENDENT_OBJECTS)
                            .with("sequence", sequence)
                            .with("table", table)
                            .with("column", column.name())
                            .mend("The column's DEFAULT takes values from the sequence: drop that table first.");
                }
            }
        }
    }

    private static boolean uses(ColumnDefinition column, String schema, CatalogSequence sequence) {
        String text = column.defaultText();
        return text != null && names(SqlParsing.parseExpression(text)).stream().anyMatch(name -> {
            String[] parts = TableDefinitions.resolve(name, schema);
            return TableDefinition.qualifiedName(parts[0], parts[1]).equals(sequence.qualifiedName());
        });
    }
}
