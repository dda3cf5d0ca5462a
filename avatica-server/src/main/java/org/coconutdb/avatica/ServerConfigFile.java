package org.coconutdb.avatica;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.coconutdb.avatica.connection.ConnectionLimits;
import org.coconutdb.avatica.http.HttpLimits;
import org.coconutdb.sql.catalog.NearestName;
import org.coconutdb.sql.catalog.Sizes;
import org.coconutdb.sql.catalog.TimeSpans;
import org.coconutdb.sql.session.EmbeddedProvider;
import org.jspecify.annotations.Nullable;

/// Reads a server's configuration: lines of `key = value`, and `#` before a comment. `docs/server.md` has the keys. A key that is not known, or
/// there twice, is refused: a misspelt limit must not be ignored.
public final class ServerConfigFile {
    static final String HOST = "listen.host";
    static final String PORT = "listen.port";
    static final String ADVERTISE = "advertise";
    static final String SOCKETS = "limit.sockets";
    static final String CONNECTIONS = "limit.connections";
    static final String STATEMENTS = "limit.statements";
    static final String PAGE_BYTES = "page.bytes.max";
    static final String PAGE_ROWS = "page.rows.max";
    static final String REQUEST_BYTES = "request.bytes.max";
    static final String CONNECTION_IDLE = "connection.idle.max";
    static final String SOCKET_IDLE = "socket.idle.max";
    static final String TRANSFER = "request.time.max";
    static final String STOP_WAIT = "stop.wait.max";
    static final String ADMIN_USER = "admin.user";
    static final String ADMIN_SECRET_FILE = "admin.secret.file";
    static final String KERBEROS_PRINCIPAL = "kerberos.principal";
    static final String KERBEROS_KEYTAB = "kerberos.keytab";
    static final String KERBEROS_REALMS = "kerberos.realms";
    static final String KERBEROS_LOGIN_MAX = "kerberos.login.max";
    static final String TLS = "tls";
    static final String TLS_CERTIFICATE = "tls.certificate";
    static final String TLS_KEY = "tls.key";
    static final String TLS_KEY_STORE = "tls.keystore";
    static final String TLS_KEY_STORE_PASSWORD_FILE = "tls.keystore.password.file";
    /// Keys of the server itself, in the order of its documentation.
    public static final List<String> KEYS = List.of(HOST, PORT, ADVERTISE, SOCKETS, CONNECTIONS, STATEMENTS, PAGE_BYTES, PAGE_ROWS,
            REQUEST_BYTES,
            CONNECTION_IDLE, SOCKET_IDLE, TRANSFER, STOP_WAIT, ADMIN_USER, ADMIN_SECRET_FILE, TLS, TLS_CERTIFICATE, TLS_KEY, TLS_KEY_STORE,
            TLS_KEY_STORE_PASSWORD_FILE, KERBEROS_PRINCIPAL, KERBEROS_KEYTAB, KERBEROS_REALMS, KERBEROS_LOGIN_MAX);

    private static final Duration KERBEROS_LOGIN_LONGEST = Duration.ofDays(30);
    private static final int CONNECTIONS_DEFAULT = 1_000;
    private static final int HEAD_BYTES = 72 * 1024;

    private final Map<String, String> settings = new TreeMap<>();

    private ServerConfigFile() {}

    static ServerConfig defaults(String databaseUrl) {
        return new ServerConfigFile().config(databaseUrl);
    }

    /// @param databaseUrl of the database that is served
    public static ServerConfig read(Path file, String databaseUrl) throws IOException {
        return parse(Files.readAllLines(file, StandardCharsets.UTF_8), file.toString(), databaseUrl);
    }

    static ServerConfig parse(List<String> lines, String name, String databaseUrl) {
        ServerConfigFile file = new ServerConfigFile();
        for (int i = 0; i < lines.size(); i++) {
            file.line(lines.get(i).strip(), name + ", line " + (i + 1) + ": ");
        }
        return file.config(databaseUrl);
    }

