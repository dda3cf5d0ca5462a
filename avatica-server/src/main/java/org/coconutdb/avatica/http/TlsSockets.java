package org.coconutdb.avatica.http;

import javax.net.ssl.SSLSocketFactory;

/// Makes the server's side of TLS; asked anew for each socket.
public interface TlsSockets {
    SSLSocketFactory factory();
}
