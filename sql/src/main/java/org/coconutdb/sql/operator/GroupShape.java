package org.coconutdb.sql.operator;

import java.util.List;

/// What groups are made of.
///
/// @param input what rows look like
/// @param columns of the key
/// @param sets columns of the key in each of the grouping sets, as positions in `columns`; one that has all where there are no sets
/// @param hasSets whether results want to know what set a group is of
/// @param stateBytes heap that the results of a group take while they are gathered, those that vary not counted
/// @param kept columns of which a group keeps one of the values (MIN, MAX and such)
/// @param gathered columns of which a group keeps all values (LISTAGG, ARRAY_AGG and such)
/// @param gathersRows whether a group keeps all of its rows, because some function wants them in an order
public record GroupShape(
        RowShape input,
        int[] columns,
        List<int[]> sets,
        boolean hasSets,
        long stateBytes,
        int[] kept,
        int[] gathered,
        boolean gathersRows) {}
