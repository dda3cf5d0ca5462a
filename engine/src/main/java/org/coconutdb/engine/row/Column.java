package org.coconutdb.engine.row;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One column of a row or key.
///
/// @param type how values are stored
/// @param precision digits of a DECIMAL, 1 to 38; 0 for all other types
/// @param scale digits behind the point of a DECIMAL, 0 to precision; 0 for all other types
/// @param nullable whether NULL may be stored
/// @param element of an ARRAY, what its elements are; null for all other types
public record Column(StorageType type, int precision, int scale, boolean nullable, @Nullable Column element) {
    public Column {
        Objects.requireNonNull(type);
        if ((type == StorageType.ARRAY) != (element != null)) {
            throw new IllegalArgumentException(type + " with elements of " + element);
        }
        if (type == StorageType.DECIMAL && (precision < 1 || precision > 38 || scale < 0 || scale > precision)) {
            throw new IllegalArgumentException("DECIMAL(" + precision + ", " + scale + ") is outside DECIMAL(1..38, 0..precision)");
        }
    }

    /// Of a type that is no ARRAY.
    public Column(StorageType type, int precision, int scale, boolean nullable) {
        this(type, precision, scale, nullable, null);
    }

    public static Column of(StorageType type, boolean nullable) {
        return new Column(type, 0, 0, nullable);
    }

    public static Column decimal(int precision, int scale, boolean nullable) {
        return new Column(StorageType.DECIMAL, precision, scale, nullable);
    }

    public static Column array(Column element, boolean nullable) {
        return new Column(StorageType.ARRAY, 0, 0, nullable, element);
    }
}
