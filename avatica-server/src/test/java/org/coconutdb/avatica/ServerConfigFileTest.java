package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.coconutdb.sql.session.EmbeddedProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerConfigFileTest {
    private static ServerConfig parse(String... lines) {
        return ServerConfigFile.parse(List.of(lines), "c.conf", "jdbc:coconut:mem:config-test");
    }

    @Test
    void settingsOfTheServerAndOfItsDatabaseAreRead() {
        ServerConfig config = parse("# comment", "", "listen.port = 0", "limit.connections=7", "page.bytes.max = 64KB",
                "connection.idle.max = 90s", "memory.limit = 512MB", "durability = interval");

        assertThat(config.port()).isZero();
        assertThat(config.connections().connections()).isEqualTo(7);
        assertThat(config.http().sockets()).isEqualTo(107);
        assertThat(config.connections().pageBytes()).isEqualTo(64 * 1024);
        assertThat(config.connections().idle()).isEqualTo(Duration.ofSeconds(90));
        assertThat(config.databaseProperties()).containsOnlyKeys("memory.limit", "durability").containsEntry("durability", "interval");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "listen.prt = 1 | Did you mean listen.port?",
            "memory.limits = 1GB | Did you mean memory.limit?",
            "listen.port | write it as key = value",
            "listen.port = 70000 | 65535",
            "listen.port = many | 65535",
            "limit.connections = 0 | from 1",
            "page.bytes.max = 3 apples | such as 256KB",
            "connection.idle.max = soon | such as 500ms",
            "schema = PUBLIC | there is no setting schema",
            "tls = maybe | on, or off",
            "tls = on | tls.certificate",
            "tls.key = key.pem | half set",
            "tls.keystore = store.p12 | half set",
    })
    void aWrongSettingIsRefusedWithTheRightOne(String line, String mend) {
        assertThatThrownBy(() -> parse("# first", line)).isInstanceOf(ServerConfigException.class).hasMessageContaining(mend);
    }

    @Test
    void aSettingThatIsThereTwiceIsRefused() {
        assertThatThrownBy(() -> parse("listen.port = 1", "listen.port = 2")).hasMessageContaining("c.conf, line 2").hasMessageContaining(
                "twice");
    }

    @Test
    void withoutALogInOnlyLoopbackIsListenedOn() {
        assertThatThrownBy(() -> CoconutServer.start(parse().withInsecure(true).withAddress("0.0.0.0", 0)))
                .isInstanceOf(ServerConfigException.class)
                .hasMessageContaining("loopback only");
    }

    @Test
    void passwordsDoNotTravelInTheClearUnlessThatIsSaid() {
        assertThatThrownBy(() -> CoconutServer.start(parse("listen.host = 0.0.0.0"))).isInstanceOf(ServerConfigException.class)
                .hasMessageContaining("in the clear")
                .hasMessageContaining("tls = off");
        assertThat(parse("listen.host = 0.0.0.0", "tls = off").address().getAddress().isAnyLocalAddress()).isTrue();
    }

    @Test
    void kerberosIsReadWhole() {
        KerberosConfig kerberos = Objects.requireNonNull(parse("kerberos.principal = HTTP/db.example.com@EXAMPLE.COM",
                "kerberos.keytab = /etc/http.keytab").security().kerberos());
        assertThat(kerberos.realms()).containsExactly("EXAMPLE.COM");
        assertThat(kerberos.loginMax()).hasHours(1);
        KerberosConfig more = Objects.requireNonNull(parse("kerberos.principal = HTTP/db@A", "kerberos.keytab = k",
                "kerberos.realms = B, C",
                "kerberos.login.max = 2h").security().kerberos());
        assertThat(more.realms()).containsExactlyInAnyOrder("B", "C");
        assertThat(more.loginMax()).hasHours(2);
        assertThat(parse().security().kerberos()).isNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
            "kerberos.keytab = k | half set",
            "kerberos.principal = HTTP/db@A | half set",
            "kerberos.realms = A | kerberos.principal and kerberos.keytab",
            "kerberos.principal = HTTP@A;kerberos.keytab = k | HTTP/db.example.com@EXAMPLE.COM",
            "kerberos.principal = HTTP/db;kerberos.keytab = k | HTTP/db.example.com@EXAMPLE.COM",
            "kerberos.principal = HTTP/db@A;kerberos.keytab = k;kerberos.realms = A,,B | names of realms",
            "kerberos.principal = HTTP/db@A;kerberos.keytab = k;kerberos.login.max = 999999999d | 30d",
    })
    void kerberosThatCannotBeIsRefused(String lines, String part) {
        assertThatThrownBy(() -> parse(lines.split(";", -1))).isInstanceOf(ServerConfigException.class).hasMessageContaining(part);
    }

    @Test
    void whereAServerIsReachedIsWrittenAsClientsWriteIt() {
        assertThat(parse().advertise()).isEqualTo(new Advertise.Listening());
        assertThat(parse("advertise = off").advertise()).isEqualTo(new Advertise.Nowhere());
        assertThat(parse("advertise = db1.example.com").advertise()).isEqualTo(new Advertise.At("db1.example.com", 0));
        assertThat(parse("advertise = db1.example.com:9000").advertise()).isEqualTo(new Advertise.At("db1.example.com", 9_000));
        assertThat(parse("advertise = [::1]:9000").advertise()).isEqualTo(new Advertise.At("::1", 9_000));
        for (String wrong : List.of("", ":9000", "db1:", "db1:0", "db1:70000", "db1:sql", "db1 db2")) {
            assertThatThrownBy(() -> parse("advertise = " + wrong)).isInstanceOf(ServerConfigException.class)
                    .hasMessageContaining("write host:port as clients reach it, or off");
        }
    }

    @Test
    void everyKeyIsDocumented() throws Exception {
        String page = Files.readString(Path.of(System.getProperty("coconut.root"), "docs", "server.md"));

        assertThat(ServerConfigFile.KEYS).allSatisfy(key -> assertThat(page).contains("| `" + key + "` |"));
        assertThat(EmbeddedProvider.databaseProperties()).allSatisfy(key -> assertThat(page).contains("`" + key + "`"));
    }
}
