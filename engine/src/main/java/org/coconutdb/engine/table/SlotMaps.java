package org.coconutdb.engine.table;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The maps of a hash table at one moment: which slots are in which. Immutable; the writer replaces the whole when a move begins or
/// ends.
///
/// Slots fall into [#PARTS] parts by their highest bits. A small table has one map for all parts, a large one a map for each. While a
/// part moves it has a map that it moves to beside the one that it moves from.
final class SlotMaps {
    static final int PARTS = 1 << SlotHints.PART_BITS;

    private static final long IN_PART = -1L >>> SlotHints.PART_BITS;

    // By part; next is null where the part does not move.
    private final OffsetMap[] current;
    private final @Nullable OffsetMap[] next;

    private SlotMaps(OffsetMap[] current, @Nullable OffsetMap[] next) {
        this.current = current;
        this.next = next;
    }

    /// One map for all.
    static SlotMaps of(OffsetMap map) {
        OffsetMap[] current = new OffsetMap[PARTS];
        Arrays.fill(current, map);
        return new SlotMaps(current, new OffsetMap[PARTS]);
    }

    /// A map for each part.
    static SlotMaps of(OffsetMap[] parts) {
        assert parts.length == PARTS : parts.length + " parts";
        return new SlotMaps(parts.clone(), new OffsetMap[PARTS]);
    }

    static int part(long slot) {
        return (int) (slot >>> -SlotHints.PART_BITS);
    }

    /// The slot behind a slot, in the same part.
    static long after(long slot) {
        return (slot & ~IN_PART) | ((slot + 1) & IN_PART);
    }

    /// Whether one map holds all parts.
    boolean isWhole() {
        return current[0] == current[PARTS - 1];
    }

    OffsetMap current(int part) {
        return current[part];
    }

    @Nullable
    OffsetMap next(int part) {
        return next[part];
    }

    long hint(long slot) {
        int part = part(slot);
        OffsetMap moving = next[part];
        long hinted = moving == null ? 0 : moving.hint(slot);
        return hinted != 0 ? hinted : current[part].hint(slot);
    }

    long get(long slot) {
        int part = part(slot);
        OffsetMap moving = next[part];
        if (moving != null) {
            long record = moving.get(slot);
            if (record != 0) {
                return record;
            }
        }
        return current[part].get(slot);
    }

    /// The same, and one part moves.
    SlotMaps withNext(int part, OffsetMap to) {
        @Nullable OffsetMap[] moving = next.clone();
        moving[part] = to;
        return new SlotMaps(current, moving);
    }

    /// The same, and all parts move.
    ///
    /// @param to one map for all, or one for each
    SlotMaps withNext(OffsetMap[] to) {
        return new SlotMaps(current, to.length == 1 ? of(to[0]).current : to.clone());
    }

    /// After the move: what moved has only the map that it moved to.
    SlotMaps moved() {
        OffsetMap[] now = current.clone();
        for (int part = 0; part < PARTS; part++) {
            OffsetMap to = next[part];
            if (to != null) {
                now[part] = to;
            }
        }
        return new SlotMaps(now, new OffsetMap[PARTS]);
    }

    /// Each map once, those that are moved to behind the others.
    List<OffsetMap> all() {
        List<OffsetMap> maps = new ArrayList<>();
        addEach(current, maps);
        addEach(next, maps);
        return maps;
    }

    // Parts that share a map lie next to each other.
    private static void addEach(@Nullable OffsetMap[] from, List<OffsetMap> to) {
        OffsetMap last = null;
        for (OffsetMap map : from) {
            if (map != null && map != last) {
                to.add(map);
                last = map;
            }
        }
    }

    /// Whether parts move to the map.
    boolean isNext(OffsetMap map) {
        for (OffsetMap moving : next) {
            if (moving == map) {
                return true;
            }
        }
        return false;
    }
}
