package org.coconutdb.sql.catalog;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// What COMMENT ON has said of a table, view or schema, and of what belongs to it.
///
/// @param own of the thing itself; null for nothing
/// @param columns by their names, or the sequences of a schema
/// @param indexes by their names
public record Comments(@Nullable String own, Map<String, String> columns, Map<String, String> indexes) {
    public static final Comments NONE = new Comments(null, Map.of(), Map.of());
    /// Characters of one.
    public static final int LENGTH_MAX = 10_000;

    public Comments {
        columns = Map.copyOf(columns);
        indexes = Map.copyOf(indexes);
    }

    public Comments withOwn(@Nullable String text) {
        return new Comments(text, columns, indexes);
    }

    public Comments withColumn(String column, @Nullable String text) {
        return new Comments(own, with(columns, column, text), indexes);
    }

    public Comments withIndex(String index, @Nullable String text) {
        return new Comments(own, columns, with(indexes, index, text));
    }

    private static Map<String, String> with(Map<String, String> all, String name, @Nullable String text) {
        Map<String, String> changed = new TreeMap<>(all);
        if (text == null) {
            changed.remove(name);
        } else {
            changed.put(name, text);
        }
        return changed;
    }

    /// The same without those of columns and indexes that are no more.
    Comments kept(Predicate<String> isColumn, Predicate<String> isIndex) {
        return new Comments(own, kept(columns, isColumn), kept(indexes, isIndex));
    }

    private static Map<String, String> kept(Map<String, String> all, Predicate<String> isThere) {
        Map<String, String> kept = new TreeMap<>(all);
        kept.keySet().removeIf(isThere.negate());
        return kept;
    }

    void write(DataOutputStream out) throws IOException {
        writeAll(out, own == null ? Map.of() : Map.of("", own));
        writeAll(out, columns);
        writeAll(out, indexes);
    }

    private static void writeAll(DataOutputStream out, Map<String, String> all) throws IOException {
        out.writeInt(all.size());
        for (Map.Entry<String, String> one : new TreeMap<>(all).entrySet()) {
            byte[] text = one.getValue().getBytes(StandardCharsets.UTF_8);
            out.writeUTF(one.getKey());
            out.writeInt(text.length);
            out.write(text);
        }
    }

    static Comments read(DataInputStream in) throws IOException {
        return new Comments(readAll(in).get(""), readAll(in), readAll(in));
    }

    private static Map<String, String> readAll(DataInputStream in) throws IOException {
        Map<String, String> all = new TreeMap<>();
        int count = in.readInt();
        if (count < 0) {
            throw new IOException("a count of " + count);
        }
        for (int left = count; left > 0; left--) {
            String name = in.readUTF();
            int length = in.readInt();
            if (length < 0 || length > in.available()) {
                throw new IOException("a comment of " + length + " bytes");
            }
            all.put(name, new String(in.readNBytes(length), StandardCharsets.UTF_8));
        }
        return all;
    }
}
