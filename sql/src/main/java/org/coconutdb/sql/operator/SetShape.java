package org.coconutdb.sql.operator;

/// What a set operation answers.
///
/// @param all whether a row is answered as often as its operands have it, as far as the operation says
/// @param row what rows look like
/// @param columns all of them
public record SetShape(Kind kind, boolean all, RowShape row, int[] columns) {
    /// Rows that are answered: of any operand, of all, or of the first alone.
    public enum Kind {
        UNION, INTERSECT, EXCEPT
    }
}
