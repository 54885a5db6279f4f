import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import net.schmizz.keepalive.KeepAlive;
import net.schmizz.keepalive.KeepAliveProvider;
import net.schmizz.keepalive.KeepAliveRunner;
import net.schmizz.sshj.DefaultConfig;
import net.schmizz.sshj.SSHClient;
import net.schmizz.sshj.common.Buffer;
import net.schmizz.sshj.common.KeyType;
import net.schmizz.sshj.connection.channel.direct.LocalPortForwarder;
import net.schmizz.sshj.connection.channel.direct.Parameters;
import net.schmizz.sshj.transport.verification.OpenSSHKnownHosts;
import net.schmizz.sshj.userauth.keyprovider.KeyProvider;
import net.schmizz.sshj.userauth.method.AuthKeyboardInteractive;
import net.schmizz.sshj.userauth.method.AuthMethod;
import net.schmizz.sshj.userauth.method.AuthNone;
import net.schmizz.sshj.userauth.method.AuthPassword;
import net.schmizz.sshj.userauth.method.AuthPublickey;
import net.schmizz.sshj.userauth.method.ChallengeResponseProvider;
import net.schmizz.sshj.userauth.method.PasswordResponseProvider;
import net.schmizz.sshj.userauth.password.PasswordUtils;
import net.schmizz.sshj.userauth.password.Resource;

/** A tunnel as sshj's examples Jump and LocalPF show it: an SSHClient for each hop, and a LocalPortForwarder. */
final class Adapter extends Talk.Tunnel {
    private static final List<String> SUPPORTS = List.of(
            "auth.password", "auth.key", "auth.keyboard-interactive", "auth.none", "auth.certificate", "totp.prompt",
            "jump", "host-keys.ask", "banner", "keepalive", "timeouts.connect", "timeouts.open", "status");

    private final List<SSHClient> clients = new CopyOnWriteArrayList<>();
    private volatile ServerSocket listener;

    private Adapter(String name, Talk.Profile profile) {
        super(name, profile);
    }

    @Override
    InetSocketAddress connect() throws Exception {
        SSHClient last = null;
        for (Talk.Hop hop : profile.hops()) last = login(hop, last);
        last.getTransport().setDisconnectListener((reason, message) -> {
            lost(message);
            new Thread(this::disconnect, "disconnect").start();
        });
        if (profile.timeouts().open() != null) {
            last.getConnection().setTimeoutMs(Talk.milliseconds(profile.timeouts().open()));
        }
        String host = profile.local().host();
        listener = new ServerSocket();
        listener.setReuseAddress(true);
        listener.bind(new InetSocketAddress(host, profile.local().port()));
        int port = listener.getLocalPort();
        Parameters parameters = new Parameters(host, port, profile.target().host(), profile.target().port());
        LocalPortForwarder forwarder = last.newLocalPortForwarder(parameters, listener);
        new Thread(() -> listen(forwarder), "listen").start();
        return new InetSocketAddress(host, port);
    }

    /** Does what the example does after the end of listen(). */
    private void listen(LocalPortForwarder forwarder) {
        try {
            forwarder.listen();
        } catch (IOException end) {
            end.printStackTrace();
            lost(end.toString());
        } finally {
            disconnect();
        }
    }

    private SSHClient login(Talk.Hop hop, SSHClient before) throws Exception {
        DefaultConfig config = new DefaultConfig();
        config.setKeepAliveProvider(KeepAliveProvider.KEEP_ALIVE);
        SSHClient client = new SSHClient(config);
        clients.add(client);
        client.addHostKeyVerifier(new KnownHosts(hop));
        Talk.Keepalive keepalive = profile.keepalive();
        KeepAlive runner = client.getConnection().getKeepAlive();
        if (keepalive.interval() != null) runner.setKeepAliveInterval((int) Math.ceil(keepalive.interval()));
        if (keepalive.count() != null) ((KeepAliveRunner) runner).setMaxAliveCount(keepalive.count());
        if (profile.timeouts().connect() != null) {
            int limit = Talk.milliseconds(profile.timeouts().connect());
            client.setConnectTimeout(limit);
            client.setTimeout(limit);
            client.getTransport().setTimeoutMs(limit);
        }
        List<AuthMethod> methods = methods(hop, client);
        if (before == null) client.connect(hop.host(), hop.port());
        else client.connectVia(before.newDirectConnection(hop.host(), hop.port()));
        try {
            client.auth(hop.user(), methods);
        } finally {
            String text = client.getUserAuth().getBanner();
            if (!text.isEmpty()) banner(hop, text);
        }
        return client;
    }

