package org.coconutdb.sql.session;

import de.siegmar.fastcsv.writer.CsvWriter;
import de.siegmar.fastcsv.writer.LineDelimiter;
import de.siegmar.fastcsv.writer.QuoteStrategy;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Objects;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.jdbc.session.ColumnInfo;
import org.jspecify.annotations.Nullable;

/// COPY table TO file and COPY (query) TO file. The file is there whole, or as it was before.
///
/// @param query whose rows are written
/// @param source the table, or that it is a query
record CopyTo(CompiledStatement.Query query, String source, CopyOptions options, Path file) implements CompiledStatement {
    @Override
    public List<ColumnInfo> columns() {
        return List.of();
    }

    @Override
    public List<ColumnInfo> parameters() {
        return query.parameters();
    }

    /// Writes the rows. Answers how many.
    long run(Execution execution, @Nullable Object[] values, CopyProgress.Running progress) {
        Path written = file;
        try {
            Path target = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
            // A pipe or a device is written as it is: it must not give way to a file.
            boolean isReplaced = !Files.exists(target) || Files.isRegularFile(target);
            if (!isReplaced) {
                return write(target, execution, values, progress);
            }
            written = target.resolveSibling(target.getFileName() + ".part");
            long count;
            try {
                count = write(written, execution, values, progress);
                Files.move(written, target, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException | RuntimeException | Error failure) {
                deletePart(written, failure);
                throw failure;
            }
            return count;
        } catch (IOException failure) {
            throw failed(written, failure);
        } catch (UncheckedIOException failure) {
            throw failed(written, Objects.requireNonNull(failure.getCause()));
        }
    }

    private static void deletePart(Path part, Throwable failure) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException another) {
            failure.addSuppressed(another);
        }
    }

    private static CoconutException failed(Path path, IOException failure) {
        return CoconutException.of(ErrorCode.FILE_FAILED, failure)
                .with("file", path)
                .with("reason", failure)
                .mend("Look whether the directory is there, this process may write to it, and the disk has room; the path is one of the process "
                        + "that has the database open.");
    }

    private long write(Path path, Execution execution, @Nullable Object[] values, CopyProgress.Running progress) throws IOException {
        int columnCount = query.columns().size();
        Quotes quotes = new Quotes(options.nullText(), columnCount);
        try (CompiledStatement.Rows rows = query.open(execution, values);
                Counted bytes = new Counted(Files.newOutputStream(path));
                CsvWriter csv = CsvWriter.builder()
                        .fieldSeparator(options.delimiter())
                        .quoteCharacter(options.quote())
                        .lineDelimiter(LineDelimiter.LF)
                        .quoteStrategy(quotes)
                        .build(bytes, StandardCharsets.UTF_8)) {
            String[] fields = new String[columnCount];
            if (options.header() != CopyOptions.Header.NONE) {
                for (int i = 0; i < columnCount; i++) {
                    fields[i] = query.columns().get(i).label();
                }
                csv.writeRecord(fields);
            }
            long count = 0;
            while (rows.next()) {
                for (int i = 0; i < columnCount; i++) {
                    Object value = rows.get(i);
                    quotes.isNull[i] = value == null;
                    fields[i] = value == null ? options.nullText() : EdgeValues.written(value, execution.timeZone());
                }
                csv.writeRecord(fields);
                count++;
                progress.reached(count, bytes.count);
            }
            return count;
        }
    }

    /// Quotes for values that would else be read as NULL; those that the format needs come by themselves.
    private static final class Quotes implements QuoteStrategy {
        private final String nullText;
        final boolean[] isNull;

        Quotes(String nullText, int columnCount) {
            this.nullText = nullText;
            this.isNull = new boolean[columnCount];
        }

        @Override
        public boolean quoteEmpty(int line, int field) {
            return !isNull[field] && nullText.isEmpty();
        }

        @Override
        public boolean quoteValue(int line, int field, String value) {
            return !isNull[field] && value.equals(nullText);
        }
    }

    private static final class Counted extends FilterOutputStream {
        long count;

        Counted(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            out.write(b);
            count++;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            count += length;
        }
    }
}
