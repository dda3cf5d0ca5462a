package org.coconutdb.engine.process;

import java.io.IOException;
import java.util.List;

/// What hosts of a cluster reach each other and their clients by. Any thread.
interface ClusterNetwork extends AutoCloseable {
    /// Where a host is reached.
    String address(int host);

    /// What comes before the command of a host's process.
    List<String> prefix(int host);

    /// What the one sends to the other gets lost from now on.
    ///
    /// @return whether it does so itself; else hosts have to
    boolean cut(int from, int to) throws IOException, InterruptedException;

    /// Nothing gets lost any more.
    void heal() throws IOException, InterruptedException;

    @Override
    void close();

    /// That of this machine, which loses nothing.
    ClusterNetwork LOOPBACK = new ClusterNetwork() {
        @Override
        public String address(int host) {
            return "127.0.0.1";
        }

        @Override
        public List<String> prefix(int host) {
            return List.of();
        }

        @Override
        public boolean cut(int from, int to) {
            return false;
        }

        @Override
        public void heal() {
            // Nothing is cut.
        }

        @Override
        public void close() {
            // It stays.
        }
    };
}
