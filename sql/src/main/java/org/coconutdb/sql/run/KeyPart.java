package org.coconutdb.sql.run;

import org.jspecify.annotations.Nullable;

/// What one column of a key is to be equal to.
public record KeyPart(ColumnDomain domain, Term term) {
    /// In storage representation; null where no key can have it.
    @Nullable
    Object value(PlanDataContext context) {
        return domain.equalTo(term.evaluate(context));
    }
}
