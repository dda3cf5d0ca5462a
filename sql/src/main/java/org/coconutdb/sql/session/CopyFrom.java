package org.coconutdb.sql.session;

import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.NearestName;
import org.coconutdb.sql.parser.SqlCopy;
import org.coconutdb.sql.run.RuntimeErrors;
import org.coconutdb.sql.plan.PlanOperator;
import org.jspecify.annotations.Nullable;

/// COPY table FROM file. As a write of a transaction it reads the whole file; [CopyPieces] runs it where it is none.
final class CopyFrom implements CompiledStatement.Write {
    private static final @Nullable Object[] NO_VALUES = {};
    private static final byte[] NO_BYTES = {};

    private final SqlCopy statement;
    private final CatalogTable table;
    private final TableRules rules;
    private final TableWriter writer;
    private final int[] targets;
    private final CopyOptions options;
    private final Path file;

    /// @param targets the statement's columns, by position; all where it names none
    CopyFrom(
            SqlCopy statement,
            CatalogTable table,
            TableRules rules,
            @Nullable TableReferences references,
            int[] targets,
            CopyOptions options,
            Path file) {
        this.statement = statement;
        this.table = table;
        this.rules = rules;
        this.writer = new TableWriter(table, rules.checks(), references);
        this.targets = targets;
        this.options = options;
        this.file = file;
    }

    SqlCopy statement() {
        return statement;
    }

    CatalogTable table() {
        return table;
    }

    CopyOptions options() {
        return options;
    }

    Path file() {
        return file;
    }

    @Override
    public List<ColumnInfo> columns() {
        return List.of();
    }

    @Override
    public List<ColumnInfo> parameters() {
        return List.of();
    }

    @Override
    public PlanOperator explain() {
        return new PlanOperator("CopyFrom", Map.of("table", table.toString(), "file", file.toString()), List.of());
    }

    @Override
    public boolean retriesDuplicate(CoconutException failure) {
        return false;
    }

    @Override
    public long run(Execution execution, @Nullable Object[] parameters) {
        return runAll(execution, CopyProgress.Running.unseen());
    }

    /// Reads the file and writes its rows.
    long runAll(Execution execution, CopyProgress.Running progress) {
        try (CsvFile csv = CsvFile.open(file, options)) {
            int[] columns = columns(csv.header());
            RowChanges changes = changes(execution);
            long count = 0;
            for (CsvRow row = csv.next(); row != null; row = csv.next()) {
                if (!isBlank(row, columns)) {
                    write(execution, changes, row, columns);
                    count++;
                    progress.reached(count, csv.bytesRead());
                }
            }
            changes.finish();
            return count;
        }
    }

    RowChanges changes(Execution execution) {
        return new RowChanges(writer, execution);
    }

    /// Whether it is a line with nothing in it, which is a row only where that has one column.
    static boolean isBlank(CsvRow row, int[] columns) {
        return columns.length > 1 && row.values().length == 1 && (row.values()[0] == null || row.values()[0].isEmpty());
    }

    // ---- columns

    /// The columns of the file's values, by position.
    ///
    /// @param header null where the file has none
    int[] columns(@Nullable List<String> header) {
        int[] columns = header == null ? targets
                : options.header() == CopyOptions.Header.MATCH ? matched(header) : named(header);
        WriteCompiler.requireNotNullColumns(table, columns);
        return columns;
    }

    private String name(int position) {
        return table.definition().columns().get(position).name();
    }

    private List<String> targetNames() {
        return Arrays.stream(targets).mapToObj(this::name).toList();
    }

    private int[] matched(List<String> header) {
        for (int i = 0; i < Math.max(targets.length, header.size()); i++) {
            String expected = i < targets.length ? name(targets[i]) : "none";
            String found = i < header.size() ? header.get(i) : "none";
            if (i >= targets.length || !expected.equalsIgnoreCase(found)) {
                throw badHeader()
                        .with("field", i + 1)
                        .with("expected", expected)
                        .with("found", found)
                        .mend("HEADER MATCH wants " + String.join(", ", targetNames())
                                + " in this order; with HEADER true the columns can come in any.");
            }
        }
        return targets;
    }

