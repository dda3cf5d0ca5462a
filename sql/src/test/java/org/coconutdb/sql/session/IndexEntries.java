package org.coconutdb.sql.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Properties;
import java.util.TreeMap;
import org.coconutdb.engine.row.KeyRange;
import org.coconutdb.engine.transaction.Scan;
import org.coconutdb.engine.transaction.Transaction;
import org.coconutdb.engine.version.RecordView;
import org.coconutdb.sql.catalog.CatalogIndex;
import org.coconutdb.sql.catalog.CatalogTable;

/// Compares indexes with their tables, entry by entry, at one snapshot.
final class IndexEntries {
    private IndexEntries() {}

    /// Each index of each table has exactly one entry for each row. Answers the number of entries.
    static long verify(String url) throws java.sql.SQLException {
        try (Databases.Share share = Databases.instance().open(ConnectionUrl.parse(url, new Properties()))) {
            Database database = share.database();
            long entries = 0;
            for (CatalogTable table : database.catalog().snapshot().tables()) {
                for (CatalogIndex index : table.indexes()) {
                    try (Transaction transaction = database.engine().beginReadOnly()) {
                        entries += verify(transaction, table, index);
                    }
                }
            }
            return entries;
        }
    }

    private static long verify(Transaction transaction, CatalogTable table, CatalogIndex index) {
        RecordView view = new RecordView();
        TreeMap<String, String> wanted = new TreeMap<>();
        Scan rows = transaction.scan(table.descriptor(), KeyRange.ALL, false);
        while (rows.next(view)) {
            Object[] row = table.rowVersions().decode(view.rowBytes());
            byte[] key = view.keyBytes();
            wanted.put(hex(index.entryKey(row, key)), hex(index.entryRow(row, key)) + " of " + hex(key));
        }
        TreeMap<String, String> found = new TreeMap<>();
        Scan entries = transaction.scan(index.descriptor(), KeyRange.ALL, false);
        while (entries.next(view)) {
            found.put(hex(view.keyBytes()), hex(view.rowBytes()) + " of " + hex(index.primaryKey(view)));
        }
        assertThat(found).as("entries of " + index).isEqualTo(wanted);
        return found.size();
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
