package org.coconutdb.sql.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Map;
import org.coconutdb.engine.error.CoconutException;
import org.junit.jupiter.api.Test;

class RolesTest {
    @Test
    void whatIsWrittenIsRead() {
        Roles roles = Roles.NONE.with(Role.of("JOE", true, "joes", true, 1).memberOf("STAFF", true))
                .with(Role.of("EVE", true, "eves", false, 2))
                .with(Role.of("STAFF", false, null, false, 3));

        assertThat(Roles.fromBytes(roles.toBytes())).isEqualTo(roles);
        assertThat(roles.hasDigests()).isTrue();
        assertThat(roles.find("JOE").orElseThrow().digestKey("joe")).isEqualTo(DigestKey.sha256("joe:CoconutDB:joes"));
        assertThat(roles.find("JOE").orElseThrow().digestKey("JOE")).isEqualTo(DigestKey.sha256("JOE:CoconutDB:joes"));
        assertThat(roles.find("JOE").orElseThrow().digestKey("Joe")).isNotIn(DigestKey.sha256("Joe:CoconutDB:joes"), null);
        assertThat(roles.find("EVE").orElseThrow().digestKey("eve")).isNull();
    }

    @Test
    void rolesFromBeforeThereWasDigestAreRead() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(1);
            out.writeLong(7);
            out.writeInt(1);
            out.writeUTF("JOE");
            out.writeBoolean(true);
            out.writeUTF("$argon2id$");
            out.writeLong(7);
            out.writeInt(0);
        }

        assertThat(Roles.fromBytes(bytes.toByteArray())).isEqualTo(new Roles(Map.of("JOE", new Role("JOE", true, "$argon2id$", null, 7, Map
                .of())), 7));
        byte[] newer = bytes.toByteArray();
        newer[0] = 3;
        assertThatThrownBy(() -> Roles.fromBytes(newer)).isInstanceOf(CoconutException.class).hasMessageContaining("another version");
    }
}
