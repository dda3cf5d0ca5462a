package org.coconutdb.jdbc.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ArrayTextTest {
    private static Object array(Random random, int depth) {
        List<Object> values = new ArrayList<>();
        String[] texts = {"", "a", "NULL", "null", " ", "a b", ",", "{", "}", "\"", "\\", "\\\"", "é€", "\n", "1.50"};
        for (int left = random.nextInt(5); left > 0; left--) {
            values.add(depth > 0 && random.nextInt(3) == 0 ? array(random, depth - 1)
                    : random.nextInt(6) == 0 ? null : texts[random.nextInt(texts.length)]);
        }
        return values;
    }

    @Test
    void whatIsWrittenIsReadBack() {
        for (int seed = 0; seed < 2000; seed++) {
            List<?> array = (List<?>) array(new Random(seed), 3);

            String text = ArrayText.write(array, String::valueOf);

            assertThat(ArrayText.read(text)).as("seed %s: %s", seed, text).isEqualTo(array);
        }
    }

    @Test
    void blanksAroundElementsMeanNothing() {
        assertThat(ArrayText.read(" { a b , \" c \" , nUlL , { } , d\\, } ")).isEqualTo(Arrays.asList("a b", " c ", null, List.of(), "d,"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a", "{", "{a", "{a,", "{a,}", "{,a}", "{\"a}", "{\"a\"b}", "{a\"b\"}", "{a}}", "{a} b", "{{a}", "{a\\",
            "}"})
    void whatIsNoArrayIsRefused(String text) {
        assertThatThrownBy(() -> ArrayText.read(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void manyArraysInEachOtherDoNotFillTheStack() {
        assertThatThrownBy(() -> ArrayText.read("{".repeat(100_000))).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("64");
    }
}
