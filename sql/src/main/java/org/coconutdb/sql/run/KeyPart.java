package org.coconutdb.sql.run;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one column of a key is to be equal to.
///
/// @param ofArray whether the term is an array, and any of its elements will do
public record KeyPart(ColumnDomain domain, Term term, boolean ofArray) {
    /// Elements that an array is guessed to have.
    private static final int ELEMENTS_GUESSED = 10;

    public KeyPart(ColumnDomain domain, Term term) {
        this(domain, term, false);
    }

    /// How many values it is guessed to stand for.
    public int count() {
        return ofArray ? ELEMENTS_GUESSED : 1;
    }

    /// In storage representation; null where no key can have it.
    @Nullable
    Object value(PlanDataContext context) {
        return domain.equalTo(term.evaluate(context));
    }

    /// The same keys, or beginnings of keys, with a part for each element in the place of one that is of an array.
    static List<List<KeyPart>> ofElements(List<KeyPart> key, PlanDataContext context) {
        List<List<KeyPart>> keys = List.of(key);
        for (int i = 0; i < key.size(); i++) {
            if (key.get(i).ofArray) {
                keys = ofElements(keys, i, key.get(i), context);
            }
        }
        return keys;
    }

    private static List<List<KeyPart>> ofElements(List<List<KeyPart>> keys, int place, KeyPart part, PlanDataContext context) {
        List<List<KeyPart>> all = new ArrayList<>();
        // NULL has no elements.
        List<?> elements = part.term.evaluate(context) instanceof List<?> list ? list : List.of();
        for (Object element : elements) {
            KeyPart single = new KeyPart(part.domain, new Term.Constant(element));
            for (List<KeyPart> key : keys) {
                List<KeyPart> with = new ArrayList<>(key);
                with.set(place, single);
                all.add(with);
            }
        }
        return all;
    }
}
