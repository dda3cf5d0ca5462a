package org.coconutdb.sql.plan;

import java.util.Set;
import org.apache.calcite.rel.core.TableScan;
import org.apache.calcite.rel.metadata.BuiltInMetadata;
import org.apache.calcite.rel.metadata.MetadataDef;
import org.apache.calcite.rel.metadata.MetadataHandler;
import org.apache.calcite.rel.metadata.ReflectiveRelMetadataProvider;
import org.apache.calcite.rel.metadata.RelColumnOrigin;
import org.apache.calcite.rel.metadata.RelMetadataProvider;
import org.apache.calcite.rel.metadata.RelMetadataQuery;
import org.jspecify.annotations.Nullable;

/// Tells nobody which table a column is of.
///
/// Calcite's ordering of joins, the one that asks, takes two sides of one table for a join of each row with itself where the columns that are set
/// equal are the same on both and unique, and answers the columns of one side in place of the other's. They are unique for other reasons than that
/// the table's are: because a side is grouped by them and by a column that its condition holds fast (`y = 2001` of the one, `y = 2000` of the
/// other), or because it has one row.
public final class UntoldOrigins implements MetadataHandler<BuiltInMetadata.ColumnOrigin> {
    static final RelMetadataProvider PROVIDER =
            ReflectiveRelMetadataProvider.reflectiveSource(new UntoldOrigins(), BuiltInMetadata.ColumnOrigin.Handler.class);

    private UntoldOrigins() {}

    @Override
    public MetadataDef<BuiltInMetadata.ColumnOrigin> getDef() {
        return BuiltInMetadata.ColumnOrigin.DEF;
    }

    /// Called by Calcite, which asks scans in the end, whatever it asked first.
    public @Nullable Set<RelColumnOrigin> getColumnOrigins(TableScan scan, RelMetadataQuery metadata, int column) {
        return null;
    }
}
