package org.coconutdb.sql.run;

import org.apache.calcite.DataContext;

/// Functions of the session and the product. Generated code calls them.
public final class SessionFunctions {
    private SessionFunctions() {}

    /// The schema in which names without one are looked up.
    public static String currentSchema(DataContext context) {
        return ((PlanDataContext) context).execution().schema();
    }

    public static String version() {
        return "CoconutDB " + ProductVersion.NUMBER;
    }
}
