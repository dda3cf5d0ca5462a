package org.coconutdb.sql.access;

/// What has an owner and something granted of it. Views are tables here.
public enum ObjectKind {
    TABLE, SEQUENCE, SCHEMA
}
