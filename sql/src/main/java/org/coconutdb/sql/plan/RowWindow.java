package org.coconutdb.sql.plan;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.DataContext;
import org.apache.calcite.adapter.enumerable.EnumerableConvention;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.adapter.enumerable.EnumerableRelImplementor;
import org.apache.calcite.adapter.enumerable.EnumerableRules;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.function.Function1;
import org.apache.calcite.linq4j.tree.BlockBuilder;
import org.apache.calcite.linq4j.tree.BlockStatement;
import org.apache.calcite.linq4j.tree.DeclarationStatement;
import org.apache.calcite.linq4j.tree.Expression;
import org.apache.calcite.linq4j.tree.Expressions;
import org.apache.calcite.linq4j.tree.ForStatement;
import org.apache.calcite.linq4j.tree.MethodCallExpression;
import org.apache.calcite.linq4j.tree.ParameterExpression;
import org.apache.calcite.linq4j.tree.Shuttle;
import org.apache.calcite.linq4j.tree.Statement;
import org.apache.calcite.linq4j.tree.Types;
import org.apache.calcite.plan.Convention;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelTraitSet;
import org.apache.calcite.rel.AbstractRelNode;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.convert.ConverterRule;
import org.apache.calcite.rel.core.Window;
import org.apache.calcite.rel.logical.LogicalWindow;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.rex.RexShuttle;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.util.BuiltInMethod;
import org.coconutdb.sql.operator.Operators;
import org.coconutdb.sql.operator.WindowShape;
import org.jspecify.annotations.Nullable;

/// Functions over windows of one kind. What is computed is Calcite's code, for rows that are handed to it, which are those of whole
/// partitions; that code looks at the cancel flag in its loops and its sorts.
final class RowWindow extends Window implements EnumerableRel {
    private static final Method WINDOWED = Types.lookupMethod(Operators.class, "windowed", Enumerable.class, Object.class, Function1.class,
            DataContext.class);

    private RowWindow(
            RelOptCluster cluster,
            RelTraitSet traits,
            RelNode input,
            List<RexLiteral> constants,
            RelDataType rowType,
            Group group) {
        super(cluster, traits, List.of(), input, constants, rowType, List.of(group));
    }

    @Override
    public RelNode copy(RelTraitSet traits, List<RelNode> inputs) {
        return new RowWindow(getCluster(), traits, inputs.getFirst(), constants, getRowType(), groups.getFirst());
    }

    @Override
    public Window copy(List<RexLiteral> others) {
        return new RowWindow(getCluster(), getTraitSet(), getInput(), others, getRowType(), groups.getFirst());
    }

