package org.coconutdb.sql.plan;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import org.apache.calcite.jdbc.JavaTypeFactoryImpl;
import org.coconutdb.sql.catalog.CoconutTypeSystem;

/// Makes the types of one statement. Text has all characters: Calcite's own default, ISO-8859-1, refuses literals such as `'日本'`.
final class StatementTypes extends JavaTypeFactoryImpl {
    StatementTypes() {
        super(CoconutTypeSystem.INSTANCE);
    }

    @Override
    public Charset getDefaultCharset() {
        return StandardCharsets.UTF_8;
    }

    /// What Calcite says of types, without the character set, which users never see.
    static String withoutCharset(String text) {
        return text.replace(" CHARACTER SET \"UTF-8\"", "");
    }
}
