package org.coconutdb.hibernate;

import static org.hibernate.type.SqlTypes.BLOB;
import static org.hibernate.type.SqlTypes.CHAR;
import static org.hibernate.type.SqlTypes.CLOB;
import static org.hibernate.type.SqlTypes.FLOAT;
import static org.hibernate.type.SqlTypes.JSON;
import static org.hibernate.type.SqlTypes.NCHAR;
import static org.hibernate.type.SqlTypes.NCLOB;
import static org.hibernate.type.SqlTypes.NVARCHAR;
import static org.hibernate.type.SqlTypes.TIME_UTC;
import static org.hibernate.type.SqlTypes.TIME_WITH_TIMEZONE;
import static org.hibernate.type.SqlTypes.UUID;
import static org.hibernate.type.SqlTypes.VARCHAR;

import jakarta.persistence.TemporalType;
import java.util.Locale;
import org.hibernate.boot.model.FunctionContributions;
import org.hibernate.boot.model.TypeContributions;
import org.hibernate.dialect.DatabaseVersion;
import org.hibernate.dialect.Dialect;
import org.hibernate.dialect.DmlTargetColumnQualifierSupport;
import org.hibernate.dialect.NullOrdering;
import org.hibernate.dialect.TimeZoneSupport;
import org.hibernate.dialect.function.CommonFunctionFactory;
import org.hibernate.dialect.identity.IdentityColumnSupport;
import org.hibernate.dialect.identity.IdentityColumnSupportImpl;
import org.hibernate.dialect.lock.PessimisticLockStyle;
import org.hibernate.dialect.lock.internal.LockingSupportSimple;
import org.hibernate.dialect.lock.spi.ConnectionLockTimeoutStrategy;
import org.hibernate.dialect.lock.spi.LockTimeoutType;
import org.hibernate.dialect.lock.spi.LockingSupport;
import org.hibernate.dialect.lock.spi.OuterJoinLockingType;
import org.hibernate.dialect.pagination.LimitHandler;
import org.hibernate.dialect.pagination.OffsetFetchLimitHandler;
import org.hibernate.dialect.sequence.ANSISequenceSupport;
import org.hibernate.dialect.sequence.SequenceSupport;
import org.hibernate.dialect.unique.CreateTableUniqueDelegate;
import org.hibernate.dialect.unique.UniqueDelegate;
import org.hibernate.engine.jdbc.dialect.spi.DialectResolutionInfo;
import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.exception.ConstraintViolationException;
import org.hibernate.exception.ConstraintViolationException.ConstraintKind;
import org.hibernate.exception.TransactionSerializationException;
import org.hibernate.exception.spi.SQLExceptionConversionDelegate;
import org.hibernate.exception.spi.ViolatedConstraintNameExtractor;
import org.hibernate.internal.util.JdbcExceptionHelper;
import org.hibernate.mapping.Table;
import org.hibernate.query.common.FetchClauseType;
import org.hibernate.query.common.TemporalUnit;
import org.hibernate.query.sqm.IntervalType;
import org.hibernate.service.ServiceRegistry;
import org.hibernate.sql.ast.SqlAstTranslator;
import org.hibernate.sql.ast.SqlAstTranslatorFactory;
import org.hibernate.sql.ast.spi.StandardSqlAstTranslatorFactory;
import org.hibernate.sql.ast.tree.Statement;
import org.hibernate.sql.exec.spi.JdbcOperation;
import org.hibernate.tool.schema.extract.internal.SequenceInformationExtractorLegacyImpl;
import org.hibernate.tool.schema.extract.spi.SequenceInformationExtractor;
import org.hibernate.tool.schema.spi.Exporter;
import org.hibernate.type.descriptor.jdbc.ArrayJdbcTypeConstructor;
import org.hibernate.type.descriptor.jdbc.TimestampUtcAsInstantJdbcType;
import org.hibernate.type.descriptor.jdbc.UUIDJdbcType;
import org.hibernate.type.descriptor.jdbc.spi.JdbcTypeRegistry;
import org.hibernate.type.descriptor.sql.internal.DdlTypeImpl;
import org.jspecify.annotations.Nullable;

