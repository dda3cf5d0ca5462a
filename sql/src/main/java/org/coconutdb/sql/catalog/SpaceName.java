package org.coconutdb.sql.catalog;

import java.util.List;
import org.apache.calcite.sql.SqlIdentifier;
import org.coconutdb.engine.BlockSpace;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.jspecify.annotations.Nullable;

/// What stands behind IN SPACE, or ALTER BLOCK SPACE → the number of the block space.
public final class SpaceName {
    private SpaceName() {}

    /// The default space where it was left out. UNDEFINED_SPACE.
    ///
    /// @param spaces by their numbers
    public static int number(@Nullable SqlIdentifier name, List<BlockSpace> spaces) {
        if (name == null) {
            return 0;
        }
        List<String> names = spaces.stream().map(BlockSpace::name).toList();
        int number = names.indexOf(name.getSimple());
        if (number < 0) {
            throw CoconutException.of(ErrorCode.UNDEFINED_SPACE)
                    .with("space", name.getSimple())
                    .with("line", name.getParserPosition().getLineNum())
                    .with("column", name.getParserPosition().getColumnNum())
                    .mend(mend(name.getSimple(), names, spaces.getFirst().rule().isPresent()));
        }
        return number;
    }

    private static String mend(String name, List<String> names, boolean isCluster) {
        if (!isCluster) {
            return "Leave IN SPACE out: block spaces are those of a cluster, and this database has but the default one.";
        }
        return NearestName.of(name, names).map(nearest -> "Did you mean " + nearest + "? ").orElse("") + "There are " + String.join(", ",
                names) + "; others are made by spaces in the files of the hosts.";
    }
}
