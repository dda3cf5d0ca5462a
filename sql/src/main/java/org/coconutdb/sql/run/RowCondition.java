package org.coconutdb.sql.run;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.calcite.sql.SqlKind;
import org.jspecify.annotations.Nullable;

/// A condition that is looked at in off-heap memory, before anything of the row is decoded. Immutable; [#bind] gives it the values
/// of one execution. Columns are positions in the row.
public sealed interface RowCondition {
    /// @return what looks at rows in one execution; package-private type: only readers of this package use it
    RowTest bind(PlanDataContext context);

    /// All of them.
    record And(List<RowCondition> conditions) implements RowCondition {
        public And {
            conditions = List.copyOf(conditions);
        }

        @Override
        public RowTest bind(PlanDataContext context) {
            return new RowTest.And(bound(conditions, context));
        }
    }

    /// Any of them.
    record Or(List<RowCondition> conditions) implements RowCondition {
        public Or {
            conditions = List.copyOf(conditions);
        }

        @Override
        public RowTest bind(PlanDataContext context) {
            return new RowTest.Or(bound(conditions, context));
        }
    }

    record Not(RowCondition condition) implements RowCondition {
        @Override
        public RowTest bind(PlanDataContext context) {
            return new RowTest.Not(condition.bind(context));
        }
    }

    /// `column IS NULL`.
    record IsNull(int column) implements RowCondition {
        @Override
        public RowTest bind(PlanDataContext context) {
            return new RowTest.IsNull(column);
        }
    }

    /// A BOOLEAN column by itself.
    record IsSet(int column) implements RowCondition {
        @Override
        public RowTest bind(PlanDataContext context) {
            return new RowTest.IsSet(column);
        }
    }

    /// `column LIKE 'prefix%'`.
    record StartsWith(int column, String prefix) implements RowCondition {
        @Override
        public RowTest bind(PlanDataContext context) {
            return new RowTest.StartsWith(column, prefix);
        }
    }

    /// A column against a value.
    ///
    /// @param kind EQUALS, NOT_EQUALS, LESS_THAN, LESS_THAN_OR_EQUAL, GREATER_THAN or GREATER_THAN_OR_EQUAL
    record Compare(int column, ColumnDomain domain, SqlKind kind, Term term) implements RowCondition {
        @Override
        public RowTest bind(PlanDataContext context) {
            Object value = term.evaluate(context);
            if (value == null) {
                return RowTest.Constant.UNKNOWN;
            }
            if (domain.isApproximate()) {
                return new RowTest.CompareDouble(column, ((Number) value).doubleValue(), kind);
            }
            return switch (kind) {
                case EQUALS -> equal(value, false);
                case NOT_EQUALS -> equal(value, true);
                case LESS_THAN -> ordered(domain.upperEnd(value, false), false);
                case LESS_THAN_OR_EQUAL -> ordered(domain.upperEnd(value, true), false);
                case GREATER_THAN -> ordered(domain.lowerEnd(value, false), true);
                case GREATER_THAN_OR_EQUAL -> ordered(domain.lowerEnd(value, true), true);
                default -> throw new IllegalArgumentException("not a comparison: " + kind);
            };
        }

        private RowTest equal(Object value, boolean negated) {
            Object same = domain.equalTo(value);
            if (same == null) {
                return RowTest.unlessNull(column, negated);
            }
            return RowTest.compare(column, domain.column(), same, negated ? SqlKind.NOT_EQUALS : SqlKind.EQUALS);
        }

        private RowTest ordered(ColumnDomain.@Nullable End end, boolean lower) {
            if (end == null) {
                return RowTest.unlessNull(column, false);
            }
            Object value = end.value();
            if (value == null) {
                return RowTest.unlessNull(column, true);
            }
            SqlKind comparison =
                    lower
                            ? (end.inclusive() ? SqlKind.GREATER_THAN_OR_EQUAL : SqlKind.GREATER_THAN)
                            : (end.inclusive() ? SqlKind.LESS_THAN_OR_EQUAL : SqlKind.LESS_THAN);
            return RowTest.compare(column, domain.column(), value, comparison);
        }
    }

    /// Two columns of one storage type and scale against each other.
    record CompareColumns(int left, int right, ColumnDomain domain, SqlKind kind) implements RowCondition {
        @Override
        public RowTest bind(PlanDataContext context) {
            return new RowTest.Columns(left, right, kind);
        }
    }

    /// `column IN (…)`, any number of values.
    record In(int column, ColumnDomain domain, List<Term> terms) implements RowCondition {
        public In {
            terms = List.copyOf(terms);
        }

        @Override
        public RowTest bind(PlanDataContext context) {
            Set<Object> values = new HashSet<>();
            boolean withNull = false;
            for (Term term : terms) {
                Object value = term.evaluate(context);
                Object same = domain.equalTo(value);
                withNull |= value == null;
                if (same != null) {
                    values.add(RowTest.comparable(same));
                }
            }
            return new RowTest.In(column, values, withNull);
        }
    }

    private static RowTest[] bound(List<RowCondition> conditions, PlanDataContext context) {
        List<RowTest> tests = new ArrayList<>(conditions.size());
        for (RowCondition condition : conditions) {
            tests.add(condition.bind(context));
        }
        return tests.toArray(RowTest[]::new);
    }
}
