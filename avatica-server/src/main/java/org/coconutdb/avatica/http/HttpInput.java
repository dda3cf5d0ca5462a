package org.coconutdb.avatica.http;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/// What comes in on a socket, read against a deadline: a client that sends a byte now and then holds its thread no longer than one that sends
/// nothing. One thread.
final class HttpInput {
    private static final int FIRST_BODY_BYTES = 64 * 1024;

    private final Socket socket;
    private final byte[] buffer = new byte[16 * 1024];
    private int position;
    private int limit;
    private long deadlineNanos;
    private long headBytesLeft;

    HttpInput(Socket socket) {
        this.socket = socket;
    }

    void setDeadline(long nanos) {
        deadlineNanos = nanos;
    }

    void beginHead(int bytesMax) {
        headBytesLeft = bytesMax;
    }

    /// Waits for a byte; false where the other side has closed.
    boolean awaitByte() throws IOException {
        return position < limit || fill();
    }

    private boolean fill() throws IOException {
        long leftMillis = (deadlineNanos - System.nanoTime()) / 1_000_000;
        if (leftMillis <= 0) {
            throw new SocketTimeoutException("the request took too long to arrive");
        }
        socket.setSoTimeout((int) Math.min(leftMillis, Integer.MAX_VALUE));
        int count = socket.getInputStream().read(buffer, 0, buffer.length);
        position = 0;
        limit = Math.max(count, 0);
        return count > 0;
    }

    private int read() throws IOException {
        if (position == limit && !fill()) {
            throw new EOFException("the other side closed the connection in the middle of a request");
        }
        return buffer[position++] & 0xff;
    }

    /// A line of a head without its end, as ISO 8859-1.
    String line() throws IOException, BadRequest {
        StringBuilder line = new StringBuilder(48);
        while (true) {
            int next = read();
            if (--headBytesLeft < 0) {
                throw new BadRequest(431, "the request's line and headers are longer than this server takes");
            }
            if (next == '\n') {
                int end = line.length();
                return end > 0 && line.charAt(end - 1) == '\r' ? line.substring(0, end - 1) : line.toString();
            }
            line.append((char) next);
        }
    }

    /// A body whose length was told. Memory is taken as bytes come, not as they are promised.
    byte[] body(int length, AtomicLong roomBytes) throws IOException, BadRequest {
        Body body = new Body(roomBytes);
        try {
            body.read(this, length);
            return body.bytes;
        } finally {
            body.release();
        }
    }

    /// A body in chunks.
    ///
    /// @param lengthMax of all of them
    byte[] chunkedBody(int lengthMax, AtomicLong roomBytes) throws IOException, BadRequest {
        Body body = new Body(roomBytes);
        try {
            while (true) {
                int size = chunkSize(line());
                if (size == 0) {
                    break;
                }
                if (size > lengthMax - body.length) {
                    throw tooLarge(lengthMax);
                }
                body.read(this, size);
                if (!line().isEmpty()) {
                    throw new BadRequest(400, "a chunk is longer than it says");
                }
            }
            while (!line().isEmpty()) {
                // Trailers say nothing that matters here.
            }
            return java.util.Arrays.copyOf(body.bytes, body.length);
        } finally {
            body.release();
        }
    }

    static BadRequest tooLarge(int lengthMax) {
        return new BadRequest(413, "the request is larger than this server takes (" + lengthMax
                + " bytes): send fewer rows at once, or raise request.bytes.max");
    }

    private static int chunkSize(String line) throws BadRequest {
        int end = line.indexOf(';');
        String digits = (end < 0 ? line : line.substring(0, end)).strip();
        try {
            int size = digits.isEmpty() || digits.length() > 8 || digits.startsWith("+") || digits.startsWith("-") ? -1
                    : Integer.parseUnsignedInt(digits, 16);
            if (size >= 0) {
                return size;
            }
        } catch (NumberFormatException notANumber) {
            // Refused below, like a number below 0.
        }
        throw new BadRequest(400, "a chunk has no size");
    }

    /// Passes over what still comes, for a while, so that the other side has read our answer before the socket is closed.
    void drain(int bytesMax) throws IOException {
        int left = bytesMax;
        position = limit;
        while (left > 0 && fill()) {
            left -= limit;
        }
    }

    private static final class Body {
        private final AtomicLong roomBytes;
        private byte[] bytes = new byte[0];
        private int length;
        private long reserved;

        Body(AtomicLong roomBytes) {
            this.roomBytes = roomBytes;
        }

        void read(HttpInput in, int count) throws IOException, BadRequest {
            int end = Math.addExact(length, count);
            while (length < end) {
                if (length == bytes.length) {
                    grow(end);
                }
                int here = Math.min(bytes.length, end) - length;
                if (in.position < in.limit) {
                    int buffered = Math.min(here, in.limit - in.position);
                    System.arraycopy(in.buffer, in.position, bytes, length, buffered);
                    in.position += buffered;
                    length += buffered;
                } else if (!in.fill()) {
                    throw new EOFException("the other side closed the connection in the middle of a request");
                }
            }
        }

        private void grow(int end) throws BadRequest {
            int capacity = (int) Math.min(end, Math.max(FIRST_BODY_BYTES, bytes.length * 2L));
            if (capacity > FIRST_BODY_BYTES) {
                long more = capacity - reserved;
                if (roomBytes.addAndGet(-more) < 0) {
                    roomBytes.addAndGet(more);
                    throw new BadRequest(503, "other large requests take all the memory there is for them: try again later");
                }
                reserved = capacity;
            }
            bytes = java.util.Arrays.copyOf(bytes, capacity);
        }

        /// What holds the body now is the request, and it is counted no more: its handler has bounds of its own.
        void release() {
            roomBytes.addAndGet(reserved);
            reserved = 0;
        }
    }

    /// As ISO 8859-1, which heads are written in.
    static byte[] latin(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
