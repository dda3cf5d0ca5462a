package org.coconutdb.avatica.connection;

/// Who a request is from. Two are the same whose login is, wherever they are.
///
/// @param user as the database knows it; empty: the database's owner, where nobody has to log in
/// @param stamp of the password that it logged in with
/// @param address that the request came from
public record Client(String user, long stamp, String address) {
    /// Where nobody has to log in.
    public static Client owner(String address) {
        return new Client("", 0, address);
    }

    public boolean isOwner() {
        return user.isEmpty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Client client && client.user.equals(user) && client.stamp == stamp;
    }

    @Override
    public int hashCode() {
        return 31 * user.hashCode() + Long.hashCode(stamp);
    }
}
