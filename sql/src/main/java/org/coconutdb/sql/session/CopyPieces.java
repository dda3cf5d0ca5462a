package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.coconutdb.sql.plan.PlanOperator;
import org.coconutdb.sql.run.RuntimeErrors;
import org.jspecify.annotations.Nullable;

/// One run of COPY FROM outside of a transaction: the file in pieces, each a transaction of its own, so that a file of any size is read
/// with little memory. One thread.
///
/// Invariants
/// 1. A piece that has committed is never run again, whatever comes: each row of the file is written once.
/// 2. Pieces commit in the order of the file, so that the rows that are there are its first.
/// 3. A piece that meets another transaction is run again; one that meets another definition of its table is first compiled for that.
final class CopyPieces {
    private static final long PIECE_BYTES_MAX = 4L << 20;
    private static final @Nullable Object[] NO_VALUES = {};

    private final Database database;
    private final StatementRuns runs;
    private final ExecutionSignal signal;
    private final CopyProgress.Running progress;
    private CopyFrom copy;
    private Database.Prepared prepared;
    private @Nullable List<String> header;
    private long committed;

    CopyPieces(
            Database database,
            StatementRuns runs,
            CopyFrom copy,
            Database.Prepared prepared,
            ExecutionSignal signal,
            CopyProgress.Running progress) {
        this.database = database;
        this.runs = runs;
        this.copy = copy;
        this.prepared = prepared;
        this.signal = signal;
        this.progress = progress;
    }

    /// Answers how many rows were copied. An error says so, too.
    long run() {
        try (CsvFile csv = CsvFile.open(copy.file(), copy.options())) {
            header = csv.header();
            int[] columns = copy.columns(header);
            List<CsvRow> piece = new ArrayList<>();
            long pieceBytes = 0;
            for (CsvRow row = csv.next(); row != null; row = csv.next()) {
                requireNotCancelled();
                if (CopyFrom.isBlank(row, columns)) {
                    continue;
                }
                piece.add(row);
                pieceBytes += row.heapBytes();
                progress.reached(committed + piece.size(), csv.bytesRead());
                if (piece.size() >= copy.options().rowsPerCommit() || pieceBytes >= PIECE_BYTES_MAX) {
                    commit(piece);
                    piece = new ArrayList<>();
                    pieceBytes = 0;
                }
            }
            commit(piece);
            return committed;
        } catch (RuntimeException failure) {
            throw told(RuntimeErrors.translate(failure));
        }
    }

    private void requireNotCancelled() {
        if (signal.cancelled().get()) {
            throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED);
        }
    }

    private void commit(List<CsvRow> rows) {
        if (rows.isEmpty()) {
            return;
        }
        for (int attempt = 1;; attempt++) {
            try {
                runs.writeAlone(List.of(new StatementRuns.Step(new Piece(copy, rows, copy.columns(header)), NO_VALUES)), prepared, signal);
                committed += rows.size();
                progress.committed(committed);
                return;
            } catch (CoconutException failure) {
                if (failure.code() == ErrorCode.TABLE_CHANGED && attempt < StatementRuns.ATTEMPTS_MAX) {
                    StatementRuns.park(attempt);
                    prepared = database.compile(copy.statement(), prepared.schema());
                    signal.viewer().require(prepared.needs());
                    copy = (CopyFrom) prepared.statement();
                } else if (failure.code() == ErrorCode.TRANSACTION_TOO_LARGE && rows.size() > 1) {
                    // As its text a row can be far shorter than as it is stored.
                    commit(rows.subList(0, rows.size() / 2));
                    commit(rows.subList(rows.size() / 2, rows.size()));
                    return;
                } else {
                    throw withLine(failure, rows);
                }
            }
        }
    }

    /// A key that is there already is found when the piece commits: by then the row is not at hand.
    private CoconutException withLine(CoconutException failure, List<CsvRow> rows) {
        if (failure.code() != ErrorCode.DUPLICATE_KEY || failure.facts().containsKey("line")) {
            return failure;
        }
        CoconutException told = failure.copy().with("file", copy.file()).mend("The file has the key twice, or the table has it already.");
        copy.lineOf(rows, copy.columns(header), failure, signal.timeZone()).ifPresent(line -> told.with("line", line));
        return told;
    }

    /// With how many rows are there. Where the outcome of a piece is not known, it is the rows before that.
    private CoconutException told(CoconutException failure) {
        CoconutException told = switch (failure.code()) {
            // Whoever runs a statement again where a table changed must not do so with this one: a part of it has happened.
            case TABLE_CHANGED, SERIALIZATION_CONFLICT -> {
                CoconutException conflict = CoconutException.of(ErrorCode.SERIALIZATION_CONFLICT, failure);
                failure.facts().forEach(conflict::with);
                yield conflict.mend("Others write to the table all the time: copy when they do not, or with fewer ROWS_PER_COMMIT.");
            }
            case STATEMENT_CANCELLED -> CoconutException.of(ErrorCode.STATEMENT_CANCELLED, failure);
            default -> failure.copy();
        };
        if (!failure.facts().containsKey("file")) {
            told.with("file", copy.file());
        }
        return told.with("rowsCommitted", committed)
                .mendAlso(committed == 0
                        ? "No row was copied."
                        : "The first " + committed + " rows of the file are in the table: leave them out when it is copied again.");
    }

    /// Rows of the file as one write.
    private record Piece(CopyFrom copy, List<CsvRow> rows, int[] positions) implements CompiledStatement.Write {
        @Override
        public List<ColumnInfo> columns() {
            return List.of();
        }

        @Override
        public List<ColumnInfo> parameters() {
            return List.of();
        }

        @Override
        public long run(Execution execution, @Nullable Object[] parameters) {
            RowChanges changes = copy.changes(execution);
            rows.forEach(row -> copy.write(execution, changes, row, positions));
            changes.finish();
            return rows.size();
        }

        @Override
        public PlanOperator explain() {
            return copy.explain();
        }

        @Override
        public boolean retriesDuplicate(CoconutException failure) {
            return false;
        }
    }
}
