package org.coconutdb.sql.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.coconutdb.engine.error.ErrorCode;
import org.junit.jupiter.api.Test;

/// `docs/errors.md` has every code, with the state, the category and the sentence that programs and people meet.
class ErrorsPageTest {
    @Test
    void thePageHasEveryCodeInTheOrderOfTheEnum() throws IOException {
        List<List<String>> documented = new ArrayList<>();
        for (List<String> row : MarkdownExamples.table(MarkdownExamples.read("errors.md"), "code")) {
            assertThat(row.get(4)).as("a mend for %s", row.get(0)).isNotBlank();
            documented.add(row.subList(0, 4));
        }

        List<List<String>> known = new ArrayList<>();
        for (ErrorCode code : ErrorCode.values()) {
            known.add(List.of(code.name(), code.sqlState(), code.category().name().toLowerCase(Locale.ROOT), code.message()));
        }

        assertThat(documented).isEqualTo(known);
    }
}
