package org.coconutdb.avatica;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.SQLException;
import java.util.Base64;
import org.coconutdb.sql.session.DatabaseLogins;
import org.jspecify.annotations.Nullable;

/// The user that the first start of a database without users has made. There is no default password: it is made by chance and told once, or comes from
/// a file.
///
/// @param secret null: it came from a file, and is told to nobody
public record FirstAdmin(String user, @Nullable String secret) {
    private static final int SECRET_BYTES = 18;

    /// Null where the database has users.
    static @Nullable FirstAdmin make(DatabaseLogins database, ServerSecurity security) throws SQLException, IOException {
        if (database.hasUsers()) {
            return null;
        }
        Path file = security.adminSecretFile();
        String secret = file == null ? random() : read(file);
        database.createAdmin(security.adminUser(), secret);
        return new FirstAdmin(security.adminUser(), file == null ? secret : null);
    }

    private static String random() {
        byte[] bytes = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String read(Path file) throws IOException {
        SecretFile.require(ServerConfigFile.ADMIN_SECRET_FILE, file);
        String secret = Files.readString(file, StandardCharsets.UTF_8).lines().findFirst().orElse("");
        if (secret.isBlank()) {
            throw new ServerConfigException(ServerConfigFile.ADMIN_SECRET_FILE + " is " + file + ", whose first line is empty");
        }
        return secret;
    }

    /// Without the secret.
    @Override
    public String toString() {
        return user;
    }
}
