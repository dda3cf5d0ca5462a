package org.coconutdb.jdbc;

import java.util.Properties;
import org.coconutdb.jdbc.session.Session;
import org.coconutdb.jdbc.session.SessionProvider;

/// Opens a [FakeSession] for every `mem:` URL; no provider of this test knows `file:`.
public final class FakeProvider implements SessionProvider {
    static volatile String lastUrl = "";
    static volatile Properties lastProperties = new Properties();

    @Override
    public boolean accepts(String url) {
        return url.startsWith("jdbc:coconut:mem:");
    }

    @Override
    public Session open(String url, Properties properties) {
        lastUrl = url;
        lastProperties = properties;
        return new FakeSession();
    }
}