    private void line(String line, String place) {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        int equals = line.indexOf('=');
        if (equals < 1) {
            throw new ServerConfigException(place + "'" + line + "' is no setting: write it as key = value");
        }
        String key = line.substring(0, equals).strip();
        List<String> known = knownKeys();
        if (!known.contains(key)) {
            String nearest = NearestName.of(key, known).map(found -> "Did you mean " + found + "? ").orElse("");
            throw new ServerConfigException(
                    place + "there is no setting " + key + ". " + nearest + "Known are " + String.join(", ", known) + ".");
        }
        if (settings.put(key, line.substring(equals + 1).strip()) != null) {
            throw new ServerConfigException(place + key + " is set twice: leave one");
        }
    }

    private static List<String> knownKeys() {
        List<String> known = new ArrayList<>(KEYS);
        known.addAll(EmbeddedProvider.databaseProperties());
        return known;
    }

    private ServerConfig config(String databaseUrl) {
        int connections = count(CONNECTIONS, CONNECTIONS_DEFAULT, 1_000_000);
        Map<String, String> ofDatabase = new TreeMap<>(settings);
        ofDatabase.keySet().removeAll(KEYS);
        return new ServerConfig(databaseUrl, ofDatabase, settings.getOrDefault(HOST, ServerConfig.DEFAULT_HOST), port(), advertise(),
                new ConnectionLimits(connections, count(STATEMENTS, 1_000, 1_000_000), bytes(PAGE_BYTES, 256 * 1024, 1, 64 << 20),
                        count(PAGE_ROWS, 10_000, 1_000_000), span(CONNECTION_IDLE, Duration.ofMinutes(30))),
                new HttpLimits(count(SOCKETS, connections + ServerConfig.SOCKETS_BEYOND_CONNECTIONS, 1_000_000), HEAD_BYTES,
                        bytes(REQUEST_BYTES, 128 << 20, 64 * 1024, 1 << 30), span(SOCKET_IDLE, Duration.ofMinutes(30)),
                        span(TRANSFER, Duration.ofMinutes(1))),
                span(STOP_WAIT, Duration.ofSeconds(20)), security());
    }

    private ServerSecurity security() {
        String tls = settings.get(TLS);
        if (tls != null && !tls.equals("off") && !tls.equals("on")) {
            throw refused(TLS, tls, "write on, or off for plain sockets");
        }
        TlsConfig config = tlsConfig();
        if (config != null && "off".equals(tls)) {
            throw refused(TLS, "off", "leave it out, or leave the certificate out");
        }
        if (config == null && "on".equals(tls)) {
            throw refused(TLS, "on", "set " + TLS_CERTIFICATE + " and " + TLS_KEY + ", or " + TLS_KEY_STORE);
        }
        return new ServerSecurity(false, settings.getOrDefault(ADMIN_USER, ServerSecurity.DEFAULT_ADMIN), path(ADMIN_SECRET_FILE), config,
                kerberos(), "off".equals(tls));
    }

    private @Nullable KerberosConfig kerberos() {
        String principal = settings.get(KERBEROS_PRINCIPAL);
        Path keytab = path(KERBEROS_KEYTAB);
        if (principal == null && keytab == null) {
            for (String key : List.of(KERBEROS_REALMS, KERBEROS_LOGIN_MAX)) {
                if (settings.containsKey(key)) {
                    throw new ServerConfigException(key + " is of Kerberos: set " + KERBEROS_PRINCIPAL + " and " + KERBEROS_KEYTAB
                            + ", too");
                }
            }
            return null;
        }
        if (principal == null || keytab == null) {
            throw new ServerConfigException("Kerberos is half set: give " + KERBEROS_PRINCIPAL + " and " + KERBEROS_KEYTAB);
        }
        KerberosConfig config = KerberosConfig.of(principal, keytab);
        Duration loginMax = span(KERBEROS_LOGIN_MAX, config.loginMax());
        if (loginMax.compareTo(KERBEROS_LOGIN_LONGEST) > 0) {
            throw refused(KERBEROS_LOGIN_MAX, String.valueOf(settings.get(KERBEROS_LOGIN_MAX)), "give no more than 30d");
        }
        return new KerberosConfig(principal, keytab, settings.containsKey(KERBEROS_REALMS) ? realms() : config.realms(), loginMax);
    }

