package org.coconutdb.sql.run;

/// The version that is told to clients.
public final class ProductVersion {
    public static final String NUMBER = "0.1.0";

    private ProductVersion() {}
}
