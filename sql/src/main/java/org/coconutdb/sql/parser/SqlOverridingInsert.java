package org.coconutdb.sql.parser;

import org.apache.calcite.sql.SqlInsert;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.jspecify.annotations.Nullable;

/// An INSERT or UPSERT with OVERRIDING SYSTEM VALUE: it may give identity columns a value that always make their own.
public final class SqlOverridingInsert extends SqlInsert {
    public SqlOverridingInsert(
            SqlParserPos position,
            SqlNodeList keywords,
            SqlNode target,
            SqlNode source,
            @Nullable SqlNodeList columns) {
        super(position, keywords, target, source, columns);
    }
}
