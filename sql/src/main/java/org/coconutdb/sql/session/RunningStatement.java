package org.coconutdb.sql.session;

/// A statement that runs now, or whose rows are being read.
///
/// @param text as it was written, without secrets
record RunningStatement(String text, ExecutionSignal signal) {}
