package org.coconutdb.engine.process;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.coconutdb.engine.history.History.Append;
import org.coconutdb.engine.history.History.Get;
import org.coconutdb.engine.history.History.Operation;
import org.coconutdb.engine.history.History.Read;
import org.coconutdb.engine.history.History.Write;

/// Operations as words, for a pipe: `g:key` gets a register and `w:key:value` writes it, `r:key` reads a list and `a:key:value` appends to it, `s:key:count` scans all lists
/// of a run, `p:millis` waits. A key is the letter of its table, the number of its run, a point and its own number.
final class OperationText {
    /// Registers that are written without being read.
    static final String REGISTERS = "R";
    /// Registers that are read by whoever writes them.
    static final String COUNTED = "C";
    /// Lists, in all blocks.
    static final String HASHED = "H";
    /// Lists in order, in one block.
    static final String SORTED = "S";

    private OperationText() {}

    static String table(String key) {
        return key.substring(0, 1);
    }

    static byte[] key(String key) {
        int point = key.indexOf('.');
        return ByteBuffer.allocate(2 * Integer.BYTES).putInt(Integer.parseInt(key.substring(1, point))).putInt(Integer.parseInt(key
                .substring(
                        point + 1))).array();
    }

    static String[] parts(String word) {
        return word.split(":", -1);
    }

    /// With its answer.
    static String of(Operation operation) {
        return switch (operation) {
            case Append(String key, int value) -> "a:" + key + ":" + value;
            case Read(String key, List<Integer> values) -> "r:" + key + ":" + values.stream().map(String::valueOf).collect(Collectors
                    .joining(","));
            case Write(String key, int value) -> "w:" + key + ":" + value;
            case Get(String key, int value) -> "g:" + key + ":" + value;
        };
    }

    /// With its answer.
    static Operation read(String word) {
        String[] parts = parts(word);
        return switch (parts[0]) {
            case "a" -> new Append(parts[1], Integer.parseInt(parts[2]));
            case "r" -> new Read(parts[1], parts[2].isEmpty() ? List.of() : Arrays.stream(parts[2].split(",")).map(Integer::valueOf)
                    .toList());
            case "w" -> new Write(parts[1], Integer.parseInt(parts[2]));
            case "g" -> new Get(parts[1], Integer.parseInt(parts[2]));
            default -> throw new IllegalArgumentException(word);
        };
    }
}
