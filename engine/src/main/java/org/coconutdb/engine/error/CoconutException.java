package org.coconutdb.engine.error;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An error with a code for programs, a sentence for people and a mend for both.
/// ```
/// throw CoconutException.of(ErrorCode.MEMORY_LIMIT_REACHED).with("limitBytes", limit).mend("Raise memory.limit.");
/// ```
/// The text reads `<message> (name=value, …). <mend>`.
public final class CoconutException extends RuntimeException {
    private final ErrorCode code;
    private final Map<String, String> facts = new LinkedHashMap<>();
    private @Nullable String mend;

    private CoconutException(ErrorCode code, @Nullable Throwable cause) {
        super(code.message(), cause);
        this.code = Objects.requireNonNull(code);
    }

    public static CoconutException of(ErrorCode code) {
        return new CoconutException(code, null);
    }

    public static CoconutException of(ErrorCode code, Throwable cause) {
        return new CoconutException(code, cause);
    }

    /// Adds a named fact; names are lower camel case with the unit last.
    public CoconutException with(String name, Object value) {
        facts.put(name, String.valueOf(value));
        return this;
    }

    /// Says what to do about it, as a full sentence.
    public CoconutException mend(String sentence) {
        this.mend = sentence;
        return this;
    }

    /// Says more behind what is said to do about it.
    public CoconutException mendAlso(String sentence) {
        this.mend = mend == null ? sentence : mend + " " + sentence;
        return this;
    }

    /// The same error as an exception of its own: for a failure that several threads must be told of.
    public CoconutException copy() {
        CoconutException copy = new CoconutException(code, this);
        copy.facts.putAll(facts);
        copy.mend = mend;
        return copy;
    }

    public ErrorCode code() {
        return code;
    }

    public String sqlState() {
        return code.sqlState();
    }

    public Map<String, String> facts() {
        return Map.copyOf(facts);
    }

    /// What is said to do about it; null where nothing is.
    public @Nullable String mend() {
        return mend;
    }

    @Override
    public String getMessage() {
        StringBuilder text = new StringBuilder(code.message());
        if (!facts.isEmpty()) {
            text.append(" (");
            String separator = "";
            for (Map.Entry<String, String> fact : facts.entrySet()) {
                text.append(separator).append(fact.getKey()).append('=').append(fact.getValue());
                separator = ", ";
            }
            text.append(')');
        }
        if (mend != null) {
            text.append(". ").append(mend);
        }
        return text.toString();
    }
}
