/// Who may do what: roles, what was granted to them, and what statements need. Definitions are plain values; the catalogue keeps and changes them.
///
/// A statement's needs ([Needs]) are found when it is compiled, and belong to its plan. Who runs it is a [Viewer], made for one version of the catalogue;
/// since each change of a role or of what was granted is a new version, and plans belong to a version, needs are looked at once for each plan that a
/// statement gets. See docs/decisions/0017-logins.md.
@NullMarked
package org.coconutdb.sql.access;

import org.jspecify.annotations.NullMarked;
