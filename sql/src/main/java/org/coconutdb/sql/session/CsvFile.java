package org.coconutdb.sql.session;

import de.siegmar.fastcsv.reader.AbstractBaseCsvCallbackHandler;
import de.siegmar.fastcsv.reader.CloseableIterator;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// A CSV file that is read from its beginning to its end (RFC 4180, UTF-8, lines end with LF, CR or CR LF). One thread.
///
/// Throws FILE_NOT_FOUND, FILE_FAILED, BAD_FILE_FORMAT with the line.
final class CsvFile implements AutoCloseable {
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    private final Path path;
    private final Counted bytes;
    private final Fields fields;
    private final CloseableIterator<CsvRow> rows;
    private final @Nullable List<String> header;

    private CsvFile(Path path, CopyOptions options) throws IOException {
        this.path = path;
        this.bytes = new Counted(Files.newInputStream(path));
        this.fields = new Fields(options.nullText());
        try {
            BufferedReader text = new BufferedReader(new InputStreamReader(bytes, StandardCharsets.UTF_8.newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)));
            text.mark(1);
            if (text.read() != BYTE_ORDER_MARK) {
                text.reset();
            }
            this.rows = CsvReader.builder()
                    .fieldSeparator(options.delimiter())
                    .quoteCharacter(options.quote())
                    .skipEmptyLines(false)
                    .allowUnclosedQuote(false)
                    // Judged by those who know the columns.
                    .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
                    .build(fields, text)
                    .iterator();
            this.header = options.header() == CopyOptions.Header.NONE ? null : readHeader();
        } catch (IOException | RuntimeException | Error failure) {
            bytes.close();
            throw failure;
        }
    }

    static CsvFile open(Path path, CopyOptions options) {
        try {
            return new CsvFile(path, options);
        } catch (NoSuchFileException missing) {
            throw CoconutException.of(ErrorCode.FILE_NOT_FOUND, missing)
                    .with("file", path.toAbsolutePath())
                    .mend("The path is one of the process that has the database open; a relative one begins at its working directory.");
        } catch (IOException failure) {
            throw unreadable(path, 1, failure);
        }
    }

    private static CoconutException unreadable(Path path, long line, IOException failure) {
        if (failure instanceof CharacterCodingException) {
            return CoconutException.of(ErrorCode.BAD_FILE_FORMAT, failure)
                    .with("file", path)
                    .with("line", line + " or below")
                    .mend("It is not UTF-8 text: convert it, such as with iconv -t UTF-8.");
        }
        return CoconutException.of(ErrorCode.FILE_FAILED, failure)
                .with("file", path)
                .with("reason", failure)
                .mend("Look whether it is a file that this process may read.");
    }

    private List<String> readHeader() {
        CsvRow first = next();
        if (first == null) {
            throw CoconutException.of(ErrorCode.BAD_FILE_FORMAT)
                    .with("file", path)
                    .with("line", 1)
                    .mend("The file is empty and has no header: write one, or leave HEADER out.");
        }
        return Arrays.stream(first.values()).map(name -> name == null ? "" : name).toList();
    }

    /// The names in the first line; null where it has none.
    @Nullable
    List<String> header() {
        return header;
    }

    Path path() {
        return path;
    }

    /// Bytes read so far.
    long bytesRead() {
        return bytes.count;
    }

    /// The next row; null behind the last.
    @Nullable
    CsvRow next() {
        try {
            return rows.hasNext() ? rows.next() : null;
        } catch (UncheckedIOException failure) {
            throw unreadable(path, fields.line(), Objects.requireNonNull(failure.getCause()));
        } catch (CsvParseException failure) {
            if (failure.getCause() instanceof IOException cause) {
                throw unreadable(path, fields.line(), cause);
            }
            String detail = failure.getCause() == null ? failure.getMessage() : failure.getCause().getMessage();
            throw CoconutException.of(ErrorCode.BAD_FILE_FORMAT, failure)
                    .with("file", path)
                    .with("line", fields.line())
                    .with("detail", String.valueOf(detail))
                    .mend("A value with quotes inside stands in quotes, and those are written twice; a quote that begins a value also ends it.");
        }
    }

    @Override
    public void close() {
        try {
            rows.close();
        } catch (IOException failure) {
            throw unreadable(path, fields.line(), failure);
        }
    }

    private static final class Fields extends AbstractBaseCsvCallbackHandler<CsvRow> {
        private final String nullText;
        private final List<@Nullable String> values = new ArrayList<>();

        Fields(String nullText) {
            this.nullText = nullText;
        }

        long line() {
            return Math.max(1, getStartingLineNumber());
        }

        @Override
        protected void handleBegin(long startingLineNumber) {
            values.clear();
        }

        @Override
        protected void handleField(int index, char[] buffer, int offset, int length, boolean quoted) {
            String value = new String(buffer, offset, length);
            values.add(!quoted && value.equals(nullText) ? null : value);
        }

        /// A line without anything is one field without anything.
        @Override
        protected void handleEmpty() {
            values.add(nullText.isEmpty() ? null : "");
        }

        @Override
        protected CsvRow buildRecord() {
            return new CsvRow(line(), values.toArray(new @Nullable String[0]));
        }
    }

    private static final class Counted extends FilterInputStream {
        long count;

        Counted(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            int read = super.read();
            count += read < 0 ? 0 : 1;
            return read;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = super.read(into, offset, length);
            count += Math.max(0, read);
            return read;
        }
    }
}
