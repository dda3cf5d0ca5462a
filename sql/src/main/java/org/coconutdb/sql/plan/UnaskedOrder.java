package org.coconutdb.sql.plan;

import java.util.List;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.RelCollation;
import org.apache.calcite.rel.RelCollationTraitDef;
import org.apache.calcite.rel.RelCollations;
import org.apache.calcite.rel.RelHomogeneousShuttle;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.core.Sort;

/// Takes the orders away that operators have by chance, as that of a single row: who reads them would ask the operators that run for the same
/// order, and those do not know that they have it. Orders that somebody asks for are [Sort]'s, and stay.
final class UnaskedOrder extends RelHomogeneousShuttle {
    private UnaskedOrder() {}

    static RelNode drop(RelNode rel) {
        return rel.accept(new UnaskedOrder());
    }

    @Override
    public RelNode visit(RelNode other) {
        RelNode node = super.visit(other);
        RelTraitSet traits = node.getTraitSet();
        // Of one row, there are several.
        List<RelCollation> orders = traits.getTraits(RelCollationTraitDef.INSTANCE);
        return node instanceof Sort || !Convention.NONE.equals(node.getConvention()) || orders == null || orders.stream()
                .allMatch(order -> order.getFieldCollations().isEmpty())
                        ? node
                        : node.copy(traits.replace(RelCollations.EMPTY), node.getInputs());
    }
}
