package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Tickets that last for seconds only.
class KerberosRenewalTest {
    private static final int TICKET_SECONDS = 4;

    @Test
    void ticketsThatHaveRunOutAreHadAnew(@TempDir Path folder) throws Exception {
        try (KerberosRealm realm = KerberosRealm.start(folder, TICKET_SECONDS)) {
            KerberosConfig config = new KerberosConfig(KerberosRealm.service(), realm.keytab(KerberosRealm.service(), "service.keytab"), Set
                    .of(KerberosRealm.NAME), Duration.ofSeconds(1));
            String user = "joe@" + KerberosRealm.NAME;
            Path keytab = realm.keytab(user, "joe.keytab");
            try (TestServer server = TestServer.secured(change -> change.withSecurity(change.security().withKerberos(config)))) {
                try (Connection admin = server.connect("coconut", "secret")) {
                    TestServer.execute(admin, "CREATE USER joe");
                }
                String url = "jdbc:coconut://localhost:" + server.port() + "/?authentication=SPNEGO&principal=" + user + "&keytab="
                        + keytab;
                try (Connection connection = DriverManager.getConnection(url); Statement statement = connection.createStatement()) {
                    for (int i = 0; i < 3; i++) {
                        Thread.sleep((TICKET_SECONDS - 1) * 1_000L);
                        try (ResultSet rows = statement.executeQuery("VALUES CURRENT_USER"); Connection another = DriverManager
                                .getConnection(url)) {
                            assertThat(rows.next()).isTrue();
                            assertThat(rows.getString(1)).isEqualTo("JOE");
                            assertThat(another.isValid(1)).isTrue();
                        }
                    }
                }
            }
        }
    }
}
