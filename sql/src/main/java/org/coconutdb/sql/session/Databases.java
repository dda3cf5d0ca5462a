package org.coconutdb.sql.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.coconutdb.engine.CoconutEngine;
import org.coconutdb.sql.spill.QueryMemory;
import org.jspecify.annotations.Nullable;

/// Databases that are open in this process: each is opened by its first session and closed with its last. A database in memory is gone
/// then. Any thread.
final class Databases {
    private static final Databases INSTANCE = new Databases();

    private final ConcurrentHashMap<String, Slot> slots = new ConcurrentHashMap<>();
    private final AtomicLong privateNames = new AtomicLong();

    private Databases() {}

    static Databases instance() {
        return INSTANCE;
    }

    /// A share in an open database; closing it twice is harmless.
    final class Share implements AutoCloseable {
        private final Slot slot;
        private final Database database;
        private boolean closed;

        private Share(Slot slot, Database database) {
            this.slot = slot;
            this.database = database;
        }

        Database database() {
            return database;
        }

        @Override
        public void close() {
            synchronized (slot) {
                if (closed) {
                    return;
                }
                closed = true;
                slot.users--;
                if (slot.users == 0) {
                    slot.isGone = true;
                    slots.remove(slot.key, slot);
                    database.close();
                }
            }
        }
    }

    private static final class Slot {
        private final String key;
        private @Nullable Database database;
        private int users;
        private boolean isGone;

        Slot(String key) {
            this.key = key;
        }
    }

    /// Opens the database, or joins those that have it open; then its settings stay as they were.
    Share open(ConnectionUrl url) {
        String key = key(url);
        while (true) {
            Slot slot = slots.computeIfAbsent(key, Slot::new);
            // Opening may read a long log: only those who want the same database wait for it.
            synchronized (slot) {
                if (slot.isGone) {
                    continue;
                }
                Database database = slot.database;
                if (database == null) {
                    try {
                        database = open(url, Openings.open(url));
                    } catch (Throwable failure) {
                        slot.isGone = true;
                        slots.remove(key, slot);
                        throw failure;
                    }
                    slot.database = database;
                }
                slot.users++;
                return new Share(slot, database);
            }
        }
    }

    private static Database open(ConnectionUrl url, CoconutEngine engine) {
        try {
            return new Database(engine, url.slowStatementMillis(), QueryMemory.open(url.queryMemory()), url.parallel());
        } catch (Throwable failure) {
            engine.close();
            throw failure;
        }
    }

    private String key(ConnectionUrl url) {
        Path directory = url.directory();
        if (directory != null) {
            return "file:" + realPath(directory);
        }
        MemberFile member = url.member();
        if (member != null) {
            return "member:" + realPath(member.file());
        }
        String name = url.name();
        return name == null || name.isEmpty() ? "private:" + privateNames.incrementAndGet() : "mem:" + name;
    }

    private static Path realPath(Path directory) {
        try {
            // Two ways to one directory are one database.
            return Files.exists(directory) ? directory.toRealPath() : directory.toAbsolutePath().normalize();
        } catch (IOException failure) {
            return directory.toAbsolutePath().normalize();
        }
    }
}
