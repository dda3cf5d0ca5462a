package org.coconutdb.engine.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.stream.Stream;
import org.coconutdb.engine.TableKind;
import org.coconutdb.engine.block.BlockCommand;
import org.coconutdb.engine.block.Read;
import org.coconutdb.engine.block.Write;
import org.coconutdb.engine.block.Write.Condition;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.row.KeyRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class CommandCodecTest {
    static Stream<BlockCommand> commands() {
        List<Write> writes = List.of(
                new Write(17, Condition.ABSENT, new byte[] {1, 2}, new byte[] {3}, 3600),
                new Write(18, Condition.UNCHANGED, new byte[0], null, 0),
                new Write(18, Condition.UNCHANGED, new byte[] {9}, new byte[0], Write.KEEP_TTL),
                new Write(19, Condition.UNCHANGED, new byte[] {9, 8}, new byte[] {7}, 0, 0, 1L << 40),
                new Write(19, Condition.UNCHANGED, new byte[] {9, 8}, null, 0, 7, -1));
        List<Read> reads = List.of(
                new Read.Key(17, new byte[] {1}),
                new Read.Key(18, new byte[0]),
                new Read.Key(17, new byte[] {1, 2}, 5),
                new Read.Key(18, new byte[0], Long.MAX_VALUE),
                new Read.Range(17, KeyRange.ALL),
                new Read.Range(18, new KeyRange(new byte[] {1, 2}, new byte[0])),
                new Read.Range(18, new KeyRange(null, new byte[] {3})),
                new Read.Range(18, new KeyRange(new byte[] {1, 2}, null), Long.MAX_VALUE),
                new Read.Exists(17, new byte[] {4, 5}),
                new Read.Exists(17, new byte[0]));
        return Stream.of(
                new BlockCommand.CreateTable(17, TableKind.SORTED),
                new BlockCommand.AlterTable(17, 3),
                new BlockCommand.DropTable(17),
                new BlockCommand.Commit(5, reads, writes),
                new BlockCommand.Prepare(-7, 2, 5, reads, writes),
                new BlockCommand.Decide(-7, true, 6),
                new BlockCommand.Forget(-7),
                new BlockCommand.Abandon(-7),
                new BlockCommand.Expire(17, List.of()),
                new BlockCommand.Expire(17,
                        List.of(new BlockCommand.ExpiredRow(new byte[] {1, 2, 3}, 41), new BlockCommand.ExpiredRow(new byte[0], 42))));
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandIsReadAsItWasWritten(BlockCommand command) {
        ByteBuffer bytes = encoded(command);

        BlockCommand read = CommandCodec.decode(bytes);

        assertThat(read).usingRecursiveComparison().isEqualTo(command);
        assertThat(bytes.hasRemaining()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("commands")
    void aCommandThatWasCutShortIsDamage(BlockCommand command) {
        ByteBuffer bytes = encoded(command);

        for (int length = 0; length < bytes.capacity(); length++) {
            ByteBuffer cut = bytes.slice(0, length).order(ByteOrder.LITTLE_ENDIAN);
            assertThatThrownBy(() -> CommandCodec.decode(cut))
                    .isInstanceOfSatisfying(CoconutException.class, failure -> assertThat(failure.code()).isEqualTo(
                            ErrorCode.DATA_CORRUPTED));
        }
    }

    private static ByteBuffer encoded(BlockCommand command) {
        ByteBuffer bytes = ByteBuffer.allocate(CommandCodec.size(command)).order(ByteOrder.LITTLE_ENDIAN);
        CommandCodec.encode(command, bytes);
        assertThat(bytes.hasRemaining()).isFalse();
        return bytes.flip();
    }
}
