package org.coconutdb.sql.corpus;

/// What a piece of a query stands for: pieces of one kind may take each other's place, values may be compared within one.
enum Kind {
    NUMBER("BIGINT"),
    DECIMAL("DECIMAL(20, 2)"),
    DOUBLE("DOUBLE PRECISION"),
    TEXT("VARCHAR(60)"),
    CONDITION("BOOLEAN"),
    DATE("DATE"),
    TIMESTAMP("TIMESTAMP"),
    /// Points on the time line.
    MOMENT("TIMESTAMP WITH TIME ZONE"),
    QUERY(""),
    /// Whatever else: lists, clauses, joins.
    PART("");

    private final String type;

    Kind(String type) {
        this.type = type;
    }

    boolean isValue() {
        return !type.isEmpty();
    }

    /// The widest type of such values that the corpus uses.
    String type() {
        return type;
    }
}
