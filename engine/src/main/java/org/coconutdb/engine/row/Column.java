package org.coconutdb.engine.row;

import java.util.Objects;

/// One column of a row or key.
///
/// @param type how values are stored
/// @param precision digits of a DECIMAL, 1 to 38; 0 for all other types
/// @param scale digits behind the point of a DECIMAL, 0 to precision; 0 for all other types
/// @param nullable whether NULL may be stored
public record Column(StorageType type, int precision, int scale, boolean nullable) {
    public Column {
        Objects.requireNonNull(type);
        if (type == StorageType.DECIMAL && (precision < 1 || precision > 38 || scale < 0 || scale > precision)) {
            throw new IllegalArgumentException("DECIMAL(" + precision + ", " + scale + ") is outside DECIMAL(1..38, 0..precision)");
        }
    }

    public static Column of(StorageType type, boolean nullable) {
        return new Column(type, 0, 0, nullable);
    }

    public static Column decimal(int precision, int scale, boolean nullable) {
        return new Column(StorageType.DECIMAL, precision, scale, nullable);
    }
}
