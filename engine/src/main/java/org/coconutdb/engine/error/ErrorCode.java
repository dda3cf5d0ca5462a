package org.coconutdb.engine.error;

/// Every error that CoconutDB answers with: a five-character SQLSTATE and whose fault it is.
///
/// The standard's code is used where one fits (ISO/IEC 9075-2, and PostgreSQL's appendix A for the classes that the
/// standard leaves to implementations). The message is constant, so that logs can be counted; facts travel beside it in
/// [CoconutException].
public enum ErrorCode {
    // Caller's fault: nothing happened, and the same call will fail again until it is mended.
    DUPLICATE_KEY("23505", Category.CALLER, "a row with this key exists already"),
    NULL_NOT_ALLOWED("23502", Category.CALLER, "NULL in a column that does not allow it"),
    FOREIGN_KEY_VIOLATION("23503", Category.CALLER, "a row refers to a row that is not there"),
    CHECK_VIOLATION("23514", Category.CALLER, "a row makes a condition of its table false"),
    VALUE_OUT_OF_RANGE("22003", Category.CALLER, "a number does not fit its type"),
    STRING_TOO_LONG("22001", Category.CALLER, "a value is longer than its column allows"),
    ARRAY_TOO_LONG("2202F", Category.CALLER, "an array has more elements than its type allows"),
    INVALID_VALUE("22018", Category.CALLER, "a value cannot be read as the type that is asked for"),
    INVALID_DATETIME("22007", Category.CALLER, "a value is not a valid date or time"),
    DATETIME_OVERFLOW("22008", Category.CALLER, "a date or time is outside the years 0001 to 9999"),
    INVALID_FRAME_SIZE("22013", Category.CALLER, "a window frame counts a number of rows or a distance below 0"),
    DIVISION_BY_ZERO("22012", Category.CALLER, "division by zero"),
    INVALID_ARGUMENT("22023", Category.CALLER, "an argument is outside its bounds"),
    INVALID_JSON("22032", Category.CALLER, "a text is not valid JSON"),
    SEQUENCE_EXHAUSTED("2200H", Category.CALLER, "a sequence has no further value"),
    CARDINALITY_VIOLATION("21000", Category.CALLER, "a subquery that must give one row gave more"),
    SYNTAX_ERROR("42601", Category.CALLER, "the statement cannot be parsed"),
    INVALID_STATEMENT("42000", Category.CALLER, "the statement is not valid"),
    UNDEFINED_TABLE("42P01", Category.CALLER, "no such table or view"),
    UNDEFINED_SEQUENCE("42P01", Category.CALLER, "no such sequence"),
    UNDEFINED_INDEX("42704", Category.CALLER, "no such index"),
    UNDEFINED_CONSTRAINT("42704", Category.CALLER, "no such constraint"),
    UNDEFINED_SPACE("42704", Category.CALLER, "no such block space"),
    UNDEFINED_COLUMN("42703", Category.CALLER, "no such column"),
    UNDEFINED_FUNCTION("42883", Category.CALLER, "no such function"),
    UNDEFINED_SCHEMA("3F000", Category.CALLER, "no such schema"),
    DUPLICATE_TABLE("42P07", Category.CALLER, "a table or view with this name exists already"),
    DUPLICATE_INDEX("42P07", Category.CALLER, "an index with this name exists already"),
    DUPLICATE_SCHEMA("42P06", Category.CALLER, "a schema with this name exists already"),
    DUPLICATE_SEQUENCE("42P07", Category.CALLER, "a sequence with this name exists already"),
    DEPENDENT_OBJECTS("2BP01", Category.CALLER, "something else needs it"),
    INVALID_FOREIGN_KEY("42830", Category.CALLER, "what the foreign key references is no key of the table"),
    DUPLICATE_COLUMN("42701", Category.CALLER, "a column is named twice"),
    GENERATED_ALWAYS("428C9", Category.CALLER, "a value for a column that always makes its own"),
    TYPE_MISMATCH("42804", Category.CALLER, "the types do not fit"),
    INDETERMINATE_TYPE("42P18", Category.CALLER, "the type of an expression is not known"),
    INVALID_TABLE_DEFINITION("42P16", Category.CALLER, "the table definition is not valid"),
    INVALID_SCHEMA_DEFINITION("42P15", Category.CALLER, "the schema cannot be made or dropped"),
    INVALID_VIEW_DEFINITION("42P17", Category.CALLER, "the view definition is not valid"),
    TABLE_NOT_EMPTY("55000", Category.CALLER, "the table has rows"),
    NO_CURRENT_VALUE("55000", Category.CALLER, "the session has not had a value of the sequence"),
    NOT_SUPPORTED("0A000", Category.CALLER, "CoconutDB does not do this yet"),
    INVALID_CONNECTION_STRING("08001", Category.CALLER, "the connection URL cannot be used"),
    CONNECTION_CLOSED("08003", Category.CALLER, "the connection is closed"),
    OBJECT_CLOSED("24000", Category.CALLER, "the object is closed"),
    STATEMENT_TOO_COMPLEX("54001", Category.CALLER, "the statement is too complex"),
    STATEMENT_CANCELLED("57014", Category.CALLER, "the statement was cancelled"),
    TRANSACTION_OPEN("25001", Category.CALLER, "this cannot be done in a transaction"),
    NO_TRANSACTION("25P01", Category.CALLER, "no transaction is open"),
    UNDEFINED_SAVEPOINT("3B001", Category.CALLER, "no such savepoint"),
    READ_ONLY_TRANSACTION("25006", Category.CALLER, "the transaction may only read"),
    BAD_FILE_FORMAT("22P04", Category.CALLER, "the file cannot be read as it is"),
    FILE_NOT_FOUND("58P01", Category.CALLER, "there is no such file"),
    FILE_FAILED("58030", Category.CALLER, "the file cannot be read or written"),
    READ_ONLY_TABLE("42809", Category.CALLER, "this table cannot be written"),

