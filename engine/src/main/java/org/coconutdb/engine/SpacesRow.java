package org.coconutdb.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.engine.replication.CommitPolicy;

/// The directory's row of a cluster's block spaces: what of them was true when the cluster was made, and is for ever. Big-endian.
/// ```
///  | count 4 | for each, by its number: blocks 4 | policy 1 (0 none, 1 unanimous, 2 majority) | nameBytes 4 | name … |
/// ```
/// Where tables' rows lie follows from it. And who reads by leases rests on what was committed before having waited for all who did: so a space's policy is for ever, too.
///
/// @param spaces by their numbers
record SpacesRow(List<Space> spaces) {
    /// @param policy as in the row
    record Space(String name, int blocks, byte policy) {}

    private static final byte NOBODY_VOTES = 0;
    private static final byte UNANIMOUS = 1;
    private static final byte MAJORITY = 2;

    static SpacesRow of(List<BlockSpace> spaces) {
        return new SpacesRow(spaces.stream().map(space -> new Space(space.name(), space.blockCount(), space.rule()
                .map(rule -> rule.policy() == CommitPolicy.UNANIMOUS ? UNANIMOUS : MAJORITY).orElse(NOBODY_VOTES))).toList());
    }

    byte[] encode() {
        List<byte[]> names = spaces.stream().map(space -> space.name().getBytes(StandardCharsets.UTF_8)).toList();
        ByteBuffer bytes = ByteBuffer.allocate(Integer.BYTES + names.stream().mapToInt(name -> 2 * Integer.BYTES + 1 + name.length).sum());
        bytes.putInt(spaces.size());
        for (int i = 0; i < names.size(); i++) {
            bytes.putInt(spaces.get(i).blocks()).put(spaces.get(i).policy()).putInt(names.get(i).length).put(names.get(i));
        }
        return bytes.array();
    }

    static SpacesRow decode(byte[] row) {
        ByteBuffer bytes = ByteBuffer.wrap(row);
        List<Space> spaces = new ArrayList<>();
        for (int left = bytes.getInt(); left > 0; left--) {
            int blocks = bytes.getInt();
            byte policy = bytes.get();
            byte[] name = new byte[bytes.getInt()];
            bytes.get(name);
            spaces.add(new Space(new String(name, StandardCharsets.UTF_8), blocks, policy));
        }
        return new SpacesRow(List.copyOf(spaces));
    }

    /// INVALID_CONNECTION_STRING where these are not the spaces of the row, with others behind them at most.
    void requireKept(SpacesRow now) {
        for (int i = 0; i < spaces.size(); i++) {
            Space then = spaces.get(i);
            Space is = i < now.spaces.size() ? now.spaces.get(i) : null;
            if (!then.equals(is)) {
                throw CoconutException.of(ErrorCode.INVALID_CONNECTION_STRING)
                        .with("number", i)
                        .with("cluster", text(then))
                        .with("host", is == null ? "nothing" : text(is))
                        .mend("The cluster was made with other block spaces than this host was told. Their order, their names, how many blocks they have and how they "
                                + "commit are for ever, new ones come behind: give this host those of the cluster.");
            }
        }
    }

    private static String text(Space space) {
        return space.name() + ":" + space.blocks() + switch (space.policy()) {
            case UNANIMOUS -> " unanimous";
            case MAJORITY -> " majority";
            default -> "";
        };
    }
}
