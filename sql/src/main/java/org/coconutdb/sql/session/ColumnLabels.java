package org.coconutdb.sql.session;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.coconutdb.sql.parser.ColumnTexts;
import org.jspecify.annotations.Nullable;

/// What the columns of an answer are called: as they are named, columns without a name as they are written, those of a VALUES list by their
/// number. Inside of a statement they keep the names that the planner gives them, each another.
final class ColumnLabels {
    private ColumnLabels() {}

    /// @param query as it was parsed; validating has expanded every `*` of its selects
    /// @param texts of the columns without a name, see [ColumnTexts#of]
    /// @param validated what came of it
    static List<String> of(SqlNode query, List<String> texts, SqlNode validated, RelDataType row) {
        List<String> labels = new ArrayList<>(row.getFieldNames());
        SqlSelect written = ColumnTexts.select(query);
        if (written == null) {
            return texts.size() == labels.size() ? texts : labels;
        }
        SqlSelect select = isLabelled(ColumnTexts.select(validated), texts, labels) ? ColumnTexts.select(validated) : written;
        if (select == null || !isLabelled(select, texts, labels)) {
            return labels;
        }
        Iterator<String> text = texts.iterator();
        for (int i = 0; i < labels.size(); i++) {
            if (ColumnTexts.isUnnamed(select.getSelectList().get(i))) {
                labels.set(i, text.next());
            }
        }
        return labels;
    }

    /// Whether it is the select of the texts: ORDER BY behind a UNION puts another around it.
    private static boolean isLabelled(@Nullable SqlSelect select, List<String> texts, List<String> labels) {
        return select != null && select.getSelectList().size() == labels.size()
                && select.getSelectList().stream().filter(ColumnTexts::isUnnamed).count() == texts.size();
    }
}
