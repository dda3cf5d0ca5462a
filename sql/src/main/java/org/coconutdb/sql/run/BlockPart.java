package org.coconutdb.sql.run;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.Map;
import org.coconutdb.engine.TableDescriptor;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.transaction.BlockScan;
import org.coconutdb.engine.transaction.BlockScans;

/// The block that a fragment of a plan is run for: all that it reads of its tables lies there. Immutable but for the flag that ends it.
final class BlockPart {
    private final Map<Integer, BlockScans> tables;
    private final int place;
    private final AtomicBoolean abandoned;

    /// @param tables by id
    /// @param place of the block among all
    /// @param abandoned set where another part has failed, so that nobody wants this one's rows
    BlockPart(Map<Integer, BlockScans> tables, int place, AtomicBoolean abandoned) {
        this.tables = tables;
        this.place = place;
        this.abandoned = abandoned;
    }

    /// Begins to read what the block has of a table.
    BlockScan scan(TableDescriptor table) {
        BlockScans blocks = tables.get(table.id());
        if (blocks == null) {
            throw new IllegalStateException(table.name() + " is no table of the fragment");
        }
        return blocks.open(place);
    }

    /// STATEMENT_CANCELLED where another part has failed; whoever waits for all is told what that one met.
    void requireWanted() {
        if (abandoned.get()) {
            throw CoconutException.of(ErrorCode.STATEMENT_CANCELLED);
        }
    }
}
