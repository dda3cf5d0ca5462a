package org.coconutdb.sql.spill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.calcite.avatica.util.ByteString;
import org.coconutdb.engine.disk.Disk;
import org.coconutdb.engine.disk.DiskFile;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpilledRowsTest {
    private static final List<Object> VALUES = Arrays.asList(null, true, false, (byte) -128, (short) 300, Integer.MIN_VALUE, -1, 0, 63, 64,
            Long.MIN_VALUE, Long.MAX_VALUE, 1.5f, Float.NaN, -0.0, Double.NEGATIVE_INFINITY, new BigDecimal("-0.00"), new BigDecimal(
                    "1E+40"),
            new BigDecimal("99999999999999999999999999999999999999"), new BigDecimal(BigInteger.valueOf(Long.MIN_VALUE), 7), "", "plain",
            "äÿ",
            "€ and \uD83D\uDE00", "half \uD83D a pair", "x".repeat(70_000), "\u0416".repeat(40_000), new UUID(-1, 5), new ByteString(
                    new byte[0]),
            new ByteString(new byte[] {1, -1, 127}), List.of(1, "two", 3L), Map.of("k", 1), 'c', new BigInteger(
                    "123456789012345678901234567890"));

    private final AtomicBoolean cancelled = new AtomicBoolean();

    private static QueryMemoryConfig config(Path directory) {
        return new QueryMemoryConfig(1 << 20, 1 << 20, directory);
    }

    @Test
    void valuesComeBackAsTheyWere(@TempDir Path directory) {
        try (QueryMemory budget = new QueryMemory(config(directory)); StatementMemory statement = budget.open(cancelled)) {
            OperatorMemory memory = statement.operator(null);
            SpillWriter writer = memory.writer();
            for (Object value : VALUES) {
                writer.write(value);
                writer.write(new Object[] {value, 7, new Object[] {value}});
            }
            SpilledRows run = writer.finish();

            SpillReader reader = run.read(memory);
            for (Object value : VALUES) {
                Object read = reader.read();
                assertThat(read).isEqualTo(value);
                assertThat(value == null ? null : value.getClass()).satisfies(type -> {
                    if (type != null && !List.class.isAssignableFrom(type) && !Map.class.isAssignableFrom(type)) {
                        assertThat(read).isExactlyInstanceOf(type);
                    }
                });
                assertThat(Arrays.deepEquals((Object[]) reader.read(), new Object[] {value, 7, new Object[] {value}})).isTrue();
            }
            assertThat(reader.hasNext()).isFalse();
            assertThat(budget.spilledBytes()).isPositive();
        }
    }

    @Test
    void whatIsReadForTheLastTimeMakesRoom(@TempDir Path directory) {
        try (QueryMemory budget = new QueryMemory(config(directory)); StatementMemory statement = budget.open(cancelled)) {
            OperatorMemory memory = statement.operator(null);
            long first = writeAndTake(memory, budget);
            for (int i = 0; i < 50; i++) {
                // More than the limit of the files, had the room not been used again.
                assertThat(writeAndTake(memory, budget)).isEqualTo(first);
            }
        }
    }

    private static long writeAndTake(OperatorMemory memory, QueryMemory budget) {
        SpillWriter writer = memory.writer();
        for (int i = 0; i < 5_000; i++) {
            writer.write("a row of some length " + i);
        }
        SpillReader reader = writer.finish().take(memory);
        for (int i = 0; i < 5_000; i++) {
            assertThat(reader.read()).isEqualTo("a row of some length " + i);
        }
        assertThat(reader.hasNext()).isFalse();
        return budget.spilledBytes();
    }

    @Test
    void filesHaveNoNamesAndLeaveNothing(@TempDir Path directory) throws IOException {
        Path folder = directory.resolve("spill");
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("statement-17"), "left by a crash");

        try (QueryMemory budget = QueryMemory.open(config(folder))) {
            StatementMemory statement = budget.open(cancelled);
            statement.operator(null).writer().write("x".repeat(100_000));
            assertThat(budget.spilledBytes()).isPositive();
            try (var files = Files.list(folder)) {
                assertThat(files).isEmpty();
            }
            statement.close();
            assertThat(budget.spilledBytes()).isZero();
        }
    }

    @Test
    void pastTheirLimitFilesAreRefused(@TempDir Path directory) {
        try (QueryMemory budget = new QueryMemory(config(directory))) {
            StatementMemory statement = budget.open(cancelled);
            SpillWriter writer = statement.operator(null).writer();

            assertThatThrownBy(() -> {
                for (int i = 0; i < 100; i++) {
                    writer.write("x".repeat(50_000));
                }
            }).isInstanceOfSatisfying(CoconutException.class, refused -> assertThat(refused.code()).isEqualTo(
                    ErrorCode.SPILL_LIMIT_REACHED));
            assertThat(budget.spilledBytes()).isLessThanOrEqualTo(1 << 20);
            statement.close();
            assertThat(budget.spilledBytes()).isZero();
        }
    }

    @Test
    void aFullDiskIsToldAndLeavesNothing(@TempDir Path directory) {
        try (QueryMemory budget = new QueryMemory(config(directory), new FullDisk())) {
            StatementMemory statement = budget.open(cancelled);
            SpillWriter writer = statement.operator(null).writer();

            assertThatThrownBy(() -> {
                for (int i = 0; i < 100; i++) {
                    writer.write("x".repeat(5_000));
                }
            }).isInstanceOfSatisfying(CoconutException.class, refused -> assertThat(refused.sqlState()).isEqualTo("53100"));
            statement.close();
            assertThat(budget.spilledBytes()).isZero();
            assertThat(budget.reservedBytes()).isZero();
        }
    }

    @Test
    void aCancelEndsWritingAndReading(@TempDir Path directory) {
        try (QueryMemory budget = new QueryMemory(config(directory)); StatementMemory statement = budget.open(cancelled)) {
            OperatorMemory memory = statement.operator(null);
            SpillWriter writer = memory.writer();
            writer.write("x".repeat(100_000));
            SpilledRows run = writer.finish();
            SpillWriter other = memory.writer();
            cancelled.set(true);

            assertThatThrownBy(() -> other.write("x".repeat(100_000))).isInstanceOfSatisfying(CoconutException.class,
                    refused -> assertThat(refused.sqlState()).isEqualTo("57014"));
            assertThatThrownBy(() -> run.read(memory).read()).isInstanceOfSatisfying(CoconutException.class,
                    refused -> assertThat(refused.sqlState()).isEqualTo("57014"));
        }
    }

    @Test
    void noStatementTakesAllAndEachOperatorGetsSome(@TempDir Path directory) {
        try (QueryMemory budget = new QueryMemory(config(directory)); StatementMemory statement = budget.open(cancelled)) {
            List<OperatorMemory> operators = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                OperatorMemory operator = statement.operator(null);
                operators.add(operator);
                while (operator.tryGrow(1_000)) {
                    assertThat(operator.usedBytes()).isLessThanOrEqualTo(operator.limitBytes());
                }
                assertThat(operator.usedBytes()).isGreaterThan((1 << 20) / 40);
            }
            assertThat(operators.getFirst().usedBytes()).isBetween(200L << 10, 256L << 10);
            assertThat(budget.reservedBytes()).isBetween(400L << 10, 700L << 10);
            assertThatThrownBy(() -> operators.getLast().grow(500_000, "something", "Do something.")).hasMessageContaining("something")
                    .hasMessageContaining("query.memory");

            operators.forEach(OperatorMemory::close);
            assertThat(budget.reservedBytes()).isZero();
        }
    }

    /// Has room for a few blocks.
    private static final class FullDisk implements Disk {
        @Override
        public DiskFile open(Path file, boolean create) throws IOException {
            DiskFile real = Disk.REAL.open(file, create);
            return new DiskFile() {
                @Override
                public void write(ByteBuffer bytes, long position) throws IOException {
                    if (position > 100_000) {
                        throw new IOException("No space left on device");
                    }
                    real.write(bytes, position);
                }

                @Override
                public int read(ByteBuffer into, long position) throws IOException {
                    return real.read(into, position);
                }

                @Override
                public void force(boolean metadata) throws IOException {
                    real.force(metadata);
                }

                @Override
                public long size() throws IOException {
                    return real.size();
                }

                @Override
                public void truncate(long size) throws IOException {
                    real.truncate(size);
                }

                @Override
                public void close() throws IOException {
                    real.close();
                }
            };
        }

        @Override
        public void forceDirectory(Path directory) throws IOException {
            Disk.REAL.forceDirectory(directory);
        }
    }
}
