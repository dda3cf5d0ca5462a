package org.coconutdb.sql.parser;

/// What happens to rows that refer to one that is deleted, or whose referenced columns change.
public enum ReferentialAction {
    /// Nothing: the commit is refused where they still refer to it.
    NO_ACTION("NO ACTION"),
    /// The statement is refused at once where there are any.
    RESTRICT("RESTRICT"),
    /// They are deleted, or get the new values.
    CASCADE("CASCADE"),
    SET_NULL("SET NULL"),
    SET_DEFAULT("SET DEFAULT");

    private final String sql;

    ReferentialAction(String sql) {
        this.sql = sql;
    }

    /// As it is written in SQL.
    public String sql() {
        return sql;
    }
}
