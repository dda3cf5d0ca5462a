package org.coconutdb.jdbc.wire;

import java.util.ArrayList;
import java.util.List;
import org.coconutdb.jdbc.session.BlockTable;

/// A block table in an answer: some bytes a block, and a host's address.
public final class WireBlockTable {
    private static final int CLUSTER = 1;
    private static final int HOST = 2;
    private static final int BLOCK = 3;

    private static final int NUMBER = 1;
    private static final int EPOCH = 2;
    private static final int NAME = 3;
    private static final int PORT = 4;
    private static final int TLS = 5;
    private static final int PRIMARY = 3; // and 1, as it may be -1
    private static final int MEMBERS = 4;
    private static final int IN_SYNC = 5;

    private WireBlockTable() {}

    public static void write(WireWriter out, int field, BlockTable table) {
        WireWriter message = new WireWriter(64);
        message.text(CLUSTER, table.cluster());
        for (BlockTable.Host host : table.hosts()) {
            WireWriter row = new WireWriter(64);
            row.number(NUMBER, host.number());
            row.number(EPOCH, host.epoch());
            row.text(NAME, host.name());
            row.number(PORT, host.port());
            row.flag(TLS, host.tls());
            message.message(HOST, row);
        }
        for (BlockTable.Block block : table.blocks()) {
            WireWriter row = new WireWriter(32);
            row.number(NUMBER, block.number());
            row.number(EPOCH, block.epoch());
            row.number(PRIMARY, block.primary() + 1L);
            row.number(MEMBERS, block.members());
            row.number(IN_SYNC, block.inSync());
            message.message(BLOCK, row);
        }
        out.message(field, message);
    }

    public static BlockTable read(WireReader in) {
        String cluster = "";
        List<BlockTable.Host> hosts = new ArrayList<>();
        List<BlockTable.Block> blocks = new ArrayList<>();
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case CLUSTER -> cluster = in.text();
                case HOST -> hosts.add(host(in.message()));
                case BLOCK -> blocks.add(block(in.message()));
                default -> in.skip();
            }
        }
        return new BlockTable(cluster, hosts, blocks);
    }

    private static BlockTable.Host host(WireReader in) {
        int number = 0;
        long epoch = 0;
        String name = "";
        int port = 0;
        boolean tls = false;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case NUMBER -> number = in.count();
                case EPOCH -> epoch = in.number();
                case NAME -> name = in.text();
                case PORT -> port = in.count();
                case TLS -> tls = in.flag();
                default -> in.skip();
            }
        }
        return new BlockTable.Host(number, name, port, tls, epoch);
    }

    private static BlockTable.Block block(WireReader in) {
        int number = 0;
        long epoch = 0;
        int primary = -1;
        long members = 0;
        long inSync = 0;
        for (int field = in.next(); field != 0; field = in.next()) {
            switch (field) {
                case NUMBER -> number = in.count();
                case EPOCH -> epoch = in.number();
                case PRIMARY -> primary = in.count() - 1;
                case MEMBERS -> members = in.number();
                case IN_SYNC -> inSync = in.number();
                default -> in.skip();
            }
        }
        return new BlockTable.Block(number, primary, members, inSync, epoch);
    }
}
