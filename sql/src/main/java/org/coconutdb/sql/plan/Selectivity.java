package org.coconutdb.sql.plan;

import java.util.List;
import org.apache.calcite.rel.metadata.RelMdUtil;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCorrelVariable;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.rex.RexSubQuery;
import org.coconutdb.sql.catalog.CatalogTable;
import org.coconutdb.sql.run.RowCondition;
import org.coconutdb.sql.run.SampleTest;

/// Guesses which part of a table's rows meets conditions: by trying them on some of its rows, where they can be looked at without generated code
/// and have no parameters; else by Calcite's guesses from their form.
final class Selectivity {
    private Selectivity() {}

    /// @param tableType of the table's row
    /// @param conjuncts over it
    static double of(CatalogTable table, RelDataType tableType, List<? extends RexNode> conjuncts, RexBuilder rexBuilder) {
        RowConditions conditions = new RowConditions(TableDomains.of(table), tableType, new Terms(rexBuilder), rexBuilder);
        double fraction = 1;
        for (RexNode conjunct : conjuncts) {
            RowCondition compiled = isConstant(conjunct) ? conditions.compile(conjunct) : null;
            double tried = compiled == null ? Double.NaN : SampleTest.fraction(table.sample(), compiled);
            fraction *= Double.isNaN(tried) ? RelMdUtil.guessSelectivity(conjunct) : tried;
        }
        return fraction;
    }

    private static boolean isConstant(RexNode condition) {
        boolean[] constant = {true};
        condition.accept(new RexShuttle() {
            @Override
            public RexNode visitDynamicParam(RexDynamicParam parameter) {
                constant[0] = false;
                return parameter;
            }

            @Override
            public RexNode visitCorrelVariable(RexCorrelVariable variable) {
                constant[0] = false;
                return variable;
            }

            @Override
            public RexNode visitSubQuery(RexSubQuery subQuery) {
                constant[0] = false;
                return subQuery;
            }
        });
        return constant[0];
    }
}
