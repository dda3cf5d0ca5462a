package org.coconutdb.sql.corpus;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A part of a query, made of words and smaller parts: it can be written in each dialect, and made smaller.
///
/// @param parts words (String, or a map of words by dialect), literals and pieces
/// @param optional whether the query is one without it
/// @param foreign the peers that do not know it, or know another thing by it
record Piece(Kind kind, List<Object> parts, boolean optional, Set<Peer> foreign) {
    private static final Piece NOTHING = new Piece(Kind.PART, List.of(), false, Set.of());

    static Piece of(Kind kind, Object... parts) {
        return new Piece(kind, List.of(parts), false, Set.of());
    }

    Piece asOptional() {
        return new Piece(kind, parts, true, foreign);
    }

    Piece notFor(Peer... peers) {
        Set<Peer> all = EnumSet.copyOf(List.of(peers));
        all.addAll(foreign);
        return new Piece(kind, parts, optional, all);
    }

    /// Words that differ in SQLite.
    static Map<Peer, String> words(String common, String sqlite) {
        return Map.of(Peer.COCONUT, common, Peer.H2, common, Peer.SQLITE, sqlite);
    }

    boolean isFor(Peer peer) {
        return !foreign.contains(peer) && parts.stream().allMatch(part -> !(part instanceof Piece piece) || piece.isFor(peer));
    }

    /// @param parameters takes the values of question marks; literals are written out where it is null
    String text(Peer peer, @Nullable List<@Nullable Object> parameters) {
        StringBuilder text = new StringBuilder();
        write(peer, parameters, text);
        return text.toString();
    }

    String text(Peer peer) {
        return text(peer, null);
    }

    private void write(Peer peer, @Nullable List<@Nullable Object> parameters, StringBuilder text) {
        for (Object part : parts) {
            switch (part) {
                case Piece piece -> piece.write(peer, parameters, text);
                case Literal literal -> {
                    if (parameters == null) {
                        text.append(literal.text(peer));
                    } else {
                        parameters.add(literal.value());
                        text.append(literal.questionMark(peer));
                    }
                }
                case Map<?, ?> words -> text.append(words.get(peer));
                default -> text.append(part);
            }
        }
    }

    /// Queries that are this one with something left out, larger cuts first. Not all of them are valid.
    Stream<Piece> smaller() {
        Stream<Piece> self = Stream.empty();
        if (optional) {
            self = Stream.of(NOTHING);
        }
        if (kind == Kind.CONDITION && !parts.equals(List.of("TRUE"))) {
            self = Stream.concat(self, Stream.of(of(Kind.CONDITION, "TRUE"), of(Kind.CONDITION, "FALSE")));
        }
        if (kind == Kind.NUMBER && parts.stream().anyMatch(Piece.class::isInstance)) {
            self = Stream.concat(self, Stream.of(of(Kind.NUMBER, new Literal(Kind.NUMBER, 1, false))));
        }
        if (kind != Kind.PART) {
            self = Stream.concat(self, within().filter(piece -> piece.kind == kind));
        }
        Stream<Piece> inner = Stream.iterate(0, index -> index < parts.size(), index -> index + 1)
                .filter(index -> parts.get(index) instanceof Piece)
                .flatMap(index -> ((Piece) parts.get(index)).smaller().map(piece -> with(index, piece)));
        return Stream.concat(self, inner);
    }

    private Piece with(int index, Piece piece) {
        List<Object> changed = new ArrayList<>(parts);
        changed.set(index, piece);
        return new Piece(kind, changed, optional, foreign);
    }

    /// All pieces below this one.
    private Stream<Piece> within() {
        return parts.stream()
                .filter(Piece.class::isInstance)
                .map(Piece.class::cast)
                .flatMap(piece -> Stream.concat(Stream.of(piece), piece.within()));
    }
}
