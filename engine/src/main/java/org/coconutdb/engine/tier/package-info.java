/// Hot and cold storage: rows that nobody has asked for in a while leave the memory for compressed files, and come back when they are
/// asked for. docs/decisions/0005-cold-rows.md has the reasons and why no crash loses any.
@NullMarked
package org.coconutdb.engine.tier;

import org.jspecify.annotations.NullMarked;
