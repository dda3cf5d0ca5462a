package org.coconutdb.avatica;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Arrays;
import java.util.List;
import org.apache.calcite.avatica.AvaticaSeverity;
import org.apache.calcite.avatica.remote.JsonService;
import org.apache.calcite.avatica.remote.ProtobufTranslation;
import org.apache.calcite.avatica.remote.ProtobufTranslationImpl;
import org.apache.calcite.avatica.remote.Service;
import org.apache.calcite.avatica.remote.Service.ErrorResponse;
import org.apache.calcite.avatica.remote.Service.RpcMetadataResponse;
import org.coconutdb.avatica.connection.Client;
import org.coconutdb.avatica.http.HttpCredentials;
import org.coconutdb.avatica.http.HttpHandler;
import org.coconutdb.avatica.http.HttpRequest;
import org.coconutdb.avatica.http.HttpResponse;
import org.coconutdb.jdbc.wire.Protocol;
import org.coconutdb.jdbc.wire.WireWriter;
import org.jspecify.annotations.Nullable;

/// Sees what a request is, and has it answered. Requests for a database are POSTs, on any path, in one of three forms that their first bytes
/// tell apart: our driver's messages, Avatica's as Protocol Buffers, Avatica's as JSON. `GET /health` and `GET /ready` are answered to all,
/// everything else to those who have logged in.
final class Gateway implements HttpHandler {
    private final Logins logins;
    private final WireService wire;
    private final AvaticaService avatica;
    private final RpcMetadataResponse origin;
    private final ProtobufTranslation translation = new ProtobufTranslationImpl();
    private volatile boolean isReady = true;

    Gateway(Logins logins, WireService wire, AvaticaService avatica, RpcMetadataResponse origin) {
        this.logins = logins;
        this.wire = wire;
        this.avatica = avatica;
        this.origin = origin;
    }

    /// From now on `/ready` says no.
    void retire() {
        isReady = false;
    }

    @Override
    public HttpResponse handle(HttpRequest request) {
        if (request.method().equals("GET") || request.method().equals("HEAD")) {
            return about(request.path());
        }
        if (!request.method().equals("POST")) {
            return HttpResponse.text(405, "this is a CoconutDB server: it takes GET /health, GET /ready, and POST").with(List.of(
                    "Allow: GET, HEAD, POST"));
        }
        if (request.fromBrowser()) {
            // Else any page that a user of this machine looks at could send statements to a server on loopback.
            return HttpResponse.text(403, "this server takes no requests from web pages");
        }
        return switch (logins.of(request.credentials())) {
            case Logins.Outcome.In(Client client, List<String> headers) -> answered(request, client).with(headers);
            case Logins.Outcome.Missing _ -> challenge(request);
            case Logins.Outcome.Refused(SQLException failure) -> refused(request, failure);
        };
    }

    /// Before more than a little of a request is read.
    @Override
    public boolean admits(HttpCredentials credentials) {
        return logins.of(credentials) instanceof Logins.Outcome.In;
    }

    @Override
    public List<String> challenges(HttpCredentials credentials) {
        return logins.challenges(credentials);
    }

    private HttpResponse answered(HttpRequest request, Client client) {
        byte[] body = request.body();
        int length = request.bodyLength();
        if (Protocol.isOurs(body, length)) {
            return ours(200, wire.answer(body, length, client));
        }
        return isJson(body, length) ? json(body, length, client) : protobuf(body, length, client);
    }

    private static HttpResponse ours(int status, WireWriter answer) {
        return new HttpResponse(status, HttpResponse.BYTES, List.of(), answer.array(), answer.length());
    }

    /// Clients of HTTP send a login when they are asked for one; our driver does so at once where it has one.
    private HttpResponse challenge(HttpRequest request) {
        HttpResponse response = Protocol.isOurs(request.body(), request.bodyLength())
                ? ours(401, WireService.refusal(new SQLInvalidAuthorizationSpecException(
                        "this server wants a log-in: give user and password beside the URL.", "28000")))
                : HttpResponse.text(401, "this server wants a log-in: user and password, by authentication=BASIC");
        return response.with(logins.challenges(request.credentials()));
    }

