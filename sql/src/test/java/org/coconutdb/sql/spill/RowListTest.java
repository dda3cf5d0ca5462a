package org.coconutdb.sql.spill;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RowListTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16, 17, RowList.PIECE_ROWS - 1, RowList.PIECE_ROWS, RowList.PIECE_ROWS + 1, 5 * RowList.PIECE_ROWS + 3})
    void rowsAndTheirNumbersStandWhereTheyWerePut(int count) {
        RowList list = new RowList();
        List<Integer> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            list.add(i, -i);
            expected.add(i);
        }
        check(list, expected);

        // Every third goes, and what stays moves up.
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (i % 3 != 0) {
                list.set(kept, list.row(i), list.number(i));
                expected.set(kept++, i);
            }
        }
        list.truncate(kept);
        expected.subList(kept, count).clear();
        check(list, expected);

        for (int i = 0; i < count; i++) {
            list.add(-i, i);
            expected.add(-i);
        }
        check(list, expected);
    }

    private static void check(RowList list, List<Integer> expected) {
        assertThat(list.size()).isEqualTo(expected.size());
        assertThat(list.isEmpty()).isEqualTo(expected.isEmpty());
        for (int i = 0; i < expected.size(); i++) {
            if (!expected.get(i).equals(list.row(i)) || list.number(i) != -expected.get(i)) {
                assertThat(list.row(i)).as("row %d", i).isEqualTo(expected.get(i));
                assertThat(list.number(i)).as("number %d", i).isEqualTo(-expected.get(i));
            }
        }
    }
}
