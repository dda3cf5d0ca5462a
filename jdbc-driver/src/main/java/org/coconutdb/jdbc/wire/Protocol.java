package org.coconutdb.jdbc.wire;

import java.nio.charset.StandardCharsets;
import org.coconutdb.jdbc.session.Session;

/// The numbers of the messages: what may be asked, and the fields of requests and answers. A number keeps its meaning for ever.
public final class Protocol {
    /// By which a server knows who has logged in with a ticket.
    public static final String LOGIN_COOKIE = "coconut-login";

    /// Name of the `WireMessage` that a request or an answer travels in. A change that older sides cannot pass over gets another number.
    public static final String NAME = "coconut/1";
    private static final byte[] NAME_BYTES = NAME.getBytes(StandardCharsets.US_ASCII);
    private static final int NAME_FIELD = 1;
    private static final int WRAPPED_FIELD = 2;

    private Protocol() {}

    /// What is asked.
    public static final class Operation {
        public static final int OPEN = 1;
        public static final int CLOSE = 2;
        public static final int PREPARE = 3;
        public static final int EXECUTE = 4;
        public static final int BATCH = 5;
        public static final int FETCH = 6;
        public static final int CANCEL = 7;
        public static final int PING = 8;
        public static final int SET_AUTOCOMMIT = 9;
        public static final int COMMIT = 10;
        public static final int ROLLBACK = 11;
        public static final int SAVEPOINT = 12;
        public static final int ROLLBACK_TO = 13;
        public static final int RELEASE = 14;
        public static final int SET_ISOLATION = 15;
        public static final int SET_READ_ONLY = 16;
        public static final int SET_SCHEMA = 17;

        private Operation() {}
    }

    /// Fields of a request.
    public static final class Ask {
        public static final int OPERATION = 1;
        public static final int CONNECTION = 2;
        /// Chosen by the client, from 1.
        public static final int STATEMENT = 3;
        /// The text, where the server may not know the statement; several of a batch.
        public static final int SQL = 4;
        public static final int KEYS = 5;
        /// Values of parameters, row after row.
        public static final int ROWS = 6;
        public static final int ROW_COUNT = 7;
        public static final int MAX_ROWS = 8;
        public static final int TIMEOUT_SECONDS = 9;
        /// Rows of a page; 0: as the server likes.
        public static final int PAGE_ROWS = 10;
        /// What is expected of a text that is run once: see [Protocol#number].
        public static final int WANTED = 11;
        /// Counts executions, so that a cancellation does not hit the next one.
        public static final int EXECUTION = 12;
        /// Statements that the client has closed since its last request.
        public static final int CLOSED = 13;
        public static final int NUMBER = 14;
        public static final int TEXT = 15;
        /// The cursors that the client has closed, by statement.
        public static final int CLOSED_CURSOR = 16;
        public static final int USER = 17;
        /// The first zone of a session that is opened; without one it has the server's.
        public static final int TIME_ZONE = 18;
        /// Its zone, where that is another than the first by now.
        public static final int TIME_ZONE_SET = 19;
        /// On what its reads are to rest.
        public static final int READ = 20;
        /// Of who opens a session and wants to be told the block table: the epoch of the one that it knows, and 1.
        public static final int EPOCH = 24;
        /// The cluster that the server has to be of.
        public static final int CLUSTER = 25;

        private Ask() {}
    }

    /// Fields of an answer.
    public static final class Tell {
        public static final int COLUMN = 1;
        public static final int PARAMETER = 2;
        public static final int HAS_ROWS = 3;
        public static final int PAGE = 4;
        public static final int PAGE_ROW_COUNT = 5;
        /// No page follows, and the cursor is closed.
        public static final int DONE = 6;
        /// And 1, as it may be -1.
        public static final int UPDATE_COUNT = 7;
        public static final int COUNT = 8;
        public static final int KEY_COLUMN = 9;
        public static final int KEY_ROWS = 10;
        public static final int KEY_ROW_COUNT = 11;
        /// AUTOCOMMIT, IN_TRANSACTION, READ_ONLY, and the isolation level above.
        public static final int STATE = 12;
        /// Where it is another than the client knows.
        public static final int SCHEMA = 13;
        public static final int CONNECTION = 14;
        public static final int VERSION = 15;
        public static final int NUMBER = 16;
        public static final int FAILURE = 17;
        /// What comes behind the rows of the page.
        public static final int PAGE_FAILURE = 18;
        /// The server has no such connection: it was started anew, or the connection was unused for too long. Nothing was done.
        public static final int NO_CONNECTION = 19;
        /// The server has no such statement: it wants the text. Nothing was done.
        public static final int NO_STATEMENT = 20;
        /// The zone of the session, where it is another than the client knows.
        public static final int TIME_ZONE = 21;
        /// On what the session's reads rest, where it is something else than the client knows.
        public static final int READ = 22;
        /// The cluster's block table, where the client wants it, and has another.
        public static final int BLOCK_TABLE = 24;

        public static final int STATE_AUTOCOMMIT = 1;
        public static final int STATE_IN_TRANSACTION = 2;
        public static final int STATE_READ_ONLY = 4;
        public static final int STATE_ISOLATION_SHIFT = 3;

        private Tell() {}
    }

    /// As [Ask#WANTED] has it.
    public static int number(Session.Wanted wanted) {
        return switch (wanted) {
            case ANYTHING -> 1;
            case ROWS -> 2;
            case COUNT -> 3;
        };
    }

    public static Session.Wanted wanted(int number) {
        return switch (number) {
            case 1 -> Session.Wanted.ANYTHING;
            case 2 -> Session.Wanted.ROWS;
            case 3 -> Session.Wanted.COUNT;
            default -> throw new WireException("an unknown expectation " + number);
        };
    }

    /// The request or answer in its envelope.
    public static WireWriter wrap(WireWriter message) {
        WireWriter out = new WireWriter(message.length() + 32);
        out.bytes(NAME_FIELD, NAME_BYTES);
        out.message(WRAPPED_FIELD, message);
        return out;
    }

    /// Whether the bytes begin as an envelope of ours.
    public static boolean isOurs(byte[] bytes, int length) {
        if (length < NAME_BYTES.length + 2 || bytes[0] != (NAME_FIELD << 3 | WireWriter.BYTES) || bytes[1] != NAME_BYTES.length) {
            return false;
        }
        for (int i = 0; i < NAME_BYTES.length; i++) {
            if (bytes[i + 2] != NAME_BYTES[i]) {
                return false;
            }
        }
        return true;
    }

    /// What an envelope of ours has in it.
    public static WireReader unwrap(byte[] bytes, int length) {
        WireReader envelope = new WireReader(bytes, 0, length);
        for (int field = envelope.next(); field != 0; field = envelope.next()) {
            if (field == WRAPPED_FIELD) {
                return envelope.message();
            }
            envelope.skip();
        }
        throw new WireException("an envelope without a message");
    }
}
