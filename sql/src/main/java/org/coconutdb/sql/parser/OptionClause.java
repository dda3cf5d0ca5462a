package org.coconutdb.sql.parser;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlWriter;

/// An option of WITH (…) as it was written.
public record OptionClause(SqlIdentifier name, SqlNode value) {
    static void unparse(List<OptionClause> options, SqlWriter writer) {
        writer.keyword("WITH");
        SqlWriter.Frame list = writer.startList("(", ")");
        for (OptionClause option : options) {
            writer.sep(",");
            option.name.unparse(writer, 0, 0);
            writer.keyword("=");
            option.value.unparse(writer, 0, 0);
        }
        writer.endList(list);
    }
}
