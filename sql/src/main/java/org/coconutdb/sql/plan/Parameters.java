package org.coconutdb.sql.plan;

import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.sql.run.ExecutionContext;
import org.jspecify.annotations.Nullable;

/// Makes values of parameters what their types say. Only CHAR needs it: its values are as long as the type, wherever they come from.
final class Parameters {
    private final int[] charLengths;
    private final boolean anyChar;

    Parameters(RelDataType types) {
        List<RelDataTypeField> fields = types.getFieldList();
        this.charLengths = new int[fields.size()];
        boolean any = false;
        for (int i = 0; i < charLengths.length; i++) {
            RelDataType type = fields.get(i).getType();
            charLengths[i] = type.getSqlTypeName() == SqlTypeName.CHAR ? type.getPrecision() : -1;
            any |= charLengths[i] >= 0;
        }
        this.anyChar = any;
    }

    ExecutionContext fitted(ExecutionContext context) {
        if (!anyChar) {
            return context;
        }
        @Nullable Object[] values = context.parameters().clone();
        for (int i = 0; i < charLengths.length && i < values.length; i++) {
            if (charLengths[i] >= 0 && values[i] instanceof String text) {
                values[i] = fitted(text, charLengths[i]);
            }
        }
        return new ExecutionContext(context.transaction(), values, context.schema(), context.sequences(), context.viewer(), context
                .timeZone(), context.forUpdate(), context.startedMillis(), context.cancelled(), context.memory(), context.figures());
    }

    /// Padded to the length; spaces beyond it are cut, other characters stay, so that the value equals none of the type.
    static String fitted(String text, int length) {
        int end = text.length();
        while (end > length && text.charAt(end - 1) == ' ') {
            end--;
        }
        return end >= length ? text.substring(0, end) : text + " ".repeat(length - end);
    }
}
