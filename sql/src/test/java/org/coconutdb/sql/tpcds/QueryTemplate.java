package org.coconutdb.sql.tpcds;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A query template of TPC-DS: lines `define NAME = expression;`, then SQL in which `[NAME]` and `[NAME.2]` stand for values (TPC-DS 3.2,
/// section 4.1). Values are drawn at random, those of the data's distributions from [Distributions].
record QueryTemplate(Map<String, String> definitions, String sql) {
    private static final Pattern DEFINITION = Pattern.compile("(?i)\\bdefine\\s+(\\w+)\\s*=\\s*([^;]*);");
    private static final Pattern SUBSTITUTION = Pattern.compile("\\[(\\w+?)(?:\\.(\\d+))?]");

    /// @param number 1 to 99
    static QueryTemplate read(int number) throws IOException {
        try (InputStream file = QueryTemplate.class.getResourceAsStream("/query_templates/query" + number + ".tpl")) {
            String text = new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().map(line -> line.replaceFirst("--.*", ""))
                    .collect(Collectors.joining("\n"));
            Map<String, String> definitions = new LinkedHashMap<>();
            Matcher definition = DEFINITION.matcher(text);
            StringBuilder sql = new StringBuilder();
            while (definition.find()) {
                definitions.put(definition.group(1), definition.group(2));
                definition.appendReplacement(sql, "");
            }
            definition.appendTail(sql);
            return new QueryTemplate(definitions, sql.toString());
        }
    }

    /// The template's statements, without semicolons and without `LIMIT`: which of equal rows a limit leaves is nobody's to say.
    List<String> statements(RandomGenerator random, Distributions distributions) {
        Map<String, List<String>> values = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        List.of("_LIMITA", "_LIMITB", "_LIMITC").forEach(limit -> values.put(limit, List.of("")));
        definitions.forEach((name, expression) -> values.put(name, new Expression(expression, random, distributions, values).list()));
        String filled = SUBSTITUTION.matcher(sql).replaceAll(found -> Matcher.quoteReplacement(value(values, found.group(1), found.group(
                2))));
        return Arrays.stream(filled.split(";")).map(String::strip).filter(statement -> !statement.isEmpty()).toList();
    }

    private static String value(Map<String, List<String>> values, String name, String place) {
        List<String> list = values.get(name);
        if (list == null) {
            throw new IllegalArgumentException("no value of " + name);
        }
        return list.get(place == null ? 0 : Integer.parseInt(place) - 1);
    }

    /// What stands behind a `define`: numbers, texts, values of other names, `random`, `dist`, `distmember`, `ulist`, `text`, `date` and
    /// `rowcount`.
    private static final class Expression {
        private static final Pattern TOKEN = Pattern.compile("\\s*(\"[^\"]*\"|\\[[\\w.]+]|-?\\d+|\\w+|[(){},+/])");

        private final List<String> tokens = new ArrayList<>();
        private final RandomGenerator random;
        private final Distributions distributions;
        private final Map<String, List<String>> values;
        private int next;

        Expression(String text, RandomGenerator random, Distributions distributions, Map<String, List<String>> values) {
            Matcher token = TOKEN.matcher(text);
            while (token.find()) {
                tokens.add(token.group(1));
            }
            this.random = random;
            this.distributions = distributions;
            this.values = values;
        }

        /// The value, of `ulist` several.
        List<String> list() {
            if (!tokens.getFirst().equalsIgnoreCase("ulist")) {
                return List.of(value());
            }
            int element = 2;
            List<String> list = new ArrayList<>();
            int wanted;
            int tries = 0;
            do {
                next = element;
                String value = value();
                next++;
                wanted = Integer.parseInt(value());
                if (!list.contains(value) || ++tries > 10 * wanted) {
                    list.add(value);
                }
            } while (list.size() < wanted);
            return list;
        }

        private String value() {
            String value = operand();
            while (next < tokens.size() && (tokens.get(next).equals("+") || tokens.get(next).equals("/"))) {
                boolean joins = tokens.get(next++).equals("+");
                String right = operand();
                value = joins ? value + right : String.valueOf(Long.parseLong(value) / Long.parseLong(right));
            }
            return value;
        }

        private String operand() {
            String token = tokens.get(next++);
            return switch (token.charAt(0)) {
                case '"' -> token.substring(1, token.length() - 1);
                case '[' -> {
                    Matcher name = SUBSTITUTION.matcher(token);
                    if (!name.matches()) {
                        throw new IllegalArgumentException(token);
                    }
                    yield QueryTemplate.value(values, name.group(1), name.group(2));
                }
                default -> next < tokens.size() && tokens.get(next).equals("(") ? function(token) : token;
            };
        }

        private String function(String name) {
            List<String> arguments = new ArrayList<>();
            next++;
            while (!tokens.get(next).equals(")")) {
                if (tokens.get(next).equals(",") || tokens.get(next).equals("{") || tokens.get(next).equals("}")) {
                    next++;
                } else {
                    arguments.add(value());
                }
            }
            next++;
            return switch (name.toLowerCase(Locale.ROOT)) {
                case "random" -> between(Long.parseLong(arguments.get(0)), Long.parseLong(arguments.get(1)));
                case "rowcount" -> String.valueOf(distributions.size(arguments.getLast()));
                case "dist" -> distributions.any(arguments.get(0), Integer.parseInt(arguments.get(1)), random);
                case "distmember" -> distributions.member(arguments.get(0), Integer.parseInt(arguments.get(1)), Integer.parseInt(arguments
                        .get(2)));
                // Texts and their weights.
                case "text" -> arguments.get(2 * random.nextInt(arguments.size() / 2));
                case "date" -> arguments.get(0);
                default -> throw new IllegalArgumentException(name);
            };
        }

        private String between(long low, long high) {
            return String.valueOf(random.nextLong(low, high + 1));
        }
    }
}