    private List<AuthMethod> methods(Talk.Hop hop, SSHClient client) throws IOException {
        Talk.Auth auth = hop.auth();
        List<AuthMethod> methods = new ArrayList<>();
        if (auth.method().equals("none")) methods.add(new AuthNone());
        if (auth.method().equals("key")) {
            KeyProvider key = auth.passphrase() == null
                    ? client.loadKeys(auth.key().toString())
                    : client.loadKeys(auth.key().toString(), auth.passphrase());
            methods.add(new AuthPublickey(key));
        }
        if (auth.method().equals("password") && profile.totp() == null) {
            methods.add(new AuthPassword(PasswordUtils.createOneOff(auth.password().toCharArray())));
        }
        if (!auth.method().equals("none")) methods.add(new AuthKeyboardInteractive(new Prompts(hop)));
        return methods;
    }

    @Override
    void disconnect() {
        try {
            if (listener != null) listener.close();
            for (int i = clients.size() - 1; i >= 0; i--) clients.get(i).disconnect();
        } catch (IOException trouble) {
            trouble.printStackTrace();
        }
    }

    /** The password goes to the first prompt that PasswordResponseProvider takes for it, all else to the user. */
    private final class Prompts implements ChallengeResponseProvider {
        private final Talk.Hop hop;
        private String title = "";
        private String instruction = "";
        private String password;

        Prompts(Talk.Hop hop) {
            this.hop = hop;
            password = hop.auth().password();
        }

        @Override
        public List<String> getSubmethods() {
            return List.of();
        }

        @Override
        public void init(Resource resource, String title, String instruction) {
            this.title = title;
            this.instruction = instruction;
        }

        @Override
        public char[] getResponse(String prompt, boolean echo) {
            String answer = password;
            if (answer != null && !echo && PasswordResponseProvider.DEFAULT_PROMPT_PATTERN.matcher(prompt).matches()) {
                password = null;
                return answer.toCharArray();
            }
            String[] given = answers(hop, title, instruction, new String[] {prompt}, new boolean[] {echo});
            return given == null ? new char[0] : given[0].toCharArray();
        }

        @Override
        public boolean shouldRetry() {
            return false;
        }
    }

    /** Asks as sshj's ConsoleKnownHostsVerifier does. */
    private final class KnownHosts extends OpenSSHKnownHosts {
        private final Talk.Hop hop;

        KnownHosts(Talk.Hop hop) throws IOException {
            super(new File(profile.hostKeys().file()));
            this.hop = hop;
        }

        @Override
        protected boolean hostKeyUnverifiableAction(String hostname, PublicKey key) {
            KeyType type = KeyType.fromKey(key);
            if (!profile.hostKeys().ask() || !accepts(hop, type.toString(), fingerprint(key), null)) return false;
            try {
                entries().add(new HostEntry(null, hostname, type, key));
                write();
            } catch (IOException trouble) {
                throw new RuntimeException(trouble);
            }
            return true;
        }

        /** sshj's own are MD5. */
        private static String fingerprint(PublicKey key) {
            try {
                byte[] blob = new Buffer.PlainBuffer().putPublicKey(key).getCompactData();
                byte[] digest = MessageDigest.getInstance("SHA-256").digest(blob);
                return "SHA256:" + Base64.getEncoder().withoutPadding().encodeToString(digest);
            } catch (GeneralSecurityException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    public static void main(String[] words) throws IOException {
        String version = new DefaultConfig().getVersion().replace("SSHJ_", "");
        Talk.serve("sshj", version, SUPPORTS, Adapter::new);
    }
}