/// CoconutDB's SQL as Hibernate ORM 7 needs to know it: its types, identities and sequences, paging, locks, functions and errors.
///
/// Two things are worth knowing. Pessimistic locks are `SELECT … FOR UPDATE`, which waits for nobody: who comes second is refused at its
/// commit. And every table has a primary key: a table that Hibernate makes without one (a collection that is a bag) gets an identity column
/// that no entity sees.
@SuppressWarnings("this-escape") // its two helpers keep it, and call it when they are asked
public class CoconutDialect extends Dialect {
    static final DatabaseVersion MINIMUM_VERSION = DatabaseVersion.make(0, 1);
    private static final int TEXT_LENGTH_MAX = 1_048_576;
    private static final int IDENTIFIER_LENGTH_MAX = 128;

    private final UniqueDelegate uniqueDelegate = new CreateTableUniqueDelegate(this);
    private final Exporter<Table> tableExporter = new KeyedTableExporter(this);

    public CoconutDialect() {
        super(MINIMUM_VERSION);
    }

    public CoconutDialect(DialectResolutionInfo info) {
        super(info);
    }

    @Override
    protected DatabaseVersion getMinimumSupportedVersion() {
        return MINIMUM_VERSION;
    }

    // ---- types

    @Override
    protected String columnType(int sqlTypeCode) {
        return switch (sqlTypeCode) {
            case FLOAT -> "double";
            case NCHAR -> columnType(CHAR);
            case NVARCHAR -> columnType(VARCHAR);
            // Rows are at most 1 MiB, and with them their texts: there are no large objects of another kind.
            case CLOB, NCLOB -> "varchar(" + TEXT_LENGTH_MAX + ")";
            case BLOB -> "varbinary(" + TEXT_LENGTH_MAX + ")";
            // A time without a date has no distance from UTC here.
            case TIME_WITH_TIMEZONE, TIME_UTC -> "time($p)";
            default -> super.columnType(sqlTypeCode);
        };
    }

    @Override
    protected String castType(int sqlTypeCode) {
        return switch (sqlTypeCode) {
            case VARCHAR, NVARCHAR, CLOB, NCLOB -> "varchar";
            default -> super.castType(sqlTypeCode);
        };
    }

    @Override
    protected void registerColumnTypes(TypeContributions types, ServiceRegistry registry) {
        super.registerColumnTypes(types, registry);
        var ddl = types.getTypeConfiguration().getDdlTypeRegistry();
        ddl.addDescriptor(new DdlTypeImpl(UUID, "uuid", this));
        ddl.addDescriptor(new DdlTypeImpl(JSON, "json", this));
    }

    @Override
    public void contributeTypes(TypeContributions types, ServiceRegistry registry) {
        super.contributeTypes(types, registry);
        JdbcTypeRegistry jdbc = types.getTypeConfiguration().getJdbcTypeRegistry();
        jdbc.addDescriptor(TimestampUtcAsInstantJdbcType.INSTANCE);
        jdbc.addDescriptorIfAbsent(UUIDJdbcType.INSTANCE);
        jdbc.addTypeConstructor(ArrayJdbcTypeConstructor.INSTANCE);
    }

    @Override
    public boolean supportsStandardArrays() {
        return true;
    }

    @Override
    public String getArrayTypeName(@Nullable String javaElementTypeName, String elementTypeName, @Nullable Integer maxLength) {
        return maxLength == null ? elementTypeName + " array" : elementTypeName + " array[" + maxLength + "]";
    }

    @Override
    public TimeZoneSupport getTimeZoneSupport() {
        return TimeZoneSupport.NATIVE;
    }

    @Override
    public boolean supportsTemporalLiteralOffset() {
        return true;
    }

    @Override
    public int getMaxVarcharLength() {
        return TEXT_LENGTH_MAX;
    }

    @Override
    public int getMaxVarbinaryLength() {
        return TEXT_LENGTH_MAX;
    }

    @Override
    public int getDefaultTimestampPrecision() {
        return 3;
    }

    @Override
    public int getMaxIdentifierLength() {
        return IDENTIFIER_LENGTH_MAX;
    }

    @Override
    public boolean getDefaultNonContextualLobCreation() {
        return true;
    }

    @Override
    public boolean useInputStreamToInsertBlob() {
        return false;
    }

