package org.coconutdb.sql.catalog;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.Column;
import org.coconutdb.engine.row.StorageType;
import org.jspecify.annotations.Nullable;

/// What ANALYZE has found of a table's rows, by which plans are chosen. It is kept as a definition of its own beside the table's, so that a change of it
/// refuses no writer. Immutable.
///
/// @param rows how many there were
/// @param analyzedAtMillis since the epoch
public record TableStatistics(long rows, long analyzedAtMillis, List<ColumnStatistics> columns) {
    private static final String ENGINE_PREFIX = "STATISTICS ";
    // No definition of a table or a view begins like this.
    private static final byte MARK = 'S';
    private static final int FORMAT = 1;

    public TableStatistics {
        columns = List.copyOf(columns);
    }

    /// The engine's name for the statistics of a table: no table's is like it.
    static String engineName(String qualifiedName) {
        return ENGINE_PREFIX + qualifiedName;
    }

    static boolean isStatistics(TableDescriptor table) {
        return table.name().startsWith(ENGINE_PREFIX);
    }

    /// Of a column; null where the table had none like it.
    @Nullable
    ColumnStatistics column(ColumnDefinition column, Column stored) {
        for (ColumnStatistics each : columns) {
            if (each.isOf(column, stored)) {
                return each;
            }
        }
        return null;
    }

    /// As the engine's directory keeps it: mark, format, rows, time, columns, in the encoding of [DataOutputStream].
    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(MARK);
            out.writeByte(FORMAT);
            out.writeLong(rows);
            out.writeLong(analyzedAtMillis);
            out.writeInt(columns.size());
            for (ColumnStatistics column : columns) {
                out.writeUTF(column.column());
                out.writeUTF(column.type().type().name());
                out.writeByte(column.type().precision());
                out.writeByte(column.type().scale());
                out.writeDouble(column.nullFraction());
                out.writeDouble(column.distinct());
                out.writeInt(column.bounds().size());
                for (byte[] bound : column.bounds()) {
                    write(out, bound);
                }
                out.writeInt(column.common().size());
                for (ColumnStatistics.Common common : column.common()) {
                    write(out, common.key());
                    out.writeDouble(common.fraction());
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, byte[] key) throws IOException {
        out.writeShort(key.length);
        out.write(key);
    }

    /// The inverse of [#toBytes]; null where it is of another version of the format, since a table is planned without as well. DATA_CORRUPTED.
    static @Nullable TableStatistics fromBytes(byte[] bytes) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            if (in.readByte() != MARK) {
                throw new IOException("no statistics");
            }
            if (in.readByte() != FORMAT) {
                return null;
            }
            long rows = in.readLong();
            long analyzedAtMillis = in.readLong();
            List<ColumnStatistics> columns = new ArrayList<>();
            for (int left = in.readInt(); left > 0; left--) {
                String name = in.readUTF();
                Column type = new Column(StorageType.valueOf(in.readUTF()), in.readByte(), in.readByte(), false);
                double nullFraction = in.readDouble();
                double distinct = in.readDouble();
                List<byte[]> bounds = new ArrayList<>();
                for (int more = in.readInt(); more > 0; more--) {
                    bounds.add(readKey(in));
                }
                List<ColumnStatistics.Common> common = new ArrayList<>();
                for (int more = in.readInt(); more > 0; more--) {
                    common.add(new ColumnStatistics.Common(readKey(in), in.readDouble()));
                }
                columns.add(new ColumnStatistics(name, type, nullFraction, distinct, bounds, common));
            }
            return new TableStatistics(rows, analyzedAtMillis, columns);
        } catch (IOException | IllegalArgumentException failure) {
            throw CoconutException.of(ErrorCode.DATA_CORRUPTED, failure)
                    .with("what", "statistics of a table")
                    .mend("Restore the database from a backup.");
        }
    }

    private static byte[] readKey(DataInputStream in) throws IOException {
        byte[] key = new byte[in.readUnsignedShort()];
        in.readFully(key);
        return key;
    }
}
