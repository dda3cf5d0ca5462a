package org.coconutdb.avatica.suite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.platform.suite.api.AfterSuite;
import org.junit.platform.suite.api.BeforeSuite;
import org.junit.platform.suite.api.ExcludeClassNamePatterns;
import org.junit.platform.suite.api.SelectClasses;
import org.junit.platform.suite.api.SelectPackages;
import org.junit.platform.suite.api.Suite;

/// All JDBC tests of the embedded database, through a server: the same classes, unchanged, with [RemoteTransport] between. That is what is meant
/// by "the same over every transport".
///
/// Left out: a test that an idle result set's snapshot grows too old, since a client has a small result whole.
@Suite
@SelectPackages("org.coconutdb.sql.driver")
@SelectClasses(names = {"org.coconutdb.sql.isolation.HermitageTest", "org.coconutdb.sql.session.ViewsTest"})
@ExcludeClassNamePatterns(".*\\.SnapshotAgeTest")
class RemoteSuiteTest {
    @BeforeSuite
    static void through() {
        RemoteTransport.switchOn(true);
    }

    @AfterSuite
    static void past() {
        long opened = RemoteTransport.openedCount();
        RemoteTransport.switchOn(false);
        assertThat(opened).as("sessions that were opened through a server").isGreaterThan(200);
    }
}