    // ---- tables, keys, sequences

    @Override
    public Exporter<Table> getTableExporter() {
        return tableExporter;
    }

    @Override
    public UniqueDelegate getUniqueDelegate() {
        return uniqueDelegate;
    }

    @Override
    public boolean supportsIfExistsBeforeTableName() {
        return true;
    }

    @Override
    public boolean supportsIfExistsAfterAlterTable() {
        return true;
    }

    @Override
    public boolean supportsIfExistsBeforeConstraintName() {
        return true;
    }

    @Override
    public boolean supportsIfExistsBeforeIndexName() {
        return true;
    }

    @Override
    public boolean supportsCommentOn() {
        return true;
    }

    @Override
    public boolean canBatchTruncate() {
        return true;
    }

    @Override
    public IdentityColumnSupport getIdentityColumnSupport() {
        return CoconutIdentity.INSTANCE;
    }

    @Override
    public boolean supportsInsertReturningGeneratedKeys() {
        return true;
    }

    @Override
    public boolean unquoteGetGeneratedKeys() {
        return true;
    }

    @Override
    public SequenceSupport getSequenceSupport() {
        return CoconutSequences.INSTANCE;
    }

    @Override
    public String getQuerySequencesString() {
        return "select * from information_schema.sequences";
    }

    @Override
    public SequenceInformationExtractor getSequenceInformationExtractor() {
        return SequenceInformationExtractorLegacyImpl.INSTANCE;
    }

    // ---- queries

    @Override
    public SqlAstTranslatorFactory getSqlAstTranslatorFactory() {
        return new StandardSqlAstTranslatorFactory() {
            @Override
            protected <T extends JdbcOperation> SqlAstTranslator<T> buildTranslator(SessionFactoryImplementor factory,
                    Statement statement) {
                return new CoconutSqlTranslator<>(factory, statement);
            }
        };
    }

    @Override
    public LimitHandler getLimitHandler() {
        return OffsetFetchLimitHandler.INSTANCE;
    }

    @Override
    public boolean supportsFetchClause(FetchClauseType type) {
        return type == FetchClauseType.ROWS_ONLY;
    }

    @Override
    public NullOrdering getNullOrdering() {
        return NullOrdering.GREATEST;
    }

    @Override
    public boolean supportsOffsetInSubquery() {
        return true;
    }

    @Override
    public boolean supportsWindowFunctions() {
        return true;
    }

    @Override
    public boolean supportsLateral() {
        return true;
    }

    @Override
    public boolean supportsRecursiveCTE() {
        return true;
    }

    @Override
    public boolean supportsFilterClause() {
        return true;
    }

    @Override
    public boolean supportsDistinctFromPredicate() {
        return true;
    }

    @Override
    public boolean supportsIsTrue() {
        return true;
    }

    @Override
    public boolean supportsCaseInsensitiveLike() {
        return true;
    }

    @Override
    public String getCaseInsensitiveLike() {
        return "ilike";
    }

    @Override
    public DmlTargetColumnQualifierSupport getDmlTargetColumnQualifierSupport() {
        return DmlTargetColumnQualifierSupport.TABLE_ALIAS;
    }

    @Override
    public LockingSupport getLockingSupport() {
        return new LockingSupportSimple(PessimisticLockStyle.CLAUSE, LockTimeoutType.NONE, OuterJoinLockingType.FULL,
                ConnectionLockTimeoutStrategy.NONE);
    }

    @Override
    public String currentTime() {
        return "localtime";
    }

    @Override
    public String currentTimestamp() {
        return "localtimestamp";
    }

    @Override
    public String currentTimestampWithTimeZone() {
        return "current_timestamp";
    }

    @Override
    public boolean supportsCurrentTimestampSelection() {
        return true;
    }

    @Override
    public boolean isCurrentTimestampSelectStringCallable() {
        return false;
    }

    @Override
    public String getCurrentTimestampSelectString() {
        return "values current_timestamp";
    }

    // ---- functions