    /// Told in the request's own form: of a 401 Avatica's clients would tell their users that number alone.
    private HttpResponse refused(HttpRequest request, SQLException failure) {
        byte[] body = request.body();
        int length = request.bodyLength();
        if (Protocol.isOurs(body, length)) {
            return ours(200, WireService.refusal(failure));
        }
        return isJson(body, length) ? json(error(failure)) : protobuf(error(failure));
    }

    private HttpResponse about(String path) {
        return switch (path) {
            case "/health" -> HttpResponse.text(200, "ok");
            case "/ready" -> isReady ? HttpResponse.text(200, "ready") : HttpResponse.text(503, "the server is stopping");
            default -> HttpResponse.text(404,
                    "this is a CoconutDB server: connect with jdbc:coconut://host:port, or with an Avatica client");
        };
    }

    /// A message of Protocol Buffers begins with the tag of a name, which is a line feed, and the name's length, which is no brace.
    private static boolean isJson(byte[] body, int length) {
        for (int i = 0; i < length; i++) {
            if (body[i] != ' ' && body[i] != '\n' && body[i] != '\r' && body[i] != '\t') {
                return body[i] == '{';
            }
        }
        return false;
    }

    private HttpResponse json(byte[] body, int length, Client client) {
        Service.Response answer;
        try {
            answer = answer(JsonService.MAPPER.readValue(body, 0, length, Service.Request.class), client);
        } catch (IOException | IllegalArgumentException unreadable) {
            answer = unreadable();
        }
        return json(answer);
    }

    private static HttpResponse json(Service.Response answer) {
        try {
            return HttpResponse.of(status(answer), HttpResponse.JSON, JsonService.MAPPER.writeValueAsBytes(answer));
        } catch (IOException failure) {
            throw new IllegalStateException("an answer cannot be written as JSON", failure);
        }
    }

    private HttpResponse protobuf(byte[] body, int length, Client client) {
        Service.Response answer;
        try {
            answer = answer(translation.parseRequest(body.length == length ? body : Arrays.copyOf(body, length)), client);
        } catch (IOException | RuntimeException unreadable) {
            answer = unreadable();
        }
        return protobuf(answer);
    }

    private HttpResponse protobuf(Service.Response answer) {
        try {
            return HttpResponse.of(status(answer), HttpResponse.BYTES, translation.serializeResponse(answer));
        } catch (IOException failure) {
            throw new IllegalStateException("an answer cannot be written", failure);
        }
    }

    private Service.Response answer(Service.@Nullable Request request, Client client) {
        if (request == null) {
            return unreadable();
        }
        try {
            return avatica.answer(request, client);
        } catch (AvaticaService.NoConnection gone) {
            return error(ErrorResponse.MISSING_CONNECTION_ERROR_CODE, "08003", String.valueOf(gone.getMessage()));
        } catch (SQLException refused) {
            return error(refused);
        } catch (RuntimeException | Error failure) {
            return error(Unexpected.told(failure));
        }
    }

    /// Clients take an answer of 500 for what it says, and no other but 200.
    private static int status(Service.Response answer) {
        return answer instanceof ErrorResponse ? 500 : 200;
    }

    private ErrorResponse unreadable() {
        return error(new SQLNonTransientConnectionException(
                "the request cannot be read: it is neither one of Avatica's, as Protocol Buffers or JSON, nor one of CoconutDB's driver",
                "08P01"));
    }

    private ErrorResponse error(SQLException refused) {
        String state = refused.getSQLState();
        return error(refused.getErrorCode(), state == null ? "XX000" : state, String.valueOf(refused.getMessage()));
    }

    private ErrorResponse error(int code, String state, String message) {
        return new ErrorResponse(List.of(message), message, code, state, AvaticaSeverity.ERROR, origin);
    }

}
