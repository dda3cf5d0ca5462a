package org.coconutdb.hibernate;

import org.hibernate.engine.spi.SessionFactoryImplementor;
import org.hibernate.sql.ast.Clause;
import org.hibernate.sql.ast.spi.StandardSqlAstTranslator;
import org.hibernate.sql.ast.tree.Statement;
import org.hibernate.sql.ast.tree.from.NamedTableReference;
import org.hibernate.sql.ast.tree.insert.ConflictClause;
import org.hibernate.sql.exec.spi.JdbcOperation;

/// What CoconutDB writes otherwise than Hibernate's standard: an alias of the table that `UPDATE` and `DELETE` change, and `ON CONFLICT`.
final class CoconutSqlTranslator<T extends JdbcOperation> extends StandardSqlAstTranslator<T> {
    CoconutSqlTranslator(SessionFactoryImplementor factory, Statement statement) {
        super(factory, statement);
    }

    @Override
    protected void renderDmlTargetTableExpression(NamedTableReference table) {
        super.renderDmlTargetTableExpression(table);
        if (getClauseStack().getCurrent() != Clause.INSERT) {
            renderTableReferenceIdentificationVariable(table);
        }
    }

    @Override
    protected void visitConflictClause(ConflictClause conflict) {
        visitStandardConflictClause(conflict);
    }
}
