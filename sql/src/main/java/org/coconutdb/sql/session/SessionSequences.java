package org.coconutdb.sql.session;

import java.util.HashMap;
import java.util.Map;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.Catalog;
import org.coconutdb.sql.run.SequenceValues;

/// A session's view of the sequences: what it was given last stays its own. One thread.
final class SessionSequences implements SequenceValues {
    private final Catalog catalog;
    private final SessionTransactions transactions;
    private final Map<Integer, Long> given = new HashMap<>();

    SessionSequences(Catalog catalog, SessionTransactions transactions) {
        this.catalog = catalog;
        this.transactions = transactions;
    }

    @Override
    public long next(int sequence) {
        transactions.requireWritable();
        long value = catalog.sequence(sequence).next();
        given.put(sequence, value);
        return value;
    }

    @Override
    public long current(int sequence) {
        Long value = given.get(sequence);
        if (value == null) {
            throw CoconutException.of(ErrorCode.NO_CURRENT_VALUE)
                    .with("sequence", catalog.sequence(sequence))
                    .mend("NEXT VALUE FOR the sequence first, on this connection.");
        }
        return value;
    }
}
