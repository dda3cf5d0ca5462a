package org.coconutdb.sql.catalog;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.sql.SqlNode;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.parser.OptionClause;
import org.jspecify.annotations.Nullable;

/// What stands in WITH (…), by name.
final class WithOptions {
    private final Map<String, SqlNode> values = new HashMap<>();

    /// INVALID_STATEMENT for an option that is not among the known ones, or stands twice.
    WithOptions(List<OptionClause> options, List<String> known) {
        for (OptionClause option : options) {
            String name = option.name().getSimple();
            if (!known.contains(name)) {
                String nearest = NearestName.of(name, known).map(other -> "Did you mean " + other + "? ").orElse("");
                throw at(CoconutException.of(ErrorCode.INVALID_STATEMENT).with("option", name), option.name())
                        .mend("There is no such option here. " + nearest + "Known " + (known.size() == 1 ? "is " : "are ")
                                + String.join(", ", known) + ", as in " + TtlOption.EXAMPLE + ".");
            }
            if (values.put(name, option.value()) != null) {
                throw at(CoconutException.of(ErrorCode.INVALID_STATEMENT).with("option", name), option.name())
                        .mend("Give the option once.");
            }
        }
    }

    @Nullable
    SqlNode get(String name) {
        return values.get(name);
    }

    static CoconutException at(CoconutException error, SqlNode place) {
        return error.with("line", place.getParserPosition().getLineNum()).with("column", place.getParserPosition().getColumnNum());
    }
}
