import com.google.gson.FieldNamingPolicy;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.Security;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;

/** The talk with tunspec, for adapters around Java libraries: knows no SSH. Each request has a thread of its own. */
final class Talk {
    private static final Gson JSON = new GsonBuilder()
            .setFieldNamingPolicy(FieldNamingPolicy.LOWER_CASE_WITH_UNDERSCORES).disableHtmlEscaping().create();
    private static final PrintStream OUT =
            new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
    private static final Map<String, Tunnel> TUNNELS = new ConcurrentHashMap<>();
    private static final Map<Integer, Question> QUESTIONS = new ConcurrentHashMap<>();
    private static final AtomicInteger ASKED = new AtomicInteger();

    private Talk() {}

    private record Question(Tunnel of, CompletableFuture<Optional<String>> answered) {}

    record Auth(String method, String password, String file, String passphrase, String socket) {
        /** The private key. */
        Path key() {
            return expand(file);
        }

        /** The agent's socket, null for that of SSH_AUTH_SOCK. */
        Path agent() {
            boolean known = "1password".equals(socket);
            return expand(known ? "~/Library/Group Containers/2BUA8C4S2C.com.1password/t/agent.sock" : socket);
        }

        private static Path expand(String path) {
            return path == null ? null : Path.of(path.replaceFirst("^~(?=/)", System.getenv("HOME")));
        }
    }

    record Server(String host, Integer port, String user, String hostKeyAlias, Auth auth) {}

    /** A server on the way, its number from 0, and the login there. */
    record Hop(int number, String host, int port, String user, String alias, Auth auth) {}

    record Totp(String mode) {}

    record HostKeys(String file, String unknown) {
        Path path() {
            return Path.of(file);
        }

        boolean ask() {
            return unknown.equals("ask");
        }
    }

    record Target(String host, int port, String path) {}

    record Local(String host, int port) {
        @Override
        public String host() {
            return host == null ? "127.0.0.1" : host;
        }
    }

    record Keepalive(Double interval, Integer count) {}

    record Timeouts(Double connect, Double open) {}

    record Profile(
            String name, Server ssh, Auth auth, Totp totp, List<Server> jumps, HostKeys hostKeys, Target target,
            Local local, Keepalive keepalive, Timeouts timeouts) {
        List<Hop> hops() {
            List<Server> servers = new ArrayList<>(jumps);
            servers.add(ssh);
            List<Hop> hops = new ArrayList<>();
            for (Server one : servers) {
                int port = one.port == null ? 22 : one.port;
                Auth login = one == ssh ? auth : one.auth;
                hops.add(new Hop(hops.size(), one.host, port, one.user, one.hostKeyAlias, login));
            }
            return hops;
        }
    }

    private record Request(
            int id, @com.google.gson.annotations.SerializedName("do") String what, String tunnel, Profile profile,
            Integer answer, String value) {}

    /** The library cannot be asked for a feature of the protocol. */
    static final class Unsupported extends Exception {
        Unsupported(String feature) {
            super(feature);
        }
    }

    static int milliseconds(double seconds) {
        return (int) Math.round(seconds * 1000);
    }

    /** One tunnel of a library. A subclass connects and disconnects, and calls lost() when its session ends. */
    abstract static class Tunnel {
        final String name;
        final Profile profile;
        private final CompletableFuture<Map<String, Object>> opened = new CompletableFuture<>();
        private String state = "connecting";
        private Map<String, Object> error;
        private Map<String, Object> place = Map.of();

        Tunnel(String name, Profile profile) {
            this.name = name;
            this.profile = profile;
        }

        /** Opens the tunnel, and returns where it listens. */
        abstract InetSocketAddress connect() throws Exception;

        /** Ends the listener and every session, also while they open. */
        abstract void disconnect() throws Exception;

        /** Asks the user whether to accept a host key. {@code known} is the fingerprint of a changed key. */
        boolean accepts(Hop hop, String type, String fingerprint, String known) {
            Map<String, Object> question = map("kind", "host-key", "hop", hop.number, "host", hop.host);
            question.putAll(map("port", hop.port, "type", type, "fingerprint", fingerprint));
            question.put("status", known == null ? "unknown" : "changed");
            if (known != null) question.put("known", known);
            return ask(question).equals(Optional.of("accept"));
        }

        /** Shows the user a round of prompts, and returns the answers; null if one was refused. */
        String[] answers(Hop hop, String title, String instruction, String[] prompts, boolean[] echo) {
            String[] answers = new String[prompts.length];
            for (int i = 0; i < prompts.length; i++) {
                Map<String, Object> question = map("kind", "prompt", "hop", hop.number, "text", prompts[i]);
                question.putAll(map("echo", echo[i], "name", title, "instruction", instruction));
                answers[i] = ask(question).orElse(null);
                if (answers[i] == null) return null;
            }
            return answers;
        }

        void banner(Hop hop, String text) {
            send(map("event", "banner", "tunnel", name, "hop", hop.number, "text", text));
        }

        void lost(String why) {
            become("failed", failure("internal", why == null || why.isBlank() ? "the session has ended" : why));
        }

        private Optional<String> ask(Map<String, Object> question) {
            int number = ASKED.incrementAndGet();
            CompletableFuture<Optional<String>> answered = new CompletableFuture<>();
            QUESTIONS.put(number, new Question(this, answered));
            if (isClosed()) return Optional.empty();
            question.putAll(map("ask", number, "tunnel", name));
            send(question);
            return answered.join();
        }

