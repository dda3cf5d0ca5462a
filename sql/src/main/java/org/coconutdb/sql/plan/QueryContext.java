package org.coconutdb.sql.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.calcite.adapter.enumerable.EnumerableInterpretable;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.jdbc.JavaTypeFactoryImpl;
import org.apache.calcite.plan.Context;
import org.apache.calcite.plan.Contexts;
import org.apache.calcite.plan.ConventionTraitDef;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.volcano.VolcanoPlanner;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.RelCollationTraitDef;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelRoot;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.runtime.Bindable;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql2rel.SqlToRelConverter;
import org.apache.calcite.sql2rel.StandardConvertletTable;
import org.apache.calcite.util.CancelFlag;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.catalog.CatalogSnapshot;
import org.coconutdb.sql.run.RowSource;

/// Everything that one statement is compiled with: type factory, validator, converter and cluster, all of its own.
///
/// Made by [QueryPlanner#compile] and used on that thread only. Statements that write plan their source with it too, by
/// [#plan(RelRoot, RelDataType)], so that it goes through the same phases as a query.
public final class QueryContext {
    private static final SqlToRelConverter.Config CONVERTER = SqlToRelConverter.config()
            .withExpand(false)
            .withTrimUnusedFields(false)
            // Not before comparisons mean what SQL says, see Comparisons.
            .withRelBuilderConfigTransform(config -> config.withSimplify(false))
            // A long list stays a list, so that it can become a multi-point lookup.
            .withInSubQueryThreshold(Integer.MAX_VALUE);

    private final JavaTypeFactoryImpl typeFactory = new StatementTypes();
    private final CalciteCatalogReader catalogReader;
    private final SqlValidator validator;
    private final RelOptCluster cluster;
    private final Context planningContext;

    QueryContext(CatalogSnapshot catalog, String schema, CancelFlag cancelFlag) {
        this.catalogReader = new CalciteCatalogReader(catalog.rootSchema(), List.of(schema), typeFactory, Validation.CONNECTION_CONFIG);
        this.validator = Validation.validator(catalogReader, typeFactory);
        this.planningContext = Contexts.of(cancelFlag, Validation.CONNECTION_CONFIG);
        VolcanoPlanner planner = new VolcanoPlanner(null, planningContext);
        planner.addRelTraitDef(ConventionTraitDef.INSTANCE);
        planner.addRelTraitDef(RelCollationTraitDef.INSTANCE);
        planner.setExecutor(new GuardedExecutor());
        this.cluster = RelOptCluster.create(planner, new RexBuilder(typeFactory));
    }

    public RelDataTypeFactory typeFactory() {
        return typeFactory;
    }

    /// Resolves names; its types are [#typeFactory]'s.
    public CalciteCatalogReader catalogReader() {
        return catalogReader;
    }

    /// Checks names and types of a statement or expression. Wrap what it throws by [#invalid].
    public SqlValidator validator() {
        return validator;
    }

    /// What the validator threw, with our code.
    public CoconutException invalid(CalciteContextException failure) {
        return Validation.translate(failure);
    }

    /// The validated form of a statement, its names qualified. The argument may be changed and is not to be used again.
    public SqlNode validate(SqlNode statement) {
        try {
            return validator.validate(statement);
        } catch (CalciteContextException failure) {
            throw Validation.translate(failure);
        } catch (CoconutException known) {
            throw known;
        } catch (RuntimeException | AssertionError unchecked) {
            // The validator has no words of its own for some mixtures of types.
            throw CoconutException.of(ErrorCode.INVALID_STATEMENT, unchecked)
                    .with("detail", unchecked)
                    .mend("Check the types of operands and arguments, and CAST where they differ.");
        }
    }

    /// Types of the question marks of a validated statement, one field each.
    public RelDataType parameterTypes(SqlNode validated) {
        return validator.getParameterRowType(validated);
    }

    /// A validated query, or INSERT, UPDATE and DELETE, as relational operators.
    public RelRoot toRel(SqlNode validated) {
        SqlToRelConverter converter =
                new SqlToRelConverter((_, _, _, _) -> null, validator, catalogReader, cluster, StandardConvertletTable.INSTANCE, CONVERTER);
        try {
            return converter.convertQuery(validated, false, true);
        } catch (CalciteContextException failure) {
            throw Validation.translate(failure);
        }
    }

    /// Validates and plans a query.
    public QueryPlan plan(SqlNode query) {
        SqlNode validated = validate(query);
        return plan(toRel(validated), parameterTypes(validated));
    }

    /// Plans a query that was converted by [#toRel].
    ///
    /// @param parameterTypes of the whole statement, as [#parameterTypes] answers
    public QueryPlan plan(RelRoot root, RelDataType parameterTypes) {
        RelNode logical = ExactNumbers.apply(root.project());
        RelDataType rowType = root.validatedRowType;
        PlanPhases phases = new PlanPhases(planningContext);
        RelNode rewritten = phases.rewriteSimple(logical);
        if (rewritten == null) {
            rewritten = phases.rewrite(logical);
        }
        if (rewritten instanceof BlockRel access) {
            RowSource source = access.source();
            return new AccessPlan(source, rowType, parameterTypes, PlanText.of(rewritten));
        }
        PointPlan point = PointPlan.of(rewritten, rowType, parameterTypes);
        if (point != null) {
            return point;
        }
        CaseBranches.check(rewritten);
        EnumerableRel physical = phases.physical(rewritten);
        Map<String, Object> stashed = new HashMap<>();
        Bindable<?> bindable = compile(physical, stashed);
        return new CompiledPlan(bindable, stashed, typeFactory, rowType, parameterTypes, PlanText.of(physical));
    }

    private static Bindable<?> compile(EnumerableRel physical, Map<String, Object> stashed) {
        try {
            return EnumerableInterpretable.toBindable(stashed, null, physical, EnumerableRel.Prefer.ARRAY);
        } catch (RuntimeException failure) {
            throw notCompiled(physical, failure);
        }
    }

    private static CoconutException notCompiled(RelNode physical, RuntimeException failure) {
        String detail = String.valueOf(failure.getMessage());
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String text = String.valueOf(cause.getMessage());
            // Both are bounds of class files: 64 KiB of code a method, 65,535 constants.
            if (text.contains("grows beyond 64 KB") || text.contains("Constant pool") || text.contains("too large")) {
                return CoconutException.of(ErrorCode.STATEMENT_TOO_COMPLEX, failure)
                        .mend("Cut the statement into smaller ones, or keep long lists in a table.");
            }
            for (Throwable suppressed : cause.getSuppressed()) {
                detail = String.valueOf(suppressed.getMessage());
            }
        }
        // Nothing has run: there is no code for an operator or a type of this plan.
        return CoconutException.of(ErrorCode.NOT_SUPPORTED, failure)
                .with("detail", detail.lines().findFirst().orElse(""))
                .with("plan", PlanText.of(physical))
                .mend("Write it with other functions or operators.");
    }
}