    @Override
    public void initializeFunctionRegistry(FunctionContributions contributions) {
        super.initializeFunctionRegistry(contributions);
        var functions = new CommonFunctionFactory(contributions);
        functions.localtimeLocaltimestamp();
        functions.trim1();
        functions.concat_pipeOperator();
        functions.substr();
        functions.position();
        functions.locate_positionSubstring();
        functions.initcap();
        functions.reverse();
        functions.repeat();
        functions.translate();
        functions.ascii();
        functions.char_chr();
        functions.octetLength();
        functions.bitLength();
        functions.pi();
        functions.cot();
        functions.degrees();
        functions.radians();
        functions.log10();
        functions.log();
        functions.rand();
        functions.trunc_dateTrunc();
        functions.dateTrunc();
        functions.yearMonthDay();
        functions.hourMinuteSecond();
        functions.stddevPopSamp();
        functions.varPopSamp();
        functions.everyAny_boolAndOr();
        functions.windowFunctions();
        functions.listagg_stringAgg("varchar");
        functions.array();
        functions.arrayAggregate();
        functions.arrayLength_cardinality();
        functions.regexpLike();
    }

    @Override
    public String translateExtractField(TemporalUnit unit) {
        return switch (unit) {
            case DAY_OF_WEEK -> "dow";
            case DAY_OF_YEAR -> "doy";
            case DAY_OF_MONTH -> "day";
            default -> super.translateExtractField(unit);
        };
    }

    @Override
    @SuppressWarnings({"deprecation", "removal"}) // types of the method that is overridden
    public String timestampaddPattern(TemporalUnit unit, @Nullable TemporalType temporalType, @Nullable IntervalType intervalType) {
        return unit == TemporalUnit.NANOSECOND || unit == TemporalUnit.NATIVE ? "timestampadd(microsecond,(?2)/1e3,?3)"
                : "timestampadd(?1,?2,?3)";
    }

    @Override
    @SuppressWarnings({"deprecation", "removal"}) // types of the method that is overridden
    public String timestampdiffPattern(TemporalUnit unit, TemporalType from, TemporalType to) {
        return unit == TemporalUnit.NANOSECOND || unit == TemporalUnit.NATIVE ? "timestampdiff(microsecond,?2,?3)*1e3"
                : "timestampdiff(?1,?2,?3)";
    }

    // ---- errors

    @Override
    public SQLExceptionConversionDelegate buildSQLExceptionConversionDelegate() {
        return (failure, message, sql) -> switch (String.valueOf(JdbcExceptionHelper.extractSqlState(failure))) {
            // Nothing of the transaction has happened: the same may be tried again.
            case "40001" -> new TransactionSerializationException(message, failure, sql);
            case "23505" -> new ConstraintViolationException(message, failure, sql, ConstraintKind.UNIQUE, constraintName(failure));
            default -> null; // by the class of its SQLSTATE
        };
    }

    @Override
    public ViolatedConstraintNameExtractor getViolatedConstraintNameExtractor() {
        return CoconutDialect::constraintName;
    }

    /// Messages name the constraint among their values; a unique one by its index.
    private static @Nullable String constraintName(java.sql.SQLException failure) {
        String message = String.valueOf(failure.getMessage());
        String name = value(message, "constraint=");
        String table = value(message, "table=INDEX ");
        String found = name != null ? name : table;
        return found == null ? null : found.substring(found.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    private static @Nullable String value(String message, String name) {
        int from = message.indexOf(name);
        if (from < 0) {
            return null;
        }
        int start = from + name.length();
        int end = start;
        while (end < message.length() && message.charAt(end) != ',' && message.charAt(end) != ')') {
            end++;
        }
        return message.substring(start, end);
    }

    /// The standard's, which can be dropped where they are not there.
    private static final class CoconutSequences extends ANSISequenceSupport {
        static final SequenceSupport INSTANCE = new CoconutSequences();

        @Override
        public String getDropSequenceString(String name) {
            return "drop sequence if exists " + name;
        }
    }

    /// `generated by default as identity`, and the value by JDBC's generated keys.
    private static final class CoconutIdentity extends IdentityColumnSupportImpl {
        static final CoconutIdentity INSTANCE = new CoconutIdentity();

        @Override
        public boolean supportsIdentityColumns() {
            return true;
        }

        @Override
        public String getIdentityColumnString(int type) {
            return "generated by default as identity";
        }

        @Override
        public String getIdentityInsertString() {
            return "default";
        }
    }
}