    private Set<String> realms() {
        String value = settings.getOrDefault(KERBEROS_REALMS, "");
        Set<String> realms = new TreeSet<>();
        for (String realm : value.split(",", -1)) {
            if (realm.isBlank() || realm.indexOf('@') >= 0) {
                throw refused(KERBEROS_REALMS, value,
                        "write the names of realms with commas between, such as EXAMPLE.COM, DEV.EXAMPLE.COM");
            }
            realms.add(realm.strip());
        }
        return realms;
    }

    private @Nullable TlsConfig tlsConfig() {
        Path certificate = path(TLS_CERTIFICATE);
        Path key = path(TLS_KEY);
        Path store = path(TLS_KEY_STORE);
        Path password = path(TLS_KEY_STORE_PASSWORD_FILE);
        if (certificate == null && key == null && store == null && password == null) {
            return null;
        }
        if (certificate != null && key != null && store == null && password == null) {
            return new TlsConfig.Pem(certificate, key);
        }
        if (certificate == null && key == null && store != null && password != null) {
            return new TlsConfig.KeyStoreFile(store, password);
        }
        throw new ServerConfigException("TLS is half set: give " + TLS_CERTIFICATE + " and " + TLS_KEY + ", or " + TLS_KEY_STORE + " and "
                + TLS_KEY_STORE_PASSWORD_FILE);
    }

    private @Nullable Path path(String key) {
        String value = settings.get(key);
        try {
            return value == null ? null : Path.of(value);
        } catch (InvalidPathException refused) {
            throw refused(key, value, "name a file");
        }
    }

    /// `host:port`, `[address]:port`, or `off`.
    private Advertise advertise() {
        String value = settings.get(ADVERTISE);
        if (value == null) {
            return new Advertise.Listening();
        }
        if (value.equals("off")) {
            return new Advertise.Nowhere();
        }
        int bracket = value.indexOf(']');
        boolean isBracketed = value.startsWith("[") && bracket > 0;
        int colon = value.indexOf(':', isBracketed ? bracket : 0);
        String host = isBracketed ? value.substring(1, bracket) : colon < 0 ? value : value.substring(0, colon);
        Integer port = colon < 0 ? Integer.valueOf(0) : number(value.substring(colon + 1));
        if (host.isBlank() || host.indexOf(' ') >= 0 || port == null || (colon >= 0 && port < 1) || port > 65_535) {
            throw refused(ADVERTISE, value, "write host:port as clients reach it, or off");
        }
        return new Advertise.At(host, port);
    }

    private int port() {
        String value = settings.get(PORT);
        if (value == null) {
            return ServerConfig.DEFAULT_PORT;
        }
        Integer port = number(value);
        if (port == null || port > 65_535) {
            throw refused(PORT, value, "give a number from 0 (one that is free) to 65535");
        }
        return port;
    }

    private int count(String key, int otherwise, int most) {
        String value = settings.get(key);
        if (value == null) {
            return otherwise;
        }
        Integer count = number(value);
        if (count == null || count < 1 || count > most) {
            throw refused(key, value, "give a number from 1 to " + most);
        }
        return count;
    }

    private static @Nullable Integer number(String value) {
        try {
            int number = Integer.parseInt(value);
            return number < 0 ? null : number;
        } catch (NumberFormatException notANumber) {
            return null;
        }
    }

    private int bytes(String key, int otherwise, int least, int most) {
        String value = settings.get(key);
        if (value == null) {
            return otherwise;
        }
        long bytes = Sizes.parse(value).orElse(-1);
        if (bytes < least || bytes > most) {
            throw refused(key, value, "write a size such as 256KB or 64MB, from " + least + " to " + most + " bytes");
        }
        return (int) bytes;
    }

    private Duration span(String key, Duration otherwise) {
        String value = settings.get(key);
        if (value == null) {
            return otherwise;
        }
        return TimeSpans.parse(value)
                .filter(span -> span.toMillis() >= 1)
                .orElseThrow(() -> refused(key, value, "write a duration such as 500ms, 20s or 30min"));
    }

    private static ServerConfigException refused(String key, String value, String mend) {
        return new ServerConfigException(key + " is '" + value + "': " + mend);
    }
}
