/// The planner: phases of rules that turn a validated query into lookups and scans over blocks.
@NullMarked
package org.coconutdb.sql.plan;

import org.jspecify.annotations.NullMarked;
