package org.coconutdb.jdbc.remote;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.coconutdb.jdbc.session.TimeZones;
import org.jspecify.annotations.Nullable;

/// A server's URL and what was set with it, both checked: `jdbc:coconut://host:port,host:port/schema?property=value&…`.
///
/// | property | default | meaning |
/// |---|---|---|
/// | `user`, `password` | none | who asks |
/// | `schema` | `PUBLIC` | first schema of the session; the URL's path is another way to say it |
/// | `time.zone` | that of the Java process | first time zone of the session, such as `Europe/Berlin`, `UTC` or `+02:00` |
/// | `read` | `local` | on what reads of a cluster rest: `local`, `primary` or `stale(age)`; the server says what is wrong with another |
/// | `connect.timeout` | `5s` | how long to wait for a host before the next is tried |
/// | `network.timeout` | `0`: none | how long to wait for an answer, as `Connection.setNetworkTimeout` |
/// | `discover` | `true` | whether hosts of the cluster that the URL does not name are gone to as well, where those that it names do not answer |
/// | `authentication` | `BASIC` | `SPNEGO`: by a Kerberos ticket, and without user and password |
/// | `principal`, `keytab` | whose ticket is there | whose ticket, and the file with the key that it is had by |
/// | `service.principal` | `HTTP` on the host | the server's own, such as `HTTP/db.example.com@EXAMPLE.COM`; `_HOST` stands for the host of the URL |
/// | `tls` | `false` | `true`: the server is reached by TLS |
/// | `tls.ca` | what Java trusts | PEM file of the authority that made the server's certificate, or of that itself |
/// | `truststore`, `truststorePassword` | what Java trusts | a key store of authorities |
/// | `tls.pin` | none | SHA-256 of the server's certificate, in hexadecimal: this one is trusted and no other |
/// | `tls.verify.host` | `true` | whether the certificate must be made for the host of the URL |
///
/// Properties from the URL win over those that came beside it. An unknown one is refused: a misspelt time-out must not be ignored.
///
/// @param hosts to be tried in this order
/// @param shown the URL without a password
/// @param schema empty for the server's default
/// @param read as it was written, empty for the server's default
/// @param discovers whether other hosts of the cluster are gone to
/// @param tls null: by plain sockets
/// @param kerberos null: by user and password, where there are any
public record RemoteUrl(List<Host> hosts, String shown, String user, String password, String schema, ZoneId timeZone, String read,
        int connectMillis, int networkMillis, boolean discovers, @Nullable TlsSettings tls, @Nullable KerberosLogin kerberos) {
    static final int DEFAULT_PORT = 8765;
    private static final String PREFIX = "jdbc:coconut://";
    private static final String FORM = "jdbc:coconut://host:port,host:port/schema?property=value";
    private static final String USER = "user";
    private static final String PASSWORD = "password";
    private static final String SCHEMA = "schema";
    private static final String READ = "read";
    private static final String CONNECT_TIMEOUT = "connect.timeout";
    private static final String NETWORK_TIMEOUT = "network.timeout";
    private static final String DISCOVER = "discover";
    private static final String AUTHENTICATION = "authentication";
    private static final String PRINCIPAL = "principal";
    private static final String KEYTAB = "keytab";
    private static final String SERVICE_PRINCIPAL = "service.principal";
    private static final String TLS = "tls";
    private static final String TLS_CA = "tls.ca";
    private static final String TRUST_STORE = "truststore";
    private static final String TRUST_STORE_PASSWORD = "truststorePassword";
    private static final String TLS_PIN = "tls.pin";
    private static final String TLS_VERIFY_HOST = "tls.verify.host";
    private static final String BASIC = "BASIC";
    private static final String SPNEGO = "SPNEGO";
    private static final Pattern SHA_256 = Pattern.compile("[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}");
    private static final String CONNECT_TIMEOUT_DEFAULT = "5s";
    private static final String NETWORK_TIMEOUT_DEFAULT = "0";
    private static final List<String> NAMES = List.of(USER, PASSWORD, SCHEMA, TimeZones.PROPERTY, READ, CONNECT_TIMEOUT, NETWORK_TIMEOUT,
            DISCOVER, AUTHENTICATION, PRINCIPAL, KEYTAB, SERVICE_PRINCIPAL, TLS,
            TLS_CA, TRUST_STORE, TRUST_STORE_PASSWORD, TLS_PIN, TLS_VERIFY_HOST);
    private static final Pattern SPAN = Pattern.compile("(\\d{1,9})\\s*(ms|s|min)?");

    /// A server's address.
    public record Host(String name, int port) {
        @Override
        public String toString() {
            return (name.indexOf(':') < 0 ? name : "[" + name + "]") + ":" + port;
        }
    }

    public RemoteUrl {
        hosts = List.copyOf(hosts);
    }

    /// 08001 where a part of it cannot be used.
    public static RemoteUrl parse(String url, Properties properties) throws SQLException {
        if (!url.regionMatches(true, 0, PREFIX, 0, PREFIX.length())) {
            throw invalid("the URL " + url + " is not one of a server: use " + FORM);
        }
        String rest = url.substring(PREFIX.length());
        int question = firstOf(rest, "?;");
        String address = question < 0 ? rest : rest.substring(0, question);
        Map<String, String> settings = new TreeMap<>();
        for (String property : properties.stringPropertyNames()) {
            settings.put(known(property), properties.getProperty(property).strip());
        }
        StringBuilder shown = new StringBuilder(PREFIX + address);
        char before = '?';
        for (String setting : question < 0 ? new String[0] : rest.substring(question + 1).split("[&;]", -1)) {
            if (setting.isBlank()) {
                continue;
            }
            int equals = setting.indexOf('=');
            if (equals < 0) {
                throw invalid("the property '" + setting + "' has no value: write it as ?name=value");
            }
            String name = known(setting.substring(0, equals).strip());
            settings.put(name, decoded(setting.substring(equals + 1)));
            if (!name.equals(PASSWORD) && !name.equals(TRUST_STORE_PASSWORD)) {
                shown.append(before).append(setting);
                before = '&';
            }
        }
        int slash = address.indexOf('/');
        String path = slash < 0 ? "" : decoded(address.substring(slash + 1));
        return new RemoteUrl(hosts(slash < 0 ? address : address.substring(0, slash)), shown.toString(),
                settings.getOrDefault(USER, ""), settings.getOrDefault(PASSWORD, ""),
                path.isEmpty() ? settings.getOrDefault(SCHEMA, "") : path,
                timeZone(settings.get(TimeZones.PROPERTY)),
                settings.getOrDefault(READ, ""),
                millis(CONNECT_TIMEOUT, settings.getOrDefault(CONNECT_TIMEOUT, CONNECT_TIMEOUT_DEFAULT)),
                millis(NETWORK_TIMEOUT, settings.getOrDefault(NETWORK_TIMEOUT, NETWORK_TIMEOUT_DEFAULT)), is(DISCOVER, settings, true), tls(
                        settings), kerberos(settings));
    }

    private static @Nullable KerberosLogin kerberos(Map<String, String> settings) throws SQLException {
        String way = settings.getOrDefault(AUTHENTICATION, BASIC);
        boolean isKerberos = way.equalsIgnoreCase(SPNEGO);
        if (!isKerberos && !way.equalsIgnoreCase(BASIC)) {
            throw invalid(AUTHENTICATION + " is '" + way + "': write " + BASIC + " (user and password) or " + SPNEGO
                    + " (a Kerberos ticket)");
        }
        for (String name : isKerberos ? List.of(USER, PASSWORD) : List.of(PRINCIPAL, KEYTAB, SERVICE_PRINCIPAL)) {
            if (!settings.getOrDefault(name, "").isEmpty()) {
                throw invalid(name + " is of " + AUTHENTICATION + "=" + (isKerberos ? BASIC : SPNEGO) + ": leave it out, or say that");
            }
        }
        if (!isKerberos) {
            return null;
        }
        // Tools give what nobody has filled in as empty.
        Map<String, String> given = new TreeMap<>(settings);
        given.values().removeIf(String::isEmpty);
        if (given.containsKey(KEYTAB) && !given.containsKey(PRINCIPAL)) {
            throw invalid(KEYTAB + " may have keys of many: say " + PRINCIPAL + ", too, such as joe@EXAMPLE.COM");
        }
        return new KerberosLogin(given.get(PRINCIPAL), path(KEYTAB, given), given.get(SERVICE_PRINCIPAL));
    }

    private static @Nullable TlsSettings tls(Map<String, String> settings) throws SQLException {
        String pin = settings.get(TLS_PIN);
        if (pin != null && !SHA_256.matcher(pin).matches()) {
            throw invalid(TLS_PIN + " is '" + pin + "': write the SHA-256 of the server's certificate, 64 hexadecimal digits");
        }
        if (!is(TLS, settings, false)) {
            for (String name : List.of(TLS_CA, TRUST_STORE, TRUST_STORE_PASSWORD, TLS_PIN, TLS_VERIFY_HOST)) {
                if (settings.containsKey(name)) {
                    throw invalid(name + " is of TLS: say tls=true, too");
                }
            }
            return null;
        }
        return new TlsSettings(path(TLS_CA, settings), path(TRUST_STORE, settings), settings.getOrDefault(TRUST_STORE_PASSWORD, ""), pin,
                is(
                        TLS_VERIFY_HOST, settings, true));
    }

    private static boolean is(String name, Map<String, String> settings, boolean otherwise) throws SQLException {
        String value = settings.getOrDefault(name, Boolean.toString(otherwise));
        if (!value.equals("true") && !value.equals("false")) {
            throw invalid(name + " is '" + value + "': write true or false");
        }
        return value.equals("true");
    }

    private static @Nullable Path path(String name, Map<String, String> settings) throws SQLException {
        String value = settings.get(name);
        try {
            return value == null ? null : Path.of(value);
        } catch (InvalidPathException refused) {
            throw invalid(name + " is '" + value + "': name a file");
        }
    }

    /// Without its secrets.
    @Override
    public String toString() {
        return shown;
    }

    /// The properties, with the values that are given or count without.
    public static DriverPropertyInfo[] describe(Properties given) {
        return NAMES.stream().map(name -> {
            DriverPropertyInfo info = new DriverPropertyInfo(name, given.getProperty(name, switch (name) {
                case SCHEMA -> "PUBLIC";
                case TimeZones.PROPERTY -> ZoneId.systemDefault().getId();
                case READ -> "local";
                case CONNECT_TIMEOUT -> CONNECT_TIMEOUT_DEFAULT;
                case NETWORK_TIMEOUT -> NETWORK_TIMEOUT_DEFAULT;
                case AUTHENTICATION -> BASIC;
                case TLS -> "false";
                case DISCOVER, TLS_VERIFY_HOST -> "true";
                default -> "";
            }));
            info.description = switch (name) {
                case USER -> "who asks";
                case PASSWORD -> "the user's password";
                case SCHEMA -> "first schema of the session";
                case TimeZones.PROPERTY -> "first time zone of the session, such as Europe/Berlin, UTC or +02:00";
                case READ -> "on what reads of a cluster rest: local, primary or stale(age), such as stale(5s)";
                case CONNECT_TIMEOUT -> "how long to wait for a host before the next is tried, such as 5s";
                case DISCOVER -> "whether hosts of the cluster that the URL does not name are gone to as well";
                case AUTHENTICATION -> "BASIC: by user and password; SPNEGO: by a Kerberos ticket";
                case PRINCIPAL -> "whose Kerberos ticket, such as joe@EXAMPLE.COM";
                case KEYTAB -> "file with the principal's key; without it kinit's ticket is used";
                case SERVICE_PRINCIPAL -> "the server's principal, where it is not HTTP on the URL's host";
                case TLS -> "whether the server is reached by TLS";
                case TLS_CA -> "PEM file of the authority that made the server's certificate";
                case TRUST_STORE -> "key store of authorities";
                case TRUST_STORE_PASSWORD -> "its password";
                case TLS_PIN -> "SHA-256 of the server's certificate, which is trusted then";
                case TLS_VERIFY_HOST -> "whether the certificate must be made for the host";
                default -> "how long to wait for an answer, such as 30s; 0: for ever";
            };
            return info;
        }).toArray(DriverPropertyInfo[]::new);
    }

    private static int firstOf(String text, String characters) {
        for (int i = 0; i < text.length(); i++) {
            if (characters.indexOf(text.charAt(i)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private static String decoded(String text) throws SQLException {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException bad) {
            throw invalid("'" + text + "' in the URL is not written as URLs are: a % has two hexadecimal digits behind it");
        }
    }

    private static String known(String property) throws SQLException {
        if (NAMES.contains(property)) {
            return property;
        }
        String nearest = "";
        for (String name : NAMES) {
            if (letters(name).equals(letters(property))) {
                nearest = "Did you mean " + name + "? ";
            }
        }
        throw invalid("the property " + property + " is not known. " + nearest + "Known are " + String.join(", ", NAMES)
                + "; those of a database stand in its server's configuration");
    }

    private static String letters(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
    }

    private static List<Host> hosts(String text) throws SQLException {
        List<Host> hosts = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            hosts.add(host(part.strip()));
        }
        return hosts;
    }

    private static Host host(String text) throws SQLException {
        int bracket = text.indexOf(']');
        boolean ipv6 = text.startsWith("[") && bracket > 0;
        int colon = text.indexOf(':', ipv6 ? bracket : 0);
        String name = ipv6 ? text.substring(1, bracket) : colon < 0 ? text : text.substring(0, colon);
        if (name.isEmpty()) {
            throw invalid("the URL names no host: use " + FORM);
        }
        if (colon < 0) {
            return new Host(name, DEFAULT_PORT);
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port >= 1 && port <= 65_535) {
                return new Host(name, port);
            }
        } catch (NumberFormatException notANumber) {
            // Refused below, like a number outside of the bounds.
        }
        throw invalid("the port of '" + text + "' is no number from 1 to 65535: use " + FORM);
    }

    private static ZoneId timeZone(@Nullable String name) throws SQLException {
        return name == null ? ZoneId.systemDefault()
                : TimeZones.find(name).orElseThrow(() -> invalid(TimeZones.PROPERTY + " is '" + name
                        + "': write the name of a time zone, such as Europe/Berlin or UTC, or a distance from UTC, such as +02:00"));
    }

    private static int millis(String property, String value) throws SQLException {
        Matcher matcher = SPAN.matcher(value);
        if (matcher.matches()) {
            String unit = matcher.group(2);
            long factor = unit == null || unit.equals("ms") ? 1 : unit.equals("s") ? 1_000 : 60_000;
            long millis = Long.parseLong(matcher.group(1)) * factor;
            if (millis <= Integer.MAX_VALUE) {
                return (int) millis;
            }
        }
        throw invalid(property + " is '" + value + "': write a duration such as 500ms, 5s or 2min");
    }

    private static SQLException invalid(String sentence) {
        return new SQLNonTransientConnectionException(sentence, "08001");
    }
}
