package org.coconutdb.sql.run;

import java.util.function.Supplier;
import org.apache.calcite.linq4j.Enumerator;
import org.jspecify.annotations.Nullable;

/// Why the constants of a plan's generated code cannot be computed, `LN(0)` for instance. They are static fields there: the JVM tells the
/// reason once, and from then on only that the class cannot be used. One for each plan, which may run on several threads.
public final class GeneratedConstants {
    private volatile @Nullable ExceptionInInitializerError first;

    /// What the code answers.
    public <T> T guarded(Supplier<T> code) {
        try {
            return code.get();
        } catch (LinkageError failure) {
            throw told(failure);
        }
    }

    /// The same rows.
    public <T> Enumerator<T> guarded(Enumerator<T> rows) {
        return new Enumerator<>() {
            @Override
            public T current() {
                try {
                    return rows.current();
                } catch (LinkageError failure) {
                    throw told(failure);
                }
            }

            @Override
            public boolean moveNext() {
                try {
                    return rows.moveNext();
                } catch (LinkageError failure) {
                    throw told(failure);
                }
            }

            @Override
            public void reset() {
                rows.reset();
            }

            @Override
            public void close() {
                rows.close();
            }
        };
    }

    private LinkageError told(LinkageError failure) {
        ExceptionInInitializerError reason = first;
        if (failure instanceof ExceptionInInitializerError now) {
            first = now;
        } else if (failure instanceof NoClassDefFoundError && reason != null) {
            return reason;
        }
        return failure;
    }
}
