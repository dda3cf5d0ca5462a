package org.coconutdb.engine.replication;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;

/// What comes back for a question: the answer, or an error with its code and facts.
/// ```
/// | 0 | answer |
/// | 1 | code (UTF) | mend (UTF, may be empty) | facts (4) | each: name (UTF), value (UTF) |
/// ```
final class LinkAnswer {
    private static final byte ANSWER = 0;
    private static final byte ERROR = 1;
    private static final int TEXT_MAX = 4_000;

    private LinkAnswer() {}

    static byte[] of(byte[] answer) {
        byte[] bytes = new byte[answer.length + 1];
        bytes[0] = ANSWER;
        System.arraycopy(answer, 0, bytes, 1, answer.length);
        return bytes;
    }

    static byte[] of(Throwable failure) {
        CoconutException error = coconut(failure);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(ERROR);
            out.writeUTF(error.code().name());
            String mend = error.mend();
            out.writeUTF(mend == null ? "" : cut(mend));
            out.writeInt(error.facts().size());
            for (Map.Entry<String, String> fact : error.facts().entrySet()) {
                out.writeUTF(cut(fact.getKey()));
                out.writeUTF(cut(fact.getValue()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("written to memory", e);
        }
        return bytes.toByteArray();
    }

    private static String cut(String text) {
        return text.length() <= TEXT_MAX ? text : text.substring(0, TEXT_MAX);
    }

    static CoconutException coconut(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return switch (cause) {
            case CoconutException known -> known;
            case LinkException link -> link.toCoconut();
            default -> CoconutException.of(ErrorCode.BROKEN_INVARIANT, cause).with("failure", String.valueOf(cause));
        };
    }

    /// @throws CoconutException where the answer is an error
    static byte[] read(byte[] bytes) {
        if (bytes.length > 0 && bytes[0] == ANSWER) {
            return Arrays.copyOfRange(bytes, 1, bytes.length);
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            in.readByte();
            CoconutException error = CoconutException.of(code(in.readUTF()));
            String mend = in.readUTF();
            for (int left = in.readInt(); left > 0; left--) {
                error.with(in.readUTF(), in.readUTF());
            }
            throw mend.isEmpty() ? error : error.mend(mend);
        } catch (IOException e) {
            throw CoconutException.of(ErrorCode.BROKEN_INVARIANT, e).with("answerBytes", bytes.length);
        }
    }

    private static ErrorCode code(String name) {
        return Arrays.stream(ErrorCode.values()).filter(code -> code.name().equals(name)).findFirst().orElse(ErrorCode.BROKEN_INVARIANT);
    }
}