    private int[] named(List<String> header) {
        List<Integer> columns = new ArrayList<>();
        for (String name : header) {
            int column = find(name);
            if (column < 0) {
                String nearest = NearestName.of(name, targetNames()).map(other -> "Did you mean " + other + "? ").orElse("");
                throw badHeader()
                        .with("found", name)
                        .mend(nearest + "The columns are " + String.join(", ", targetNames())
                                + ". HEADER false is for a file without names.");
            }
            if (columns.contains(column)) {
                throw badHeader().with("found", name).mend("Name each column once.");
            }
            columns.add(column);
        }
        if (statement.columns() != null && columns.size() < targets.length) {
            List<String> missing = Arrays.stream(targets).filter(target -> !columns.contains(target)).mapToObj(this::name).toList();
            throw badHeader().with("missing", missing).mend("The statement names these columns and the file does not have them.");
        }
        return columns.stream().mapToInt(Integer::intValue).toArray();
    }

    /// By its name, else by its name in upper or lower case; -1 where there is none.
    private int find(String name) {
        int found = -1;
        for (int target : targets) {
            if (name(target).equals(name)) {
                return target;
            }
            if (found < 0 && name(target).equalsIgnoreCase(name)) {
                found = target;
            }
        }
        return found;
    }

    private CoconutException badHeader() {
        return CoconutException.of(ErrorCode.BAD_FILE_FORMAT).with("file", file).with("line", 1);
    }

    // ---- rows

    /// Writes a row. What is thrown names file and line.
    void write(Execution execution, RowChanges changes, CsvRow row, int[] columns) {
        execution.checkCancelled();
        try {
            @Nullable Object[] stored = stored(execution, row, columns);
            byte[] key = writer.key(stored);
            writer.check(execution, stored);
            changes.insert(key, stored, table.definition().ttlSeconds());
        } catch (RuntimeException failure) {
            throw at(RuntimeErrors.translate(failure), row.line());
        }
    }

    private CoconutException at(CoconutException failure, long line) {
        CoconutException told = failure.copy().with("file", file).with("line", line);
        return failure.code() == ErrorCode.DUPLICATE_KEY ? told.mend("The file has the key twice, or the table has it already.") : told;
    }

    private @Nullable Object[] stored(Execution execution, CsvRow row, int[] columns) {
        if (row.values().length != columns.length) {
            throw CoconutException.of(ErrorCode.BAD_FILE_FORMAT)
                    .with("fields", row.values().length)
                    .with("columns", columns.length)
                    .mend("A line has one value for each of " + String.join(", ", Arrays.stream(columns).mapToObj(this::name).toList())
                            + "; one with the delimiter in it stands in quotes.");
        }
        @Nullable Object[] stored = new @Nullable Object[table.definition().columns().size()];
        boolean[] isGiven = new boolean[stored.length];
        ZoneId zone = execution.timeZone();
        for (int i = 0; i < columns.length; i++) {
            stored[columns[i]] = stored(columns[i], row.values()[i], zone);
            isGiven[columns[i]] = true;
        }
        for (int i = 0; i < stored.length; i++) {
            if (!isGiven[i]) {
                stored[i] = rules.valueOf(i).value(execution, NO_VALUES, null);
            }
        }
        return stored;
    }

    private @Nullable Object stored(int position, @Nullable String text, ZoneId zone) {
        ColumnDefinition column = table.definition().columns().get(position);
        return StorageValues.ofText(column, text, zone);
    }

    /// The line of the row that a DUPLICATE_KEY of the engine is about; empty where it is not known.
    ///
    /// @param zone of the session
    OptionalLong lineOf(List<CsvRow> rows, int[] columns, CoconutException duplicate, ZoneId zone) {
        CatalogIndex index = table.indexOf(duplicate.facts().getOrDefault("table", "")).orElse(null);
        List<Integer> parts = index == null ? table.definition().primaryKey() : index.definition().positions();
        if (!parts.stream().allMatch(part -> Arrays.stream(columns).anyMatch(part::equals))) {
            return OptionalLong.empty();
        }
        for (CsvRow row : rows) {
            @Nullable Object[] stored = new @Nullable Object[table.definition().columns().size()];
            for (int i = 0; i < columns.length; i++) {
                if (parts.contains(columns[i])) {
                    stored[columns[i]] = stored(columns[i], row.values()[i], zone);
                }
            }
            // An entry that can have a duplicate has no primary key in it.
            byte[] key = index == null ? writer.key(stored) : index.isExclusive(stored) ? writer.entryKey(index, stored, NO_BYTES)
                    : NO_BYTES;
            if (HexFormat.of().formatHex(key).equals(duplicate.facts().get("key"))) {
                return OptionalLong.of(row.line());
            }
        }
        return OptionalLong.empty();
    }
}
