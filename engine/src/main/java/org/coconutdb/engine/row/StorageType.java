package org.coconutdb.engine.row;

/// How a column's values are stored. The layer above maps its own types onto these and gives values in the Java type named here.
public enum StorageType {
    /// `Boolean`, 1 byte.
    BOOLEAN,
    /// `Byte`, 1 byte.
    INT8,
    /// `Short`, 2 bytes.
    INT16,
    /// `Integer`, 4 bytes.
    INT32,
    /// `Long`, 8 bytes.
    INT64,
    /// `Float`, 4 bytes.
    FLOAT32,
    /// `Double`, 8 bytes.
    FLOAT64,
    /// `BigDecimal` at the column's scale; 8 bytes up to 18 digits, 16 up to 38.
    DECIMAL,
    /// `String`, UTF-8.
    STRING,
    /// `byte[]`.
    BYTES,
    /// `java.util.UUID`, 16 bytes, ordered as unsigned bytes (RFC 9562).
    UUID,
    /// `List` of values of the column's element type, NULLs among them; no key has one.
    ARRAY
}