        private synchronized boolean isClosed() {
            return state.equals("closed");
        }

        /** Takes back what the user has not answered: nobody waits for the answer when the tunnel is closed. */
        private void withdraw() {
            for (Question one : QUESTIONS.values()) {
                if (one.of == this) one.answered.complete(Optional.empty());
            }
        }

        /** Takes a new state and tells it, unless the tunnel is closed; returns whether it was taken. */
        private synchronized boolean become(String next, Map<String, Object> why) {
            if (state.equals("closed") || state.equals(next)) return false;
            state = next;
            error = why;
            tell();
            return true;
        }

        private void tell() {
            Map<String, Object> event = map("event", "state", "tunnel", name, "state", state);
            if (error != null) event.put("error", error);
            send(event);
        }

        private Map<String, Object> open() {
            tell();
            new Thread(this::tryToConnect, "open").start();
            return opened.join();
        }

        private void tryToConnect() {
            try {
                InetSocketAddress at = connect();
                place = map("host", at.getAddress().getHostAddress(), "port", at.getPort());
                if (become("connected", null)) opened.complete(map("ok", place));
                else disconnect();
            } catch (Unsupported unsupported) {
                opened.complete(map("unsupported", unsupported.getMessage()));
            } catch (Exception trouble) {
                trouble.printStackTrace();
                Map<String, Object> failure = failure("internal", trouble.toString());
                become("failed", failure);
                try {
                    disconnect();
                } catch (Exception more) {
                    more.printStackTrace();
                }
                opened.complete(map("error", failure));
            }
        }

        private Map<String, Object> close() throws Exception {
            become("closed", null);
            opened.complete(map("error", failure("cancelled", "the tunnel was closed while it opened")));
            withdraw();
            disconnect();
            return map("ok", map());
        }

        private synchronized Map<String, Object> status() {
            Map<String, Object> said = map("state", state);
            if (error != null) said.put("error", error);
            if (state.equals("connected")) said.putAll(place);
            return map("ok", said);
        }
    }

    /** Answers requests until bye or the end of the input. */
    static void serve(
            String library, String version, List<String> supports, BiFunction<String, Profile, Tunnel> kind)
            throws IOException {
        System.setProperty("user.home", System.getenv("HOME")); // Java takes it from the user database
        Security.setProperty("networkaddress.cache.ttl", "0"); // Java would know for 30 s a name that is gone,
        Security.setProperty("networkaddress.cache.negative.ttl", "0"); // and for 10 s that it is gone
        Map<String, Object> about = map("name", library, "version", version, "language", "Java");
        Map<String, Object> hello = map("protocol", 1, "implementation", about, "supports", supports);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = lines.readLine()) != null; ) {
            Request request = JSON.fromJson(line, Request.class);
            if (request.answer != null) {
                QUESTIONS.remove(request.answer).answered.complete(Optional.ofNullable(request.value));
                continue;
            }
            String missing = request.what.equals("open") ? missing(request.profile, supports) : null;
            if (request.what.equals("open") && missing == null) {
                TUNNELS.put(request.tunnel, kind.apply(request.tunnel, request.profile));
            }
            new Thread(() -> reply(request, hello, missing), request.what).start();
        }
        Runtime.getRuntime().halt(0);
    }

    private static void reply(Request request, Map<String, Object> hello, String missing) {
        Map<String, Object> reply;
        try {
            reply = missing == null ? handle(request, hello) : map("unsupported", missing);
        } catch (Exception trouble) {
            trouble.printStackTrace();
            reply = map("error", failure("internal", trouble.toString()));
        }
        reply.put("id", request.id);
        send(reply);
        if (request.what.equals("bye")) Runtime.getRuntime().halt(0);
    }

    private static Map<String, Object> handle(Request request, Map<String, Object> hello) throws Exception {
        Tunnel tunnel = request.tunnel == null ? null : TUNNELS.get(request.tunnel);
        switch (request.what) {
            case "hello":
                return map("ok", hello);
            case "open":
                return tunnel.open();
            case "close":
                return tunnel == null ? map("ok", map()) : tunnel.close();
            case "status":
                if (tunnel != null) return tunnel.status();
                return map("error", failure("bad-profile", "there is no such tunnel; open it first"));
            case "bye":
                for (Tunnel one : TUNNELS.values()) one.close();
                return map("ok", map());
            default:
                return map("unsupported", request.what);
        }
    }

    /** Returns what a profile needs and the library does not do, null when there is nothing. */
    private static String missing(Profile profile, List<String> supports) {
        List<String> needs = new ArrayList<>();
        for (Hop hop : profile.hops()) needs.add("auth." + hop.auth.method);
        if (!profile.jumps.isEmpty()) needs.add("jump");
        if (profile.totp != null) needs.add("totp." + profile.totp.mode);
        if (profile.target.path != null) needs.add("target.socket");
        return needs.stream().filter(feature -> !supports.contains(feature)).findFirst().orElse(null);
    }

    private static Map<String, Object> failure(String code, String message) {
        return map("code", code, "message", message);
    }

    private static Map<String, Object> map(Object... pairs) {
        Map<String, Object> made = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) made.put((String) pairs[i], pairs[i + 1]);
        return made;
    }

    private static synchronized void send(Map<String, Object> message) {
        OUT.print(JSON.toJson(message) + "\n");
        OUT.flush();
    }
}
