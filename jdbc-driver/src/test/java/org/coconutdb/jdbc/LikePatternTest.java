package org.coconutdb.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LikePatternTest {
    @ParameterizedTest
    @CsvSource({
            "%, ANYTHING, true",
            "%, '', true",
            "'', '', true",
            "'', A, false",
            "ORDERS, ORDERS, true",
            "ORDERS, orders, false",
            "ORD%, ORDERS, true",
            "%ERS, ORDERS, true",
            "O%D%S, ORDERS, true",
            "ORDER_, ORDERS, true",
            "ORDER_, ORDER, false",
            "A\\_B, A_B, true",
            "A\\_B, AXB, false",
            "A\\%, A%, true",
            "A\\%, AB, false",
            "A\\\\B, A\\B, true",
            "A\\, A\\, true",
            "A.B, A.B, true",
            "A.B, AXB, false",
            "A*, AAA, false",
            "[A], A, false",
            "\\Q%, Q1, true",
    })
    void matchesAsJdbcSaysIt(String pattern, String name, boolean matches) {
        assertThat(LikePattern.of(pattern).matches(name)).isEqualTo(matches);
    }

    @Test
    void noPatternMatchesEverythingAndAPatternNoMissingName() {
        assertThat(LikePattern.of(null).matches("X")).isTrue();
        assertThat(LikePattern.of(null).matches(null)).isTrue();
        assertThat(LikePattern.of("X%").matches(null)).isFalse();
    }

    @Test
    void linesAndSignsAreCharactersLikeOthers() {
        assertThat(LikePattern.of("A%B").matches("A\n\nB")).isTrue();
        assertThat(LikePattern.of("A_B").matches("A\nB")).isTrue();
    }
}
