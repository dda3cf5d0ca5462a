package org.coconutdb.engine;

import java.util.function.LongSupplier;
import org.coconutdb.engine.cluster.LogCarrier;
import org.coconutdb.engine.commit.LogClock;

/// Opens hosts of clusters whose clocks show another time than others'.
public final class MembersByClock {
    private MembersByClock() {}

    /// @param wallMicros microseconds since 1970; may step back
    public static CoconutEngine open(EngineConfig config, LogCarrier carrier, LongSupplier wallMicros) {
        return CoconutEngine.openMember(config, carrier, new LogClock(wallMicros));
    }
}
