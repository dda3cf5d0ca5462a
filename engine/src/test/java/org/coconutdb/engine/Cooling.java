package org.coconutdb.engine;

import java.util.Objects;
import org.coconutdb.engine.tier.Tier;

/// Makes rows of a test's database cold.
public final class Cooling {
    private Cooling() {}

    /// All rows of all tables that are worth it.
    public static void all(CoconutEngine engine) {
        engine.tables().forEach(table -> some(engine, table, Long.MAX_VALUE));
    }

    /// Rows of a table, until about so many bytes come back in each block.
    public static void some(CoconutEngine engine, TableDescriptor table, long bytes) {
        tier(engine).cool(table.id(), Integer.MAX_VALUE, bytes);
    }

    static void round(CoconutEngine engine) {
        tier(engine).round();
    }

    private static Tier tier(CoconutEngine engine) {
        return Objects.requireNonNull(engine.tier());
    }
}
