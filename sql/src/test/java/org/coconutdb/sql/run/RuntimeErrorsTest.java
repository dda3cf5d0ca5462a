package org.coconutdb.sql.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.coconutdb.engine.error.ErrorCode;
import org.junit.jupiter.api.Test;

class RuntimeErrorsTest {
    private static int quotient(int divisor) {
        return 1 / divisor;
    }

    /// Compiled code gives its exception no text when it has thrown many.
    @Test
    void divisionsByZeroAreKnownHoweverMany() {
        int found = 0;
        for (int i = 0; i < 200_000; i++) {
            try {
                found += quotient(found);
            } catch (ArithmeticException failure) {
                assertThat(RuntimeErrors.translate(failure).code()).isEqualTo(ErrorCode.DIVISION_BY_ZERO);
            }
        }
        assertThat(found).isZero();
        assertThat(RuntimeErrors.translate(new ArithmeticException()).code()).isEqualTo(ErrorCode.DIVISION_BY_ZERO);
    }

    @Test
    void overflowsAreOfTheRange() {
        ArithmeticException failure = catchThrowableOfType(ArithmeticException.class, () -> Math.addExact(Integer.MAX_VALUE, 1));
        assertThat(RuntimeErrors.translate(failure).code()).isEqualTo(ErrorCode.VALUE_OUT_OF_RANGE);
    }
}
