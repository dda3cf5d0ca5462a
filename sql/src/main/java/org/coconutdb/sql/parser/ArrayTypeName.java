package org.coconutdb.sql.parser;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlCollectionTypeNameSpec;
import org.apache.calcite.sql.SqlTypeNameSpec;
import org.apache.calcite.sql.SqlWriter;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlValidator;

/// `T ARRAY`, `T ARRAY[n]`, `T[]`: any element of it may be NULL, whatever Calcite says of its own.
public final class ArrayTypeName extends SqlCollectionTypeNameSpec {
    private final int bound;

    /// @param bound elements at most; -1 for any number
    public ArrayTypeName(SqlTypeNameSpec element, int bound, SqlParserPos position) {
        super(element, SqlTypeName.ARRAY, position);
        this.bound = bound;
    }

    /// How many elements it has at most; -1: any number.
    public int bound() {
        return bound;
    }

    @Override
    public RelDataType deriveType(SqlValidator validator) {
        RelDataTypeFactory types = validator.getTypeFactory();
        RelDataType element = types.createTypeWithNullability(getElementTypeName().deriveType(validator), true);
        // The bound is kept where values are stored or cast: what is computed of arrays has none.
        return types.createArrayType(element, -1);
    }

    @Override
    public void unparse(SqlWriter writer, int leftPrec, int rightPrec) {
        super.unparse(writer, leftPrec, rightPrec);
        if (bound >= 0) {
            SqlWriter.Frame frame = writer.startList("[", "]");
            writer.print(bound);
            writer.endList(frame);
        }
    }
}
