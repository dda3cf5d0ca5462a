package org.coconutdb.sql.plan;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.calcite.adapter.enumerable.EnumerableInterpretable;
import org.apache.calcite.adapter.enumerable.EnumerableRel;
import org.apache.calcite.jdbc.CalciteSchema;
import org.apache.calcite.jdbc.JavaTypeFactoryImpl;
import org.apache.calcite.plan.Context;
import org.apache.calcite.plan.Contexts;
import org.apache.calcite.plan.ConventionTraitDef;
import org.apache.calcite.plan.RelOptCluster;
import org.apache.calcite.plan.RelOptUtil;
import org.apache.calcite.plan.volcano.VolcanoPlanner;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.RelCollationTraitDef;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.RelRoot;
import org.apache.calcite.rel.metadata.JaninoRelMetadataProvider;
import org.apache.calcite.rel.metadata.RelMetadataQueryBase;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.runtime.Bindable;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.sql.SqlExplainLevel;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorTable;
import org.apache.calcite.sql2rel.SqlToRelConverter;
import org.apache.calcite.sql2rel.StandardConvertletTable;
import org.apache.calcite.util.CancelFlag;
import org.coconutdb.engine.error.CoconutException;
import org.coconutdb.engine.error.ErrorCode;
import org.coconutdb.sql.access.Need;
import org.coconutdb.sql.access.Needs;
import org.coconutdb.sql.catalog.ColumnDefinition;
import org.coconutdb.sql.catalog.StoredView;
import org.coconutdb.sql.catalog.Types;
import org.coconutdb.sql.parser.SqlParsing;
import org.jspecify.annotations.Nullable;

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

    // Views over views can double what is read with each level.
    private static final int VIEWS_MAX = 1_000;
    private static final Pattern COLUMN_CAST = Pattern.compile(
            "CAST\\((\\$\\d+)\\):[A-Z_ ]+(?:\\([^)]*\\))?(?: CHARACTER SET \"[^\"]*\")?(?: NOT NULL)?");
    private static final Pattern CORRELATION = Pattern.compile("\\$?cor\\d+");

    private final JavaTypeFactoryImpl typeFactory = new StatementTypes();
    private final CalciteCatalogReader catalogReader;
    private final SqlValidator validator;
    private final RelOptCluster cluster;
    private final Context planningContext;
    private final CancelFlag cancelFlag;
    private final boolean isMeasured;
    private final Parallelism parallelism;
    private int viewsExpanded;
    private final ReadNeeds reads = new ReadNeeds(null);
    private final Needs needs = new Needs();

    /// @param isMeasured whether plans can count what their operators do
    QueryContext(CalciteSchema schemas, String schema, boolean isMeasured, CancelFlag cancelFlag, Parallelism parallelism) {
        this.parallelism = parallelism;
        this.cancelFlag = cancelFlag;
        this.isMeasured = isMeasured;
        this.catalogReader = new CalciteCatalogReader(schemas, List.of(schema), typeFactory, Validation.CONNECTION_CONFIG);
        this.validator = Validation.validator(catalogReader, typeFactory, true, reads);
        this.planningContext = Contexts.of(cancelFlag, Validation.CONNECTION_CONFIG);
        VolcanoPlanner planner = new VolcanoPlanner(null, planningContext);
        planner.addRelTraitDef(ConventionTraitDef.INSTANCE);
        planner.addRelTraitDef(RelCollationTraitDef.INSTANCE);
        planner.setExecutor(new GuardedExecutor());
        this.cluster = RelOptCluster.create(planner, new ZonedRexBuilder(typeFactory));
        // Of this thread, and of what is planned on it: Calcite asks both.
        cluster.setMetadataProvider(RowCounts.PROVIDER);
        RelMetadataQueryBase.THREAD_PROVIDERS.set(JaninoRelMetadataProvider.of(RowCounts.PROVIDER));
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

    /// What one must be allowed to run what was compiled with this up to now.
    public List<Need> needs() {
        Needs all = new Needs();
        all.addAll(reads.toList());
        all.addAll(needs.toList());
        return all.toList();
    }

    /// What the validator threw, with our code.
    public CoconutException invalid(CalciteContextException failure) {
        return Validation.translate(failure);
    }

    /// The validated form of a statement, its names qualified. The argument may be changed and is not to be used again.
    public SqlNode validate(SqlNode statement) {
        return validate(statement, validator);
    }

    private static SqlNode validate(SqlNode statement, SqlValidator validator) {
        try {
            return validator.validate(statement);
        } catch (CalciteContextException failure) {
            throw Validation.translate(failure);
        } catch (CoconutException known) {
            throw known;
        } catch (RuntimeException | AssertionError unchecked) {
            // The validator has no words of its own for some mixtures of types.
            throw CoconutException.of(ErrorCode.INVALID_STATEMENT, unchecked)
                    .mend("Check the types of operands and arguments, and CAST where they differ.");
        }
    }

    /// Types of the question marks of a validated statement, one field each.
    public RelDataType parameterTypes(SqlNode validated) {
        return validator.getParameterRowType(validated);
    }

    /// A validated query, or INSERT, UPDATE and DELETE, as relational operators.
    public RelRoot toRel(SqlNode validated) {
        return toRel(validated, validator, catalogReader);
    }

    private RelRoot toRel(SqlNode validated, SqlValidator by, CalciteCatalogReader reader) {
        SqlToRelConverter converter =
                new SqlToRelConverter(this::expandView, by, reader, cluster, StandardConvertletTable.INSTANCE, CONVERTER);
        try {
            return converter.convertQuery(validated, false, true);
        } catch (CalciteContextException failure) {
            throw Validation.translate(failure);
        }
    }

    /// The query of a view, in whose place it is planned.
    private RelRoot expandView(RelDataType rowType, String query, List<String> schemaPath, List<String> viewPath) {
        viewsExpanded++;
        if (viewsExpanded > VIEWS_MAX || cancelFlag.isCancelRequested()) {
            throw CoconutException.of(ErrorCode.STATEMENT_TOO_COMPLEX)
                    .with("viewsMax", VIEWS_MAX)
                    .mend("Read fewer views, or keep what one of them answers in a table.");
        }
        CalciteCatalogReader reader = catalogReader.withSchemaPath(schemaPath);
        SqlValidatorTable view = catalogReader.getTable(viewPath);
        StoredView stored = view == null ? null : view.unwrap(StoredView.class);
        String owner = stored == null ? null : stored.owner();
        // What belongs to nobody may read everything.
        ReadNeeds ownReads = owner == null ? null : new ReadNeeds(owner);
        SqlValidator own = Validation.validator(reader, typeFactory, true, ownReads);
        try {
            SqlNode validated = validate(SqlParsing.parse(query), own);
            if (ownReads != null) {
                needs.addAll(ownReads.toList());
            }
            return toRel(validated, own, reader);
        } catch (CoconutException failure) {
            throw failure.facts().containsKey("view") ? failure : failure.copy().with("view", String.join(".", viewPath));
        }
    }

    /// A query as a view keeps it. NOT_SUPPORTED where what is kept would not be planned as what was written, or a column has a type that none of
    /// a table can have.
    ///
    /// @param written the query's text
    public ViewQuery viewQuery(String written) {
        SqlValidator naming = validator(false);
        WholeNames names = new WholeNames(naming, validate(SqlParsing.parse(written), naming));
        String text = names.text();
        // COALESCE and such stay, since the validator makes some where they would stay, too.
        String asWritten = digest(converted(written, validator(false)));
        try {
            String asKept = digest(converted(text, validator(false)));
            boolean isSame = names.joinsSameTypes()
                    // Where USING joins NULL and NOT NULL it casts the one to the other.
                    ? COLUMN_CAST.matcher(asWritten).replaceAll("$1").equals(COLUMN_CAST.matcher(asKept).replaceAll("$1"))
                    : asWritten.equals(asKept);
            if (!isSame) {
                throw notKept(text);
            }
        } catch (CoconutException failure) {
            throw failure.code() == ErrorCode.STATEMENT_TOO_COMPLEX ? failure : notKept(text);
        }
        return new ViewQuery(text, columns(converted(text, validator(true)).validatedRowType), names.repeated(), names.reads());
    }

    /// Names of columns that `*` of the outermost select list answers a second time, and that got others.
    public List<String> repeatedNames(SqlNode validated) {
        return WholeNames.repeated(validated);
    }

    private static CoconutException notKept(String text) {
        return CoconutException.of(ErrorCode.NOT_SUPPORTED)
                .with("what", "this query in a view")
                .with("kept", text)
                .mend("Write it with other functions or operators: its text cannot be kept.");
    }

    private SqlValidator validator(boolean rewrites) {
        return Validation.validator(catalogReader, typeFactory, rewrites, null);
    }

    /// Whether a query answers these columns, in types and number. Errors as those of [#validate].
    public boolean answers(String query, List<ColumnDefinition> columns) {
        RelDataType answered = validator.getValidatedNodeType(validate(SqlParsing.parse(query)));
        return RelOptUtil.areRowTypesEqual(answered, Types.rowType(typeFactory, columns), false);
    }

    private RelRoot converted(String query, SqlValidator own) {
        return toRel(validate(SqlParsing.parse(query), own), own, catalogReader);
    }

    private static List<ColumnDefinition> columns(RelDataType rowType) {
        return rowType.getFieldList().stream().map(field -> Types.computed(field.getName(), field.getType())).toList();
    }

    /// The same for queries that are converted alike.
    private static String digest(RelRoot root) {
        String tree = root.validatedRowType.getFullTypeString() + root.fields + root.collation
                + RelOptUtil.toString(root.rel, SqlExplainLevel.DIGEST_ATTRIBUTES);
        // A number that no other query of the cluster has.
        Map<String, String> correlations = new HashMap<>();
        return CORRELATION.matcher(tree).replaceAll(found -> correlations.computeIfAbsent(found.group(), _ -> "cor#" + correlations
                .size()));
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
        RelNode logical = ExactTimes.apply(ExactNumbers.apply(ZonedExpressions.apply(JsonArguments.apply(root.project()))));
        RelDataType rowType = root.validatedRowType;
        PlanPhases phases = new PlanPhases(planningContext, parallelism);
        RelNode simple = phases.rewriteSimple(logical);
        QueryPlan plan = simple == null ? null : withoutCode(simple, rowType, parameterTypes);
        if (plan != null) {
            return plan;
        }
        RelNode rewritten = phases.rewrite(logical);
        plan = withoutCode(rewritten, rowType, parameterTypes);
        if (plan != null) {
            return plan;
        }
        CaseBranches.check(rewritten);
        EnumerableRel physical = phases.physical(rewritten);
        Map<String, Object> stashed = new HashMap<>();
        PlanOperator operators = PlanOperators.of(physical);
        EnumerableRel compiled = isMeasured ? (EnumerableRel) MeasurePoint.insert(physical) : physical;
        Bindable<?> bindable = compile(compiled, stashed);
        return new CompiledPlan(bindable, stashed, typeFactory, rowType, parameterTypes, operators, PlannedSizes.of(rewritten));
    }

    /// The fast tier; null of a query that needs generated code.
    private @Nullable QueryPlan withoutCode(RelNode rewritten, RelDataType rowType, RelDataType parameterTypes) {
        RelNode read = switch (rewritten) {
            case TableAccess access -> access.inParallel(parallelism);
            case CountAccess count -> count.inParallel(parallelism);
            default -> rewritten;
        };
        return read instanceof BlockRel access
                ? new AccessPlan(access.source(), rowType, parameterTypes, PlanOperators.of(read), PlannedSizes.of(read))
                : PointPlan.of(rewritten, rowType, parameterTypes);
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
                .with("plan", PlanFormat.TEXT.write(PlanOperators.of(physical), null))
                .mend("Write it with other functions or operators.");
    }
}
