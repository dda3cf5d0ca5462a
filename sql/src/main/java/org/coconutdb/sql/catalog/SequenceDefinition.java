package org.coconutdb.sql.catalog;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.Objects;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.type.SqlTypeName;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.parser.SequenceOptions;
import org.coconutdb.sql.parser.SequenceOptions.Option;
import org.jspecify.annotations.Nullable;

/// A sequence as it was declared; stored in the engine's directory as bytes.
///
/// @param type TINYINT, SMALLINT, INTEGER or BIGINT
/// @param start the first value, within the bounds
/// @param increment from one value to the next, not 0
/// @param min the least value
/// @param max the greatest value
/// @param cycle whether it begins again at its other end
/// @param cache values that are reserved in the log at once; at least 1
public record SequenceDefinition(SqlTypeName type, long start, long increment, long min, long max, boolean cycle, int cache) {
    /// A write to the log for each thousand values costs nothing, and a crash leaves no larger gap.
    static final int CACHE_DEFAULT = 1_000;
    private static final int CACHE_MAX = 1_000_000;
    private static final int FORMAT = 1;

    public SequenceDefinition {
        Objects.requireNonNull(type);
        if (increment == 0 || min > max || start < min || start > max || cache < 1) {
            throw new IllegalArgumentException("a sequence that cannot be");
        }
    }

    /// What CREATE SEQUENCE asks for. INVALID_ARGUMENT, NOT_SUPPORTED for another type.
    ///
    /// @param name for messages
    public static SequenceDefinition of(String name, SequenceOptions options) {
        return of(name, options, null);
    }

    /// What the options ask for. INVALID_ARGUMENT, NOT_SUPPORTED for another type.
    ///
    /// @param name for messages
    /// @param columnType of an identity column; null for a sequence, which says its own
    static SequenceDefinition of(String name, SequenceOptions options, @Nullable SqlTypeName columnType) {
        SqlTypeName type = columnType == null ? type(name, options.type()) : columnType;
        int bits = switch (type) {
            case TINYINT -> Byte.SIZE;
            case SMALLINT -> Short.SIZE;
            case INTEGER -> Integer.SIZE;
            case BIGINT -> Long.SIZE;
            default -> throw notInteger(name, type.getName());
        };
        long typeMax = Long.MAX_VALUE >> (Long.SIZE - bits);
        long typeMin = -typeMax - 1;
        long increment = number(name, options, Option.INCREMENT, 1, Long.MIN_VALUE, Long.MAX_VALUE);
        if (increment == 0) {
            throw outside(name, Option.INCREMENT, BigInteger.ZERO, "It cannot be 0.");
        }
        long min = number(name, options, Option.MINVALUE, increment > 0 ? 1 : typeMin, typeMin, typeMax);
        long max = number(name, options, Option.MAXVALUE, increment > 0 ? typeMax : -1, typeMin, typeMax);
        if (min > max) {
            throw outside(name, Option.MINVALUE, BigInteger.valueOf(min), "It cannot be above MAXVALUE, which is " + max + ".");
        }
        long start = number(name, options, Option.START, increment > 0 ? min : max, min, max);
        int cache = (int) number(name, options, Option.CACHE, CACHE_DEFAULT, 1, CACHE_MAX);
        return new SequenceDefinition(type, start, increment, min, max, options.cycle(), cache);
    }

    private static SqlTypeName type(String name, @Nullable SqlDataTypeSpec spec) {
        if (spec == null) {
            return SqlTypeName.BIGINT;
        }
        SqlTypeName type = spec.getTypeNameSpec() instanceof SqlBasicTypeNameSpec basic
                ? SqlTypeName.get(basic.getTypeName().getSimple())
                : null;
        if (type == null) {
            throw notInteger(name, spec.toString());
        }
        return type;
    }

    private static CoconutException notInteger(String name, String type) {
        return CoconutException.of(ErrorCode.NOT_SUPPORTED)
                .with("sequence", name)
                .with("type", type)
                .mend("Sequences and identity columns are TINYINT, SMALLINT, INTEGER or BIGINT.");
    }

    private static long number(String name, SequenceOptions options, Option option, long otherwise, long min, long max) {
        BigInteger given = options.number(option);
        if (given == null) {
            return otherwise;
        }
        if (given.compareTo(BigInteger.valueOf(min)) < 0 || given.compareTo(BigInteger.valueOf(max)) > 0) {
            throw outside(name, option, given, "It can be " + min + " to " + max + ".");
        }
        return given.longValue();
    }

    private static CoconutException outside(String name, Option option, BigInteger value, String mend) {
        return CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                .with("sequence", name)
                .with("option", option)
                .with("value", value)
                .mend(mend);
    }

    /// The value to begin again with. INVALID_ARGUMENT where it is outside the bounds.
    ///
    /// @param value null for the one that was declared
    public long restart(String name, @Nullable BigInteger value) {
        if (value == null) {
            return start;
        }
        if (value.compareTo(BigInteger.valueOf(min)) < 0 || value.compareTo(BigInteger.valueOf(max)) > 0) {
            throw CoconutException.of(ErrorCode.INVALID_ARGUMENT)
                    .with("sequence", name)
                    .with("option", "RESTART WITH")
                    .with("value", value)
                    .mend("It can be " + min + " to " + max + ".");
        }
        return value.longValue();
    }

    /// The definition as the engine's directory keeps it, in the encoding of [DataOutputStream].
    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(FORMAT);
            out.writeUTF(type.name());
            out.writeLong(start);
            out.writeLong(increment);
            out.writeLong(min);
            out.writeLong(max);
            out.writeBoolean(cycle);
            out.writeInt(cache);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return bytes.toByteArray();
    }

    /// The inverse of [#toBytes]. DATA_CORRUPTED where the bytes are none.
    static SequenceDefinition fromBytes(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int format = in.readByte();
            if (format != FORMAT) {
                throw CoconutException.of(ErrorCode.DATA_CORRUPTED)
                        .with("sequenceFormat", format)
                        .with("knownFormat", FORMAT)
                        .mend("The sequence was made by another version of CoconutDB: open the database with that one.");
            }
            SequenceDefinition definition = new SequenceDefinition(SqlTypeName.valueOf(in.readUTF()), in.readLong(), in.readLong(),
                    in.readLong(), in.readLong(), in.readBoolean(), in.readInt());
            if (in.read() >= 0) {
                throw new IOException("bytes behind the end");
            }
            return definition;
        } catch (IOException | IllegalArgumentException failure) {
            throw CoconutException.of(ErrorCode.DATA_CORRUPTED, failure)
                    .with("what", "sequence definition")
                    .mend("Restore the database from a backup.");
        }
    }
}
