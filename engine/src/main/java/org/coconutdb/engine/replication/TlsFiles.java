package org.coconutdb.engine.replication;

import java.nio.file.Path;

/// What a host shows the others, and by what it knows them. Both sides of every connection are asked for a certificate.
///
/// @param certificate this host's, and those between it and the authority's, in PEM
/// @param privateKey the certificate's, PKCS #8 in PEM, not encrypted
/// @param authority the certificate of the cluster's own authority, in PEM: whoever has one of its certificates may join, read and propose
public record TlsFiles(Path certificate, Path privateKey, Path authority) {}
