package org.coconutdb.avatica;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.coconutdb.avatica.connection.ConnectionLimits;
import org.coconutdb.avatica.http.HttpLimits;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A thousand connections at once, and those who come then.
@Timeout(value = 8, unit = TimeUnit.MINUTES)
class ManyConnectionsIT {
    private static final int CONNECTIONS = 1_000;
    private static final int FLOOD = 300;

    @Test
    void aThousandAreServedAndAFloodBeyondIsRefused() throws SQLException {
        try (TestServer server = TestServer.start(config -> config
                .withConnections(new ConnectionLimits(CONNECTIONS, 100, 256 * 1024, 10_000, config.connections().idle()))
                .withHttp(new HttpLimits(CONNECTIONS + 100, 8_192, 1 << 20, config.http().idle(), config.http().transfer())))) {
            List<Connection> open = new ArrayList<>();
            List<PreparedStatement> statements = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                Connection connection = server.connect();
                open.add(connection);
                statements.add(connection.prepareStatement("VALUES CAST(? AS INT) + 1"));
            }
            assertThat(server.server().connectionCount()).isEqualTo(CONNECTIONS);

            int refused = 0;
            for (int i = 0; i < FLOOD; i++) {
                try (Connection more = server.connect()) {
                    assertThat(more.isClosed()).isTrue();
                } catch (SQLException failure) {
                    assertThat(failure.getSQLState()).isIn("53300", "08004");
                    refused++;
                }
            }
            assertThat(refused).isEqualTo(FLOOD);

            for (int i = 0; i < CONNECTIONS; i++) {
                statements.get(i).setInt(1, i);
                try (ResultSet rows = statements.get(i).executeQuery()) {
                    assertThat(rows.next()).isTrue();
                    assertThat(rows.getInt(1)).isEqualTo(i + 1);
                }
            }
            for (Connection connection : open) {
                connection.close();
            }
            assertThat(server.server().connectionCount()).isZero();
        }
    }
}
