package org.coconutdb.engine.memory;

/// What to do about locking memory, `memory.lock`.
public enum LockPolicy {
    /// Opening or growing fails where the operating system refuses to lock.
    REQUIRED,
    /// Lock as far as the limit allows; what is not locked is shown and logged once.
    PREFERRED,
    /// Never lock.
    OFF
}
