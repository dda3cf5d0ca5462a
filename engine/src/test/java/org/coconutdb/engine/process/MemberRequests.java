package org.coconutdb.engine.process;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.StorageOptions;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.history.History.Append;
import org.coconutdb.engine.history.History.Get;
import org.coconutdb.engine.history.History.Operation;
import org.coconutdb.engine.history.History.Read;
import org.coconutdb.engine.history.History.Write;
import org.coconutdb.engine.replication.CommitPolicy;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;

/// What a host's process is asked for: lines of words. Any thread.
///
/// - `lookup`, `read` or `write`, and operations ([OperationText]): one transaction. Answered by `ok` and the operations with their answers; by `aborted` or `unknown` and a code.
/// - `create`, `status`, `verify`, `waiting`.
///
/// What must never come is answered by `broken`, and why.
final class MemberRequests {
    /// What may be answered while hosts are gone, cut off, or at odds with each other.
    private static final Set<ErrorCode> EXPECTED = EnumSet.of(ErrorCode.SERIALIZATION_CONFLICT, ErrorCode.TABLE_CHANGED,
            ErrorCode.DUPLICATE_KEY, ErrorCode.SNAPSHOT_TOO_OLD, ErrorCode.NOT_PRIMARY, ErrorCode.REPLICAS_MISSING,
            ErrorCode.REPLICATION_BUSY,
            ErrorCode.HOST_UNREACHABLE, ErrorCode.OUTCOME_UNKNOWN);

    private final CoconutEngine engine;
    private final Map<String, TableDescriptor> tables = new ConcurrentHashMap<>();
    private final AtomicInteger waiting = new AtomicInteger();

    MemberRequests(CoconutEngine engine) {
        this.engine = engine;
    }

    String answer(String line) {
        String[] words = line.split(" ", -1);
        if (words[0].equals("waiting")) {
            return "ok " + waiting.get();
        }
        waiting.incrementAndGet();
        try {
            return switch (words[0]) {
                case "create" -> create();
                case "status" -> status();
                case "verify" -> verify();
                case "lookup" -> run(words, engine.beginLookup(), false);
                case "read" -> run(words, engine.beginReadOnly(), false);
                case "write" -> run(words, engine.begin(), true);
                default -> throw new IllegalArgumentException(line);
            };
        } catch (CoconutException failure) {
            return EXPECTED.contains(failure.code()) ? "aborted " + failure.code() : broken(failure);
        } catch (RuntimeException | Error failure) {
            return broken(failure);
        } finally {
            waiting.decrementAndGet();
        }
    }

    private static String broken(Throwable failure) {
        StringWriter text = new StringWriter();
        failure.printStackTrace(new PrintWriter(text));
        return "broken " + text.toString().replace('\n', '|');
    }

    private String create() {
        for (String name : List.of(OperationText.REGISTERS, OperationText.HASHED, OperationText.COUNTED)) {
            createIfAbsent(name, TableKind.HASH);
        }
        createIfAbsent(OperationText.SORTED, TableKind.SORTED);
        return "ok";
    }

    private void createIfAbsent(String name, TableKind kind) {
        if (find(name).isEmpty()) {
            engine.createTable(name, kind, new byte[0], StorageOptions.DEFAULT.inSpace(space(name)));
        }
    }

    /// Where there is a space by majority, registers and one of the kinds of lists lie in it, so that transactions are over both.
    private int space(String name) {
        return engine.spaces().size() > 1 && (name.equals(OperationText.REGISTERS) || name.equals(OperationText.HASHED)) ? 1 : 0;
    }

    /// Whether replicas of the block answer reads from their own memory.
    private boolean isReadEverywhere(int block) {
        return engine.spaces().stream()
                .filter(space -> space.holds(block))
                .allMatch(space -> space.rule().orElseThrow().policy() == CommitPolicy.UNANIMOUS);
    }

    private Optional<TableDescriptor> find(String name) {
        engine.catalogVersion();
        return engine.table(name);
    }

    private TableDescriptor table(String key) {
        return tables.computeIfAbsent(OperationText.table(key), name -> find(name).orElseThrow());
    }

