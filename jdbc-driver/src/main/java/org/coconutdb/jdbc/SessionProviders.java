package org.coconutdb.jdbc;

import java.sql.SQLException;
import java.util.Iterator;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.coconutdb.jdbc.session.SessionProvider;
import org.jspecify.annotations.Nullable;

/// Finds the provider of a URL: first by the thread's context class loader, as application servers want it, then by the driver's own.
final class SessionProviders {
    private SessionProviders() {}

    /// 08001 where there is none, with what is missing.
    static SessionProvider find(String url) throws SQLException {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        ClassLoader own = SessionProviders.class.getClassLoader();
        SessionProvider found = context == null ? null : find(url, context);
        if (found == null && !own.equals(context)) {
            found = find(url, own);
        }
        if (found == null) {
            throw Failures.cannotConnect("no provider for " + url + ": put coconut-sql on the class path, beside the driver");
        }
        return found;
    }

    private static @Nullable SessionProvider find(String url, @Nullable ClassLoader loader) throws SQLException {
        Iterator<SessionProvider> providers = ServiceLoader.load(SessionProvider.class, loader).iterator();
        try {
            while (providers.hasNext()) {
                SessionProvider provider = providers.next();
                if (provider.accepts(url)) {
                    return provider;
                }
            }
            return null;
        } catch (UnsupportedClassVersionError failure) {
            throw tooOldJava(failure);
        } catch (ServiceConfigurationError failure) {
            if (failure.getCause() instanceof UnsupportedClassVersionError) {
                throw tooOldJava(failure);
            }
            throw Failures.cannotConnect("a provider on the class path cannot be loaded: " + failure.getMessage(), failure);
        } catch (LinkageError failure) {
            throw Failures.cannotConnect("a provider on the class path cannot be loaded: " + failure, failure);
        }
    }

    private static SQLException tooOldJava(Throwable failure) {
        return Failures.cannotConnect(
                "an embedded database needs Java 25, and this is Java " + Runtime.version().feature() + ": run the application on Java 25",
                failure);
    }
}
