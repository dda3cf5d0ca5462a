package org.coconutdb.engine.table;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SlotMapsTest {
    @Test
    void theSlotBehindTheLastOfAPartIsItsFirst() {
        assertThat(SlotMaps.after(0x3FFF_FFFF_FFFF_FFFFL)).isEqualTo(0x3000_0000_0000_0000L);
        assertThat(SlotMaps.after(-1)).isEqualTo(0xF000_0000_0000_0000L);
        assertThat(SlotMaps.after(0x7000_0000_0000_0009L)).isEqualTo(0x7000_0000_0000_000AL);
    }

    @Test
    void neighboursAreInOnePart() {
        for (int part = 0; part < SlotMaps.PARTS; part++) {
            long last = ((part + 1L) << -SlotHints.PART_BITS) - 1;
            assertThat(SlotMaps.part(last)).isEqualTo(part);
            assertThat(SlotMaps.part(SlotMaps.after(last))).isEqualTo(part);
        }
    }
}
