import java.io.BufferedReader;
import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An adapter for tunspec: drives `ssh -N -L`. Replace what says ssh with your own tunnel. */
public final class Adapter {
    static final Map<String, Object> ABOUT = Map.of("name", "mine", "version", "0.1", "language", "Java");
    static final List<String> SUPPORTS = List.of("auth.key", "host-keys.ask", "status");
    static final Map<String, String> KEY_TYPES =
            Map.of("ED25519", "ssh-ed25519", "RSA", "ssh-rsa", "ECDSA", "ecdsa-sha2-nistp256");
    static final Pattern HOST_KEY = Pattern.compile("(\\S+) key fingerprint is (SHA256:[\\w+/]+)");
    static final PrintStream OUT =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    static final Map<String, Tunnel> TUNNELS = new ConcurrentHashMap<>();
    static final Map<Integer, CompletableFuture<Optional<String>>> ANSWERS = new ConcurrentHashMap<>();
    static final AtomicInteger ASKED = new AtomicInteger();

    static synchronized void send(Map<String, Object> message) {
        OUT.print(Json.write(message) + "\n");
        OUT.flush();
    }

    static Map<String, Object> map(Object... pairs) {
        Map<String, Object> made = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) made.put((String) pairs[i], pairs[i + 1]);
        return made;
    }

    static Map<String, Object> error(String code, String message) {
        return map("error", map("code", code, "message", message.isBlank() ? "ssh ended without a word" : message.strip()));
    }

    /** Puts a question to the user; returns the answer, empty for cancel. */
    static Optional<String> ask(Map<String, Object> question) {
        int number = ASKED.incrementAndGet();
        question.put("ask", number);
        CompletableFuture<Optional<String>> answered = new CompletableFuture<>();
        ANSWERS.put(number, answered);
        send(question);
        return answered.join();
    }

    static final class Tunnel {
        final String name;
        final Map<String, Object> profile;
        final String host;
        private int port;
        private String state = "connecting";
        private Object error;
        private boolean closing;
        private Process process;
        private boolean listens;

        Tunnel(String name, Map<String, Object> profile) {
            this.name = name;
            this.profile = profile;
            Object given = in(profile, "local").get("host");
            this.host = given == null ? "127.0.0.1" : (String) given;
        }

        private synchronized void become(String state, Object error) {
            this.state = state;
            this.error = error;
            Map<String, Object> event = map("event", "state", "tunnel", name, "state", state);
            if (error != null) event.put("error", error);
            send(event);
        }

        /** Opens the tunnel; returns the reply without its id. */
        Map<String, Object> open() throws Exception {
            become("connecting", null);
            int given = number(in(profile, "local").get("port"), 0);
            while (true) {
                port = given != 0 ? given : ThreadLocalRandom.current().nextInt(60000, 65000);
                String said = start();
                if (said == null) {
                    become("connected", null);
                    process.onExit().thenRun(this::ended);
                    return map("ok", map("host", host, "port", port));
                }
                if (isClosing()) return error("cancelled", "the tunnel was closed while it opened");
                if (!said.contains("in use") || given != 0) {
                    Map<String, Object> reply = error(codeOf(said), said);
                    become("failed", reply.get("error"));
                    return reply;
                }
            }
        }

        /** Runs ssh until it listens; returns what ssh said when it ended before that. */
        private String start() throws Exception {
            ProcessBuilder builder = new ProcessBuilder(sshCommand(profile, host, port));
            builder.redirectInput(new File("/dev/null"));
            builder.environment().putAll(askpass());
            synchronized (this) {
                if (closing) return "";
                process = builder.start();
            }
            Process mine = process;
            StringBuilder said = new StringBuilder();
            Thread log = new Thread(() -> mine.errorReader().lines().forEach(line -> {
                said.append(line).append('\n');
                System.err.println(line);
            }));
            log.setDaemon(true);
            log.start();
            if ("listening".equals(mine.inputReader().readLine())) return null;
            mine.waitFor();
            log.join();
            return said.toString();
        }

        private void ended() {
            if (!isClosing()) become("failed", error("connection-lost", "ssh has ended").get("error"));
        }

        private synchronized boolean isClosing() {
            return closing;
        }

        void close() throws InterruptedException {
            Process mine;
            synchronized (this) {
                closing = true;
                mine = process;
            }
            if (mine != null) {
                mine.toHandle().destroyForcibly(); // and not mine.destroyForcibly(), which closes what is being read
                mine.waitFor();
            }
            synchronized (this) {
                if (!state.equals("closed")) become("closed", null);
            }
        }

        synchronized Map<String, Object> status() {
            Map<String, Object> said = map("state", state, "error", error);
            if (state.equals("connected")) said.putAll(map("host", host, "port", port));
            return map("ok", said);
        }

        /** Lets ssh ask this program (see main); returns the environment that it needs. */
        private synchronized Map<String, String> askpass() throws IOException {
            String path = name + ".sock";
            if (!listens) {
                ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                server.bind(UnixDomainSocketAddress.of(path));
                Thread serving = new Thread(() -> serveAskpass(server));
                serving.setDaemon(true);
                serving.start();
                listens = true;
            }
            String self = Path.of(System.getProperty("java.class.path")).toAbsolutePath().resolve("adapter").toString();
            return Map.of("SSH_ASKPASS", self, "SSH_ASKPASS_REQUIRE", "force", "ASKPASS_SOCKET", path);
        }

        private void serveAskpass(ServerSocketChannel server) {
            while (true) {
                try (SocketChannel asker = server.accept()) {
                    String text = new String(Channels.newInputStream(asker).readAllBytes(), StandardCharsets.UTF_8);
                    asker.write(ByteBuffer.wrap(answer(text).getBytes(StandardCharsets.UTF_8)));
                } catch (IOException gone) {
                    System.err.println(gone);
                }
            }
        }

        private String answer(String text) {
            Matcher key = HOST_KEY.matcher(text);
            if (key.find()) {
                Map<String, Object> ssh = in(profile, "ssh");
                Optional<String> value = ask(map(
                        "tunnel", name, "kind", "host-key", "hop", 0, "host", ssh.get("host"),
                        "port", number(ssh.get("port"), 22), "type", KEY_TYPES.getOrDefault(key.group(1), key.group(1)),
                        "fingerprint", key.group(2), "status", "unknown"));
                return value.equals(Optional.of("accept")) ? "yes" : "no";
            }
            if (text.startsWith("Enter passphrase")) {
                Object passphrase = in(profile, "auth").get("passphrase");
                return passphrase == null ? "" : (String) passphrase;
            }
            return ask(map("tunnel", name, "kind", "prompt", "hop", 0, "text", text, "echo", false)).orElse("");
        }
    }

    static List<String> sshCommand(Map<String, Object> profile, String host, int port) {
        Map<String, Object> ssh = in(profile, "ssh"), target = in(profile, "target"), keys = in(profile, "host_keys");
        List<String> words = new ArrayList<>(List.of("ssh", "-N", "-F", "/dev/null"));
        for (String option : List.of(
                "UserKnownHostsFile=" + keys.get("file"), "GlobalKnownHostsFile=/dev/null",
                "StrictHostKeyChecking=" + (keys.get("unknown").equals("ask") ? "ask" : "yes"),
                "IdentitiesOnly=yes", "IdentityAgent=none", "PreferredAuthentications=publickey",
                "NumberOfPasswordPrompts=1", "ExitOnForwardFailure=yes", "PermitLocalCommand=yes",
                "LocalCommand=echo listening")) {
            words.add("-o" + option);
        }
        String way = "[%s]:%d:[%s]:%d".formatted(host, port, target.get("host"), number(target.get("port"), 0));
        words.addAll(List.of(
                "-i", (String) in(profile, "auth").get("file"), "-L", way, "-p", "" + number(ssh.get("port"), 22),
                "-l", (String) ssh.get("user"), (String) ssh.get("host")));
        return words;
    }

    /** Tells causes apart. Add "errors.code" to SUPPORTS once it knows all that the protocol's page lists. */
    static String codeOf(String said) {
        if (said.contains("Permission denied (")) return "auth-failed";
        if (said.contains("Host key verification failed")) return "host-key-unknown";
        if (said.contains("Connection refused")) return "connection-refused";
        return said.contains("in use") ? "port-in-use" : "internal";
    }

    /** Returns the feature that this adapter lacks for a profile, null when there is none. */
    static String missing(Map<String, Object> profile) {
        Object method = in(profile, "auth").get("method");
        if (!method.equals("key")) return "auth." + method;
        if (!((List<?>) profile.get("jumps")).isEmpty()) return "jump";
        if (profile.get("totp") != null) return "totp." + in(profile, "totp").get("mode");
        return in(profile, "target").containsKey("path") ? "target.socket" : null;
    }

    /** Returns the reply to a request without its id. Each has a thread of its own: none holds up another. */
    static Map<String, Object> handle(Map<String, Object> request) throws Exception {
        String what = (String) request.get("do"), name = (String) request.get("tunnel");
        Tunnel tunnel = name == null ? null : TUNNELS.get(name);
        switch (what) {
            case "hello":
                return map("ok", map("protocol", 1, "implementation", ABOUT, "supports", SUPPORTS));
            case "open":
                String feature = missing(in(request, "profile"));
                return feature == null ? tunnel.open() : map("unsupported", feature);
            case "close":
                if (tunnel != null) tunnel.close();
                return map("ok", map());
            case "status":
                if (tunnel == null) return error("bad-profile", "there is no tunnel " + name + "; open it first");
                return tunnel.status();
            case "bye":
                for (Tunnel one : TUNNELS.values()) one.close();
                return map("ok", map());
            default:
                return map("unsupported", what);
        }
    }

    static void serve() throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = lines.readLine()) != null; ) {
            Map<String, Object> request = object(Json.read(line));
            if (request.containsKey("answer")) {
                Optional<String> value = Optional.ofNullable((String) request.get("value"));
                ANSWERS.get(number(request.get("answer"), 0)).complete(value);
                continue;
            }
            if (request.get("do").equals("open")) {
                String name = (String) request.get("tunnel");
                TUNNELS.put(name, new Tunnel(name, in(request, "profile")));
            }
            new Thread(() -> reply(request)).start();
        }
        System.exit(0);
    }

    static void reply(Map<String, Object> request) {
        Map<String, Object> reply;
        try {
            reply = handle(request);
        } catch (Exception trouble) {
            trouble.printStackTrace();
            reply = error("internal", trouble.toString());
        }
        reply.put("id", number(request.get("id"), 0));
        send(reply);
        if (request.get("do").equals("bye")) System.exit(0);
    }

    /** ssh runs this program with its question as the argument; the adapter answers through the socket. */
    static void beAskpass(String path, String question) throws IOException {
        try (SocketChannel adapter = SocketChannel.open(UnixDomainSocketAddress.of(path))) {
            adapter.write(ByteBuffer.wrap(question.getBytes(StandardCharsets.UTF_8)));
            adapter.shutdownOutput();
            String answer = new String(Channels.newInputStream(adapter).readAllBytes(), StandardCharsets.UTF_8);
            System.out.println(answer);
            System.exit(answer.isEmpty() ? 1 : 0);
        }
    }

    @SuppressWarnings("unchecked")
    static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    static Map<String, Object> in(Map<String, Object> outer, String key) {
        return object(outer.get(key));
    }

    static int number(Object value, int otherwise) {
        return value == null ? otherwise : ((Double) value).intValue();
    }

    public static void main(String[] words) throws IOException {
        String path = System.getenv("ASKPASS_SOCKET");
        if (path != null) beAskpass(path, words[0]);
        else serve();
    }
}