    @Override
    @SuppressWarnings("unchecked") // a class says nothing of its type arguments
    public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
        BlockBuilder block = new BlockBuilder();
        Expression rows = ArrayRows.of(implementor, this, 0, block);
        ParameterExpression held = Expressions.parameter(Enumerable.class, block.newName("held"));
        LogicalWindow overHeld = LogicalWindow.create(getTraitSet().replace(Convention.NONE), List.of(), new Input(getInput(), held),
                constants, getRowType(), groups);
        RelNode code = ((ConverterRule) EnumerableRules.ENUMERABLE_WINDOW_RULE).convert(overHeld);
        if (!(code instanceof EnumerableRel window)) {
            throw new UnsupportedOperationException("a window without code");
        }
        Result result = window.implement(implementor, Prefer.ARRAY);
        BlockStatement functions = result.block.accept(new Checks(implementor.getRootExpression()));
        Group group = groups.getFirst();
        WindowShape shape = new WindowShape(ArrayRows.shape(getInput()), ArrayRows.columns(group.keys.asList()), group.aggCalls.size());
        block.add(Expressions.return_(null, Expressions.call(WINDOWED, rows, implementor.stash(shape, WindowShape.class), Expressions
                .lambda(Function1.class, functions, held), implementor.getRootExpression())));
        return implementor.result(result.physType, block.toBlock());
    }

    /// Looks at the cancel flag: in each round of a loop, and in sorts.
    private static final class Checks extends Shuttle {
        private static final Method CHECK = Types.lookupMethod(Operators.class, "checkCancelled", DataContext.class);
        private static final Method CANCELLABLE = Types.lookupMethod(Operators.class, "cancellable", java.util.Comparator.class,
                DataContext.class);

        private final Expression root;

        Checks(Expression root) {
            this.root = root;
        }

        @Override
        public ForStatement visit(
                ForStatement loop,
                List<DeclarationStatement> declarations,
                @Nullable Expression condition,
                @Nullable Expression post,
                Statement body) {
            Statement checked = Expressions.block(Expressions.statement(Expressions.call(CHECK, root)), body);
            return Expressions.for_(declarations, condition, post, checked);
        }

        @Override
        public Expression visit(MethodCallExpression call, @Nullable Expression target, List<Expression> arguments) {
            boolean sorts = call.method.equals(BuiltInMethod.SORTED_MULTI_MAP_ARRAYS.method)
                    || call.method.equals(BuiltInMethod.SORTED_MULTI_MAP_SINGLETON.method);
            if (!sorts) {
                return super.visit(call, target, arguments);
            }
            List<Expression> others = new ArrayList<>(arguments);
            others.set(0, Expressions.call(CANCELLABLE, arguments.getFirst(), root));
            return Expressions.call(target, call.method, others);
        }
    }

    /// Rows that are held: the parameter of a function.
    private static final class Input extends AbstractRelNode implements EnumerableRel {
        private final ParameterExpression rows;

        Input(RelNode rel, ParameterExpression rows) {
            super(rel.getCluster(), rel.getCluster().traitSetOf(EnumerableConvention.INSTANCE));
            this.rowType = rel.getRowType();
            this.rows = rows;
        }

        @Override
        public Result implement(EnumerableRelImplementor implementor, Prefer prefer) {
            return implementor.result(ArrayRows.type(implementor, getRowType()), Expressions.block(Expressions.return_(null, rows)));
        }
    }

    /// In place of Calcite's rule: a window for each group of functions, one above the other, so that each has partitions of its own.
    static final class Rule extends ConverterRule {
        static final Rule INSTANCE =
                Config.INSTANCE
                        .withConversion(LogicalWindow.class, Convention.NONE, EnumerableConvention.INSTANCE, "RowWindowRule")
                        .withRuleFactory(Rule::new)
                        .toRule(Rule.class);

        private Rule(Config config) {
            super(config);
        }

        @Override
        public RelNode convert(RelNode rel) {
            LogicalWindow window = (LogicalWindow) rel;
            RelTraitSet traits = rel.getCluster().traitSetOf(EnumerableConvention.INSTANCE);
            RelNode below = convert(window.getInput(), window.getInput().getTraitSet().replace(EnumerableConvention.INSTANCE));
            int columns = window.getInput().getRowType().getFieldCount();
            List<RelDataTypeField> fields = window.getRowType().getFieldList();
            int functions = 0;
            for (Group group : window.groups) {
                // Constants count as columns behind those of the input, which has become wider.
                Group fitted = functions == 0 ? group : shifted(group, columns, functions);
                functions += group.aggCalls.size();
                RelDataType rowType = rel.getCluster().getTypeFactory().builder().addAll(fields.subList(0, columns + functions)).build();
                below = new RowWindow(rel.getCluster(), traits, below, window.constants, rowType, fitted);
            }
            return below;
        }

        private static Group shifted(Group group, int columns, int by) {
            RexShuttle shift = new RexShuttle() {
                @Override
                public RexNode visitInputRef(RexInputRef ref) {
                    return ref.getIndex() < columns ? ref : new RexInputRef(ref.getIndex() + by, ref.getType());
                }
            };
            List<RexWinAggCall> calls = new ArrayList<>();
            for (RexWinAggCall call : group.aggCalls) {
                // The ordinal says which of the window's own columns it is.
                calls.add(new RexWinAggCall(call.getParserPosition(), (SqlAggFunction) call.getOperator(), call.getType(), shift.visitList(
                        call.getOperands()), calls
                                .size(), call.distinct, call.ignoreNulls));
            }
            return new Group(group.keys, group.isRows, group.lowerBound.accept(shift), group.upperBound.accept(shift), group.exclude,
                    group.orderKeys, calls);
        }
    }
}
