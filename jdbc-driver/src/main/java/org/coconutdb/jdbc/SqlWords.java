package org.coconutdb.jdbc;

/// Words that `DatabaseMetaData` lists.
final class SqlWords {
    /// Reserved words beyond those of SQL:2003: as names they need double quotes.
    static final String KEYWORDS = "LIMIT,MINUS,QUALIFY,UPSERT,VARIANT";
    static final String NUMERIC_FUNCTIONS =
            "ABS,ACOS,ASIN,ATAN,ATAN2,CEILING,COS,COT,DEGREES,EXP,FLOOR,LOG10,MOD,PI,POWER,RADIANS,RAND,ROUND,SIGN,SIN,SQRT,TAN,TRUNCATE";
    static final String STRING_FUNCTIONS = "CONCAT,INSERT,LCASE,LENGTH,LOCATE,LTRIM,REPLACE,RTRIM,SUBSTRING,UCASE";
    static final String SYSTEM_FUNCTIONS = "";
    static final String TIME_DATE_FUNCTIONS =
            "CURDATE,CURTIME,DAYOFMONTH,DAYOFWEEK,DAYOFYEAR,HOUR,MINUTE,MONTH,NOW,QUARTER,SECOND,TIMESTAMPADD,TIMESTAMPDIFF,WEEK,YEAR";

    private SqlWords() {}
}