    INSUFFICIENT_PRIVILEGE("42501", Category.CALLER, "a privilege is missing"),
    INVALID_AUTHORIZATION("28000", Category.CALLER, "nobody is logged in, or the login is no longer good"),
    INVALID_PASSWORD("28P01", Category.CALLER, "user name or password are wrong"),
    UNDEFINED_SESSION("42704", Category.CALLER, "no such session"),
    UNDEFINED_ROLE("42704", Category.CALLER, "no such user or role"),
    DUPLICATE_ROLE("42710", Category.CALLER, "a user or role with this name exists already"),
    INVALID_GRANT("0LP01", Category.CALLER, "this cannot be granted or revoked"),

    // Resources: nothing happened; the same call may work later or with a higher limit.
    SERIALIZATION_CONFLICT("40001", Category.RESOURCES, "another transaction changed what this one read or changes"),
    TABLE_CHANGED("40001", Category.RESOURCES, "a table was changed or dropped since the transaction used it"),
    SNAPSHOT_TOO_OLD("72000", Category.RESOURCES, "the snapshot is older than its maximum age"),
    MEMORY_LIMIT_REACHED("53200", Category.RESOURCES, "the memory limit is reached"),
    QUERY_MEMORY_REACHED("53200", Category.RESOURCES, "the statement would hold more rows than it may"),
    MEMORY_LOCK_REFUSED("53200", Category.RESOURCES, "the operating system refused to lock memory"),
    DISK_FULL("53100", Category.RESOURCES, "the disk is full"),
    SPILL_LIMIT_REACHED("53400", Category.RESOURCES, "the files of statements have reached their limit"),
    ROW_TOO_LARGE("54000", Category.CALLER, "the row is larger than the limit"),
    KEY_TOO_LARGE("54000", Category.CALLER, "the key is larger than the limit"),
    TRANSACTION_TOO_LARGE("54000", Category.CALLER, "the transaction is larger than the limit"),
    DATABASE_IN_USE("55006", Category.RESOURCES, "the database directory is open in another process"),
    NOT_PRIMARY("57P03", Category.RESOURCES, "no host that leads the block answers"),
    REPLICAS_MISSING("57P03", Category.RESOURCES, "too few replicas of the block are in sync"),
    REPLICATION_BUSY("53000", Category.RESOURCES, "too much waits for other hosts already"),
    HOST_UNREACHABLE("08006", Category.RESOURCES, "a host of the cluster does not answer"),
    MISSING_JVM_FLAGS("58000", Category.RESOURCES, "the JVM runs without the flags that CoconutDB needs"),

    // Broken: what was promised cannot be kept without a person.
    FOREIGN_FILE("58P01", Category.BROKEN, "a file in the database directory is not CoconutDB's"),
    DATA_CORRUPTED("XX001", Category.BROKEN, "stored data is damaged"),
    IO_FAILED("58030", Category.BROKEN, "the operating system failed a read or a write"),
    BROKEN_INVARIANT("XX000", Category.BROKEN, "an internal invariant does not hold"),

    // Unknown: the change may or may not have happened.
    OUTCOME_UNKNOWN("08007", Category.UNKNOWN, "the outcome of the transaction is not known");

    /// Who has to act, and whether the call may be repeated.
    public enum Category {
        /// The statement or the call is wrong.
        CALLER,
        /// A limit or another transaction is in the way; nothing happened.
        RESOURCES,
        /// Damage or a defect; the block or the database refuses to go on.
        BROKEN,
        /// Proposed and not confirmed.
        UNKNOWN
    }

    private final String sqlState;
    private final Category category;
    private final String message;

    ErrorCode(String sqlState, Category category, String message) {
        this.sqlState = sqlState;
        this.category = category;
        this.message = message;
    }

    public String sqlState() {
        return sqlState;
    }

    public Category category() {
        return category;
    }

    public String message() {
        return message;
    }
}
