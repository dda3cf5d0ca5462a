package org.coconutdb.sql.catalog;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.Column;
import org.coconutdb.engine.row.KeyCodec;
import org.coconutdb.engine.row.KeyCodec.KeyColumn;
import org.coconutdb.engine.row.RowLayout;
import org.coconutdb.engine.row.RowVersions;
import org.coconutdb.engine.transaction.Transaction;
import org.jspecify.annotations.Nullable;

/// A table that exists: its definition, the engine's descriptor, and the codecs of its rows and keys. Immutable; any thread.
public final class CatalogTable implements QueryTable {
    private final CoconutEngine engine;
    private final TableDescriptor descriptor;
    private final TableDefinition definition;
    private final List<Column> columns;
    private final RowVersions rowVersions;
    private final KeyCodec keyCodec;
    private final List<CatalogIndex> indexes;
    private final Map<Class<?>, Object> derived = new ConcurrentHashMap<>();
    private volatile @Nullable TableSample sample;
    // What keeps the statistics, and what it has; null where the table was never analyzed.
    private final @Nullable TableDescriptor statisticsDescriptor;
    private final @Nullable TableStatistics statistics;

    /// @param tables of the engine, among them the indexes, by name
    /// @param before the same table as it was known last; null where it was not
    CatalogTable(
            CoconutEngine engine,
            TableDescriptor descriptor,
            Map<String, TableDescriptor> tables,
            @Nullable CatalogTable before) {
        this.engine = engine;
        this.descriptor = descriptor;
        this.definition = TableDefinition.fromBytes(descriptor.definition());
        this.columns = definition.columns().stream().map(Types::column).toList();
        this.rowVersions = new RowVersions(definition.rows());
        this.keyCodec = new KeyCodec(definition.primaryKey().stream().map(column -> new KeyColumn(columns.get(column), false)).toList());
        List<CatalogIndex> found = new ArrayList<>();
        for (IndexDefinition index : definition.indexes()) {
            TableDescriptor entries = tables.get(CatalogIndex.engineName(definition.schema(), index.name()));
            if (entries == null) {
                throw CoconutException.of(ErrorCode.DATA_CORRUPTED)
                        .with("table", definition.qualifiedName())
                        .with("index", index.name())
                        .mend("The directory names an index that is not there: restore the database from a backup.");
            }
            found.add(new CatalogIndex(index, entries, columns, readableFrom(engine, before, entries, index)));
        }
        this.indexes = List.copyOf(found);
        TableDescriptor analyzed = tables.get(TableStatistics.engineName(definition.qualifiedName()));
        this.statisticsDescriptor = analyzed;
        this.statistics = analyzed == null ? null : TableStatistics.fromBytes(analyzed.definition());
    }

    /// The timestamp from which on snapshots have all entries. An index that came with its table has as many as that at each; one that was built has
    /// them by now.
    private static long readableFrom(
            CoconutEngine engine,
            @Nullable CatalogTable before,
            TableDescriptor entries,
            IndexDefinition index) {
        if (before == null || !index.ready()) {
            return 0;
        }
        CatalogIndex same = before.indexOf(entries.name()).orElse(null);
        if (same != null && same.definition().ready()) {
            return same.readableFrom();
        }
        try (Transaction now = engine.beginReadOnly()) {
            return now.snapshotTimestamp();
        }
    }

    public int id() {
        return descriptor.id();
    }

    public TableDescriptor descriptor() {
        return descriptor;
    }

    /// The name of the block space that it lies in.
    public String space() {
        return engine.spaceOf(descriptor).name();
    }

    @Override
    public TableDefinition definition() {
        return definition;
    }

    @Override
    public CatalogTable rows() {
        return this;
    }

    @Override
    public int rowColumn(int column) {
        return column;
    }

    @Override
    public HeaderColumn headerColumn(int column) {
        throw new IllegalArgumentException("column " + column + " of " + this + " is in the row");
    }

    @Override
    public List<Column> columns() {
        return columns;
    }

    /// What rows are written with.
    public RowLayout rowLayout() {
        return rowVersions.newest();
    }

    /// What rows are read with that may have been written before a column came or went.
    public RowVersions rowVersions() {
        return rowVersions;
    }

    public KeyCodec keyCodec() {
        return keyCodec;
    }

    /// All of them, those too that are being built.
    public List<CatalogIndex> indexes() {
        return indexes;
    }

    /// The index that is kept under the engine's name.
    public Optional<CatalogIndex> indexOf(String engineName) {
        return indexes.stream().filter(index -> index.descriptor().name().equals(engineName)).findFirst();
    }

    /// What a layer above makes of the definition, made once: two threads that come at once get the same.
    public <T> T derived(Class<T> type, Supplier<T> make) {
        Object known = derived.get(type);
        if (known == null) {
            T made = make.get();
            Object other = derived.putIfAbsent(type, made);
            known = other == null ? made : other;
        }
        return type.cast(known);
    }

    /// Whether its statistics are those that are kept by now.
    boolean hasStatisticsOf(@Nullable TableDescriptor kept) {
        TableDescriptor known = statisticsDescriptor;
        if (known == null || kept == null) {
            return known == null && kept == null;
        }
        return known.id() == kept.id() && known.generation() == kept.generation();
    }

    /// What ANALYZE has found; null where it was never run.
    public @Nullable TableStatistics statistics() {
        return statistics;
    }

    /// What ANALYZE has found of a column; null where there is nothing.
    public @Nullable ColumnStatistics statistics(int column) {
        return statistics == null ? null : statistics.column(definition.columns().get(column), columns.get(column));
    }

    /// How many different values a column has, NULL being none: by ANALYZE, and else by a sample. At least 1.
    public double distinct(int column) {
        ColumnStatistics known = statistics(column);
        if (known == null || statistics == null) {
            return sample().distinct(column);
        }
        // Where most rows have a value of their own, more rows have more values.
        boolean grows = known.distinct() > statistics.rows() / 10.0;
        double rows = rowCount();
        return Math.max(1, Math.min(rows, grows ? known.distinct() * rows / Math.max(1, statistics.rows()) : known.distinct()));
    }

    /// How many rows have the same values in the first columns of a key, on average: by ANALYZE, and else by a sample. At least 1.
    ///
    /// @param index null: the primary key
    public double rowsOfPrefix(@Nullable CatalogIndex index, int count) {
        List<Integer> key = index == null ? definition.primaryKey() : index.definition().positions();
        if (count == key.size() && (index == null || index.definition().unique())) {
            return 1;
        }
        if (key.subList(0, count).stream().anyMatch(column -> statistics(column) == null)) {
            return sample().rowsOfPrefix(index, count);
        }
        double keys = 1;
        double weight = 1;
        for (int column : key.subList(0, count)) {
            // Columns of a key mostly depend on each other: each further one tells less apart.
            keys *= Math.pow(distinct(column), weight);
            weight /= 2;
        }
        return Math.max(1, rowCount() / Math.max(1, keys));
    }

    /// Some of its rows; taken anew when the table has grown or shrunk by half.
    public TableSample sample() {
        TableSample known = sample;
        if (known == null || known.isStale(rowCount())) {
            known = TableSample.take(engine, this);
            sample = known;
        }
        return known;
    }

    /// Rows of the newest state; 0 where the table was dropped meanwhile.
    public long rowCount() {
        return engine.rowCount(descriptor);
    }

    @Override
    public String toString() {
        return definition.qualifiedName();
    }
}