    private String status() {
        return "ok " + engine.replicas()
                .stream()
                .map(block -> block.primary() + ":" + block.inSync().size() + ":" + (block.mayRead() || !isReadEverywhere(block
                        .block())))
                .collect(Collectors.joining(" "));
    }

    private String verify() {
        engine.verify();
        return "ok";
    }

    private String run(String[] words, Transaction begun, boolean commits) {
        List<Operation> answers = new ArrayList<>();
        try (Transaction transaction = begun) {
            for (int i = 1; i < words.length; i++) {
                if (commits) {
                    // So that the next operation sees what the one before wrote.
                    transaction.beginStatement();
                }
                run(OperationText.parts(words[i]), transaction, answers);
            }
            if (commits) {
                try {
                    transaction.commit();
                } catch (CoconutException failure) {
                    if (failure.code() == ErrorCode.OUTCOME_UNKNOWN) {
                        return "unknown " + failure.code();
                    }
                    throw failure;
                }
            }
        }
        return answers.stream().map(OperationText::of).collect(Collectors.joining(" ", "ok ", "")).strip();
    }

    private void run(String[] parts, Transaction transaction, List<Operation> answers) {
        String key = parts[1];
        switch (parts[0]) {
            case "g" -> {
                RecordView row = new RecordView();
                boolean isThere = transaction.get(table(key), OperationText.key(key), row);
                answers.add(new Get(key, isThere ? ByteBuffer.wrap(row.rowBytes()).getInt() : 0));
            }
            case "w" -> {
                int value = Integer.parseInt(parts[2]);
                transaction.put(table(key), OperationText.key(key), row(List.of(value)));
                answers.add(new Write(key, value));
            }
            case "r" -> answers.add(new Read(key, list(transaction, key).orElse(List.of())));
            case "a" -> answers.add(append(transaction, key, Integer.parseInt(parts[2])));
            case "s" -> scan(transaction, key, Integer.parseInt(parts[2]), answers);
            case "p" -> LockSupport.parkNanos(Integer.parseInt(key) * 1_000_000L);
            default -> throw new IllegalArgumentException(String.join(":", parts));
        }
    }

    private Optional<List<Integer>> list(Transaction transaction, String key) {
        RecordView row = new RecordView();
        return transaction.get(table(key), OperationText.key(key), row) ? Optional.of(values(row)) : Optional.empty();
    }

    private Append append(Transaction transaction, String key, int value) {
        Optional<List<Integer>> before = list(transaction, key);
        List<Integer> values = new ArrayList<>(before.orElse(List.of()));
        values.add(value);
        if (before.isPresent()) {
            transaction.update(table(key), OperationText.key(key), row(values));
        } else {
            transaction.insert(table(key), OperationText.key(key), row(values));
        }
        return new Append(key, value);
    }

    /// All lists of a run, those that are not there among them.
    private void scan(Transaction transaction, String tableAndRun, int lists, List<Operation> answers) {
        TableDescriptor table = table(tableAndRun);
        byte[] from = OperationText.key(tableAndRun + ".0");
        byte[] to = OperationText.key(tableAndRun + "." + lists);
        boolean isSorted = OperationText.table(tableAndRun).equals(OperationText.SORTED);
        Map<Integer, List<Integer>> found = new HashMap<>();
        Scan scan = transaction.scan(table, isSorted ? new KeyRange(from, to) : KeyRange.ALL, false);
        RecordView row = new RecordView();
        while (scan.next(row)) {
            ByteBuffer key = ByteBuffer.wrap(row.keyBytes());
            if (key.getInt() == ByteBuffer.wrap(from).getInt()) {
                found.put(key.getInt(), values(row));
            }
        }
        for (int i = 0; i < lists; i++) {
            answers.add(new Read(tableAndRun + "." + i, found.getOrDefault(i, List.of())));
        }
    }

    private static byte[] row(List<Integer> values) {
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES * values.size());
        values.forEach(bytes::putInt);
        return bytes.array();
    }

    private static List<Integer> values(RecordView row) {
        List<Integer> values = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(row.rowBytes());
        while (bytes.hasRemaining()) {
            values.add(bytes.getInt());
        }
        return values;
    }
}
