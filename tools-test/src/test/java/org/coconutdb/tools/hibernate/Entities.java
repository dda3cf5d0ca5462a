package org.coconutdb.tools.hibernate;

import jakarta.persistence.CascadeType;
import jakarta.persistence.CollectionTable;
import jakarta.persistence.Column;
import jakarta.persistence.ElementCollection;
import jakarta.persistence.Embeddable;
import jakarta.persistence.Embedded;
import jakarta.persistence.EmbeddedId;
import jakarta.persistence.Entity;
import jakarta.persistence.EnumType;
import jakarta.persistence.Enumerated;
import jakarta.persistence.FetchType;
import jakarta.persistence.GeneratedValue;
import jakarta.persistence.GenerationType;
import jakarta.persistence.Id;
import jakarta.persistence.Index;
import jakarta.persistence.Inheritance;
import jakarta.persistence.InheritanceType;
import jakarta.persistence.Lob;
import jakarta.persistence.ManyToMany;
import jakarta.persistence.ManyToOne;
import jakarta.persistence.MapKeyColumn;
import jakarta.persistence.MapsId;
import jakarta.persistence.OneToMany;
import jakarta.persistence.OrderColumn;
import jakarta.persistence.SequenceGenerator;
import jakarta.persistence.Table;
import jakarta.persistence.Version;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hibernate.annotations.JdbcTypeCode;
import org.hibernate.annotations.UuidGenerator;
import org.hibernate.type.SqlTypes;
import org.jspecify.annotations.NullUnmarked;

/// What the test maps: every way to make an id, relations, collections of all kinds, inheritance, and a column of each type.
@NullUnmarked
final class Entities {
    static final List<Class<?>> ALL = List.of(Author.class, Book.class, Tag.class, Purchase.class, PurchaseLine.class, Everything.class,
            Payment.class, CardPayment.class, CashPayment.class);

    private Entities() {}

    @Embeddable
    record Address(@Column(length = 60) String street, @Column(length = 40) String city) {}

    enum Genre {
        NOVEL, POEMS, SCIENCE
    }

    @Entity(name = "Author")
    @Table(name = "author", indexes = @Index(name = "author_by_family", columnList = "family, given"))
    static class Author {
        @Id
        @GeneratedValue(strategy = GenerationType.IDENTITY) Long id;
        @Column(nullable = false, length = 40) String family;
        @Column(length = 40) String given;
        @Column(unique = true, length = 60) String email;
        @Embedded Address home;
        @Version int version;

        @OneToMany(mappedBy = "author", cascade = CascadeType.ALL, orphanRemoval = true) List<Book> books = new ArrayList<>();
        @ElementCollection Set<String> languages = new HashSet<>();
        @ElementCollection List<String> nicknames = new ArrayList<>(); // a bag: its table has no key of its own

        Author() {}

        Author(String family, String given) {
            this.family = family;
            this.given = given;
        }

        Author wrote(Book book) {
            book.author = this;
            books.add(book);
            return this;
        }
    }

    @Entity(name = "Book")
    @Table(name = "book")
    static class Book {
        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE, generator = "book_ids")
        @SequenceGenerator(name = "book_ids", sequenceName = "book_number", allocationSize = 20) Long id;
        @Column(nullable = false, length = 100) String title;
        @Enumerated(EnumType.STRING) Genre genre;
        @Column(precision = 10, scale = 2) BigDecimal price;
        LocalDate published;
        @ManyToOne(fetch = FetchType.LAZY, optional = false) Author author;
        @ManyToMany List<Tag> tags = new ArrayList<>(); // a bag, too
        @ElementCollection
        @OrderColumn(name = "place")
        @CollectionTable(name = "chapter") List<String> chapters = new ArrayList<>();
        @ElementCollection
        @MapKeyColumn(name = "language", length = 2) Map<String, String> translations = new HashMap<>();

        Book() {}

        Book(String title, Genre genre, String price, LocalDate published) {
            this.title = title;
            this.genre = genre;
            this.price = new BigDecimal(price);
            this.published = published;
        }
    }

    @Entity(name = "Tag")
    @Table(name = "tag")
    static class Tag {
        @Id
        @GeneratedValue
        @UuidGenerator UUID id;
        @Column(unique = true, nullable = false, length = 20) String name;

        Tag() {}

        Tag(String name) {
            this.name = name;
        }
    }

    @Entity(name = "Purchase")
    @Table(name = "purchase")
    static class Purchase {
        @Id Integer number;
        Instant placed;
        @OneToMany(mappedBy = "purchase", cascade = CascadeType.ALL) List<PurchaseLine> lines = new ArrayList<>();
    }

    @Embeddable
    record LineId(Integer purchase, Integer line) {}

    @Entity(name = "PurchaseLine")
    @Table(name = "purchase_line")
    static class PurchaseLine {
        @EmbeddedId LineId id;
        @ManyToOne
        @MapsId("purchase") Purchase purchase;
        @ManyToOne Book book;
        int copies;
    }

    @Entity(name = "Everything")
    @Table(name = "everything")
    static class Everything {
        @Id Integer id;
        boolean truth;
        byte tiny;
        short small;
        Long big;
        float single;
        double twice;
        @Column(precision = 38, scale = 10) BigDecimal exact;
        char letter;
        String text;
        @Lob String story;
        byte[] bytes;
        @Lob byte[] image;
        LocalDate day;
        LocalTime clock;
        LocalDateTime shown;
        Instant moment;
        OffsetDateTime away;
        Duration lasted;
        UUID token;
        @Enumerated(EnumType.ORDINAL) Genre grade;
        String[] words;
        List<Integer> numbers;
        @JdbcTypeCode(SqlTypes.JSON) Map<String, Object> document;
        Boolean maybe;
        java.util.Date old;
        java.sql.Timestamp older;
    }

    @Entity(name = "Payment")
    @Table(name = "payment")
    @Inheritance(strategy = InheritanceType.JOINED)
    abstract static class Payment {
        @Id
        @GeneratedValue(strategy = GenerationType.SEQUENCE) Long id;
        BigDecimal amount;
    }

    @Entity(name = "CardPayment")
    @Table(name = "card_payment")
    static class CardPayment extends Payment {
        String card;
    }

    @Entity(name = "CashPayment")
    @Table(name = "cash_payment")
    static class CashPayment extends Payment {
        BigDecimal returned;
    }
}
