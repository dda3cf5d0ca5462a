package org.coconutdb.engine.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.coconutdb.engine.history.History.Append;
import org.coconutdb.engine.history.History.Get;
import org.coconutdb.engine.history.History.Operation;
import org.coconutdb.engine.history.History.Outcome;
import org.coconutdb.engine.history.History.Read;
import org.coconutdb.engine.history.History.Transaction;
import org.coconutdb.engine.history.History.Write;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Where each transaction is answered before the next begins, every answer follows from those before it. So the checker has to find
/// whatever is changed in one place.
class HistoryMutationsTest {
    private static final int ROUNDS = Integer.getInteger("history.mutations", 150);
    private static final int TRANSACTIONS = 60;

    enum Mutation {
        /// A list is read without one of its elements.
        ELEMENT_MISSING,
        /// A list is read with two of its elements in each other's place.
        ELEMENTS_SWAPPED,
        /// A list is read with one of its elements once more, anywhere.
        ELEMENT_TWICE,
        /// A register is read as it was at another time, or never was.
        OTHER_REGISTER,
        /// What others saw was rolled back.
        ROLLED_BACK,
        /// What others saw was written by nobody.
        WRITE_FORGOTTEN;

        boolean fits(List<Transaction> transactions, Transaction changed, Operation operation) {
            return changed.outcome() == Outcome.COMMITTED && switch (this) {
                case ELEMENT_MISSING, ELEMENT_TWICE -> operation instanceof Read read && !read.values().isEmpty();
                case ELEMENTS_SWAPPED -> operation instanceof Read read && read.values().size() > 1;
                case OTHER_REGISTER -> operation instanceof Get;
                case ROLLED_BACK, WRITE_FORGOTTEN -> transactions.stream().anyMatch(other -> other != changed
                        && other.outcome() == Outcome.COMMITTED && other.operations().stream().anyMatch(read -> sees(read, operation)));
            };
        }

        private static boolean sees(Operation read, Operation write) {
            return switch (write) {
                case Append(String key, int value) -> read instanceof Read seen && seen.key().equals(key) && seen.values().contains(value);
                case Write(String key, int value) -> read.equals(new Get(key, value));
                case Read _,Get _ -> false;
            };
        }

        Transaction apply(List<Transaction> transactions, Transaction changed, int index, Random random) {
            List<Operation> operations = new ArrayList<>(changed.operations());
            Outcome outcome = changed.outcome();
            switch (this) {
                case ELEMENT_MISSING, ELEMENTS_SWAPPED, ELEMENT_TWICE -> {
                    Read read = (Read) operations.get(index);
                    List<Integer> values = new ArrayList<>(read.values());
                    int at = random.nextInt(values.size());
                    if (this == ELEMENT_MISSING) {
                        values.remove(at);
                    } else if (this == ELEMENT_TWICE) {
                        values.add(random.nextInt(values.size() + 1), values.get(at));
                    } else {
                        Collections.swap(values, at, (at + 1 + random.nextInt(values.size() - 1)) % values.size());
                    }
                    operations.set(index, new Read(read.key(), values));
                }
                case OTHER_REGISTER -> {
                    Get get = (Get) operations.get(index);
                    List<Integer> others = Stream.concat(Stream.of(0, Integer.MAX_VALUE), written(transactions, get.key()))
                            .filter(value -> value != get.value())
                            .toList();
                    operations.set(index, new Get(get.key(), others.get(random.nextInt(others.size()))));
                }
                case ROLLED_BACK -> outcome = Outcome.ABORTED;
                case WRITE_FORGOTTEN -> operations.remove(index);
            }
            return new Transaction(changed.name(), operations, changed.invoked(), changed.completed(), outcome);
        }

        private static Stream<Integer> written(List<Transaction> transactions, String key) {
            return transactions.stream()
                    .flatMap(transaction -> transaction.operations().stream())
                    .filter(operation -> operation instanceof Write && operation.key().equals(key))
                    .map(operation -> ((Write) operation).value());
        }
    }

    private record Place(int transaction, int operation) {}

    @ParameterizedTest
    @EnumSource
    void everyChangeIsFound(Mutation mutation) {
        long first = Long.getLong("seed", 20261123L);
        int changed = 0;
        for (long seed = first; seed < first + ROUNDS; seed++) {
            Random random = new Random(seed);
            List<Transaction> transactions = HistoryCheckerTest.serial(random, TRANSACTIONS, 0);
            assertThat(HistoryChecker.check(new History(transactions))).as("before, seed %s", seed).isEmpty();
            List<Place> places = new ArrayList<>();
            for (int i = 0; i < transactions.size(); i++) {
                for (int j = 0; j < transactions.get(i).operations().size(); j++) {
                    if (mutation.fits(transactions, transactions.get(i), transactions.get(i).operations().get(j))) {
                        places.add(new Place(i, j));
                    }
                }
            }
            if (places.isEmpty()) {
                continue;
            }
            changed++;
            Place place = places.get(random.nextInt(places.size()));
            Transaction before = transactions.get(place.transaction);
            Transaction after = mutation.apply(transactions, before, place.operation, random);
            transactions.set(place.transaction, after);

            assertThat(HistoryChecker.check(new History(transactions)))
                    .as("seed %s, instead of\n%s there is\n%s", seed, before, after)
                    .isNotEmpty();
        }
        assertThat(changed).isGreaterThan(ROUNDS / 2);
    }
}
