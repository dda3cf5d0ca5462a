package org.coconutdb.engine.history;

import java.util.List;

/// What clients did to a database and what it answered.
///
/// Keys hold lists that are only appended to, so that a read tells in which order everything before it was written (Kingsbury and Alvaro,
/// "Elle", 2020). A register is a key whose list is known by its last element alone: whoever writes it has read it in the same transaction,
/// so that each write says which one it follows.
///
/// @param transactions in any order
public record History(List<Transaction> transactions) {
    /// How a transaction ended, as its client knows it.
    public enum Outcome {
        COMMITTED,
        ABORTED,
        /// The answer to its commit did not come.
        UNKNOWN
    }

    /// @param name for people
    /// @param operations in the order in which they ran
    /// @param invoked before its first operation began; of any clock that is the same for all
    /// @param completed after its end was acknowledged; meaningless where the outcome is unknown
    public record Transaction(String name, List<Operation> operations, long invoked, long completed, Outcome outcome) {}

    /// One operation, with its answer.
    public sealed interface Operation {
        String key();
    }

    /// @param value not used twice for the key
    public record Append(String key, int value) implements Operation {}

    /// @param values the whole list
    public record Read(String key, List<Integer> values) implements Operation {}

    /// @param value not used twice for the key
    public record Write(String key, int value) implements Operation {}

    /// @param value 0 where nothing was written yet
    public record Get(String key, int value) implements Operation {}
}
