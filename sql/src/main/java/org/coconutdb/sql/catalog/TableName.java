package org.coconutdb.sql.catalog;

/// A table's name as the catalogue has it.
public record TableName(String schema, String name) {}
