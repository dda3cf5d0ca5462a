package org.coconutdb.sql.catalog;

/// A setting that the database was opened with, as `SYSTEM.SETTINGS` shows it.
public record Setting(String name, Object value, String description) {}
