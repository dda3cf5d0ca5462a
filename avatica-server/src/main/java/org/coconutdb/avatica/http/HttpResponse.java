package org.coconutdb.avatica.http;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/// An answer.
///
/// @param headers more of them, whole lines without their end
/// @param body only its first `bodyLength` bytes count
public record HttpResponse(int status, String contentType, List<String> headers, byte[] body, int bodyLength) {
    public static final String TEXT = "text/plain;charset=utf-8";
    public static final String JSON = "application/json;charset=utf-8";
    public static final String BYTES = "application/octet-stream";

    public HttpResponse {
        headers = List.copyOf(headers);
    }

    public static HttpResponse of(int status, String contentType, byte[] body) {
        return new HttpResponse(status, contentType, List.of(), body, body.length);
    }

    /// A sentence for people.
    public static HttpResponse text(int status, String sentence) {
        return of(status, TEXT, (sentence + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /// The same with more headers.
    public HttpResponse with(List<String> more) {
        return more.isEmpty() ? this : new HttpResponse(status, contentType, Stream.concat(headers.stream(), more.stream()).toList(), body,
                bodyLength);
    }

    static String reason(int status) {
        return switch (status) {
            case 200 -> "OK";
            case 400 -> "Bad Request";
            case 401 -> "Unauthorized";
            case 403 -> "Forbidden";
            case 404 -> "Not Found";
            case 405 -> "Method Not Allowed";
            case 408 -> "Request Timeout";
            case 411 -> "Length Required";
            case 413 -> "Content Too Large";
            case 417 -> "Expectation Failed";
            case 429 -> "Too Many Requests";
            case 431 -> "Request Header Fields Too Large";
            case 500 -> "Internal Server Error";
            case 501 -> "Not Implemented";
            case 503 -> "Service Unavailable";
            case 505 -> "HTTP Version Not Supported";
            default -> "Status";
        };
    }
}
