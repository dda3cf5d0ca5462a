package org.coconutdb.sql.run;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// How rows of the two sides of a [LookupJoin] become one. A row of one column is the value itself, as generated code has it. Immutable.
public final class LookupJoinShape {
    /// What is answered.
    public enum Type {
        /// Each pair.
        INNER,
        /// Each pair, and outer rows without one.
        LEFT,
        /// Outer rows that have a pair.
        SEMI,
        /// Outer rows that have none.
        ANTI
    }

    private final Type type;
    private final int outerFields;
    private final int innerFields;
    private final int[] keyFields;

    /// @param keyFields of the outer row, which make the key, in its order
    public LookupJoinShape(Type type, int outerFields, int innerFields, int[] keyFields) {
        this.type = type;
        this.outerFields = outerFields;
        this.innerFields = innerFields;
        this.keyFields = keyFields.clone();
    }

    Type type() {
        return type;
    }

    @Nullable
    Object[] keyValues(@Nullable Object outer) {
        @Nullable Object[] values = new @Nullable Object[keyFields.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = outerFields == 1 ? outer : fields(outer)[keyFields[i]];
        }
        return values;
    }

    private static @Nullable Object[] fields(@Nullable Object row) {
        return (@Nullable Object[]) Objects.requireNonNull(row);
    }

    /// An inner row as generated code has it.
    @Nullable
    Object innerRow(@Nullable Object[] inner) {
        return innerFields == 1 ? inner[0] : inner;
    }

    Object joined(@Nullable Object outer, @Nullable Object[] inner) {
        @Nullable Object[] row = alone(outer);
        System.arraycopy(inner, 0, row, outerFields, innerFields);
        return row;
    }

    /// The outer row with NULLs behind it.
    @Nullable
    Object[] alone(@Nullable Object outer) {
        if (outerFields == 1) {
            @Nullable Object[] row = new @Nullable Object[1 + innerFields];
            row[0] = outer;
            return row;
        }
        return Arrays.copyOf(fields(outer), outerFields + innerFields);
    }
}
