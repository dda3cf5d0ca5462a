package org.coconutdb.avatica;

import java.sql.SQLException;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What nobody expected: the client is told a number, the log everything.
final class Unexpected {
    private static final Logger LOG = LoggerFactory.getLogger(Unexpected.class);

    private Unexpected() {}

    static SQLException told(Throwable failure) {
        if (failure instanceof OutOfMemoryError) {
            LOG.atError().setCause(failure).log("a request needs more heap memory than there is");
            return new SQLException("out of heap memory on the server. Give it more (-Xmx), or read or send less at once.", "53200");
        }
        String number = UUID.randomUUID().toString();
        LOG.atError().addKeyValue("number", number).setCause(failure).log("a request failed in a way nobody expected");
        return new SQLException("the server failed in a way nobody expected: its log says more under " + number, "XX000");
    }
}
