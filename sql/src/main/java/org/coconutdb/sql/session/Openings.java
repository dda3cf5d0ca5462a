package org.coconutdb.sql.session;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.engine.EngineConfig;

/// Who listens to databases being opened in this process. Any thread.
public final class Openings {
    private static final CopyOnWriteArrayList<OpeningListener> LISTENERS = new CopyOnWriteArrayList<>();

    private Openings() {}

    /// Listens until the answer is closed, to databases whose opening begins from now on.
    public static Listening listen(OpeningListener listener) {
        LISTENERS.add(listener);
        return () -> LISTENERS.remove(listener);
    }

    /// Ends listening; closing it twice is harmless.
    @FunctionalInterface
    public interface Listening extends AutoCloseable {
        @Override
        void close();
    }

    /// Opens a database and tells those who listen.
    static CoconutEngine open(ConnectionUrl url) {
        MemberFile member = url.member();
        return member == null ? open(url.config()) : CoconutEngine.openMember(url.config(), member.carrier());
    }

    private static CoconutEngine open(EngineConfig config) {
        List<OpeningListener> listeners = List.copyOf(LISTENERS);
        Path directory = config.directory();
        if (directory == null || listeners.isEmpty()) {
            return CoconutEngine.open(config);
        }
        try {
            return CoconutEngine.open(config,
                    state -> listeners.forEach(listener -> listener.reached(directory, state.bytes(), state.bytesTotal())));
        } finally {
            listeners.forEach(listener -> listener.ended(directory));
        }
    }
}
