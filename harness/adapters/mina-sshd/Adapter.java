import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.keyboard.UserInteraction;
import org.apache.sshd.client.auth.password.PasswordIdentityProvider;
import org.apache.sshd.client.config.hosts.HostConfigEntry;
import org.apache.sshd.client.config.hosts.HostConfigEntryResolver;
import org.apache.sshd.client.keyverifier.KnownHostsServerKeyVerifier;
import org.apache.sshd.client.keyverifier.ServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.client.session.ClientSessionCreator;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.future.VerifiableFuture;
import org.apache.sshd.common.session.SessionContext;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.core.CoreModuleProperties;

/** A tunnel as the documentation of Apache MINA SSHD shows it: a ProxyJump, and startLocalPortForwarding(). */
final class Adapter extends Talk.Tunnel {
    private static final List<String> SUPPORTS = List.of(
            "auth.password", "auth.key", "auth.keyboard-interactive", "auth.none", "auth.certificate", "totp.prompt",
            "jump", "host-keys.ask", "host-keys.replace", "banner", "keepalive", "timeouts.connect", "status");

    private volatile SshClient client;
    private final Map<Talk.Hop, List<KeyPair>> keys = new ConcurrentHashMap<>();

    private Adapter(String name, Talk.Profile profile) {
        super(name, profile);
    }

    @Override
    InetSocketAddress connect() throws Exception {
        List<Talk.Hop> hops = profile.hops();
        for (Talk.Hop hop : hops) keys.put(hop, read(hop.auth()));
        client = SshClient.setUpDefaultClient();
        client.setHostConfigEntryResolver(HostConfigEntryResolver.EMPTY);
        client.setServerKeyVerifier(knownHosts());
        client.setKeyIdentityProvider(session -> keys.get(hopOf(session)));
        client.setPasswordIdentityProvider(PasswordIdentityProvider.wrapPasswords());
        client.setUserInteraction(new User());
        Talk.Keepalive keepalive = profile.keepalive();
        if (keepalive.interval() != null) {
            CoreModuleProperties.HEARTBEAT_INTERVAL.set(client, seconds(keepalive.interval()));
        }
        if (keepalive.count() != null) CoreModuleProperties.HEARTBEAT_NO_REPLY_MAX.set(client, keepalive.count());
        client.start();

        Talk.Hop last = hops.get(hops.size() - 1);
        List<String> jumps = hops.subList(0, last.number()).stream().map(Adapter::jump).collect(Collectors.toList());
        Collections.reverse(jumps); // unlike ssh's, a proxy jump begins with the server that is nearest to the target
        HostConfigEntry entry =
                new HostConfigEntry("", last.host(), last.port(), last.user(), String.join(",", jumps));
        ClientSession session = verify(client.connect(entry), hops.size()).getSession();
        if (last.auth().password() != null) session.addPasswordIdentity(last.auth().password());
        if (last.auth().method().equals("keyboard-interactive")) {
            CoreModuleProperties.PREFERRED_AUTHS.set(session, last.auth().method());
        }
        verify(session.auth(), 1);
        SshdSocketAddress bound = session.startLocalPortForwarding(
                new SshdSocketAddress(profile.local().host(), profile.local().port()),
                new SshdSocketAddress(profile.target().host(), profile.target().port()));
        session.addCloseFutureListener(closed -> lost("the session is closed"));
        return new InetSocketAddress(profile.local().host(), bound.getPort());
    }

    private static String jump(Talk.Hop hop) {
        String host = hop.host().contains(":") ? "[" + hop.host() + "]" : hop.host();
        return "%s@%s:%d".formatted(hop.user(), host, hop.port());
    }

    private ServerKeyVerifier knownHosts() {
        var verifier = new KnownHostsServerKeyVerifier(
                (session, address, key) -> profile.hostKeys().ask() && accepts(session, key, null),
                profile.hostKeys().path());
        verifier.setModifiedServerKeyAcceptor((session, address, entry, expected, actual) ->
                accepts(session, actual, KeyUtils.getFingerPrint(expected)));
        return verifier;
    }

    private boolean accepts(ClientSession session, PublicKey key, String known) {
        return accepts(hopOf(session), KeyUtils.getKeyType(key), KeyUtils.getFingerPrint(key), known);
    }

    /** The key of a login, and before it the certificate beside the key, if there is one. */
    private static List<KeyPair> read(Talk.Auth auth) throws Exception {
        List<KeyPair> pairs = new ArrayList<>();
        if (!auth.method().equals("key")) return pairs;
        FilePasswordProvider passphrase = auth.passphrase() == null ? null : FilePasswordProvider.of(auth.passphrase());
        pairs.addAll(SecurityUtils.getKeyPairResourceParser().loadKeyPairs(null, auth.key(), passphrase));
        Path beside = Path.of(auth.key() + "-cert.pub");
        if (Files.exists(beside)) {
            PublicKey certificate =
                    PublicKeyEntry.parsePublicKeyEntry(Files.readString(beside)).resolvePublicKey(null, null, null);
            pairs.add(0, new KeyPair(certificate, pairs.get(0).getPrivate()));
        }
        return pairs;
    }

    /** The server of a session; one behind a jump is connected to by a port of this machine. */
    private Talk.Hop hopOf(SessionContext session) {
        SshdSocketAddress behind = session.getAttribute(ClientSessionCreator.TARGET_SERVER);
        SshdSocketAddress server = behind != null
                ? behind
                : new SshdSocketAddress((InetSocketAddress) ((ClientSession) session).getConnectAddress());
        return profile.hops().stream()
                .filter(hop -> hop.host().equals(server.getHostName()) && hop.port() == server.getPort())
                .findFirst().orElseThrow();
    }

    /** Each of the servers has the whole limit. */
    private <T extends VerifiableFuture<T>> T verify(T future, int servers) throws IOException {
        Double limit = profile.timeouts().connect();
        return limit == null ? future.verify() : future.verify(seconds(limit * servers));
    }

    private static Duration seconds(double seconds) {
        return Duration.ofMillis(Talk.milliseconds(seconds));
    }

    @Override
    void disconnect() {
        if (client != null) client.stop();
    }

    /** What the library asks and tells the user. */
    private final class User implements UserInteraction {
        @Override
        public void welcome(ClientSession session, String banner, String language) {
            banner(hopOf(session), banner);
        }

        @Override
        public String[] interactive(
                ClientSession session, String title, String instruction, String language, String[] prompts,
                boolean[] echo) {
            return answers(hopOf(session), title, instruction, prompts, echo);
        }

        @Override
        public String resolveAuthPasswordAttempt(ClientSession session) {
            String[] given = answers(hopOf(session), "", "", new String[] {"Password:"}, new boolean[] {false});
            return given == null ? null : given[0];
        }

        @Override
        public String getUpdatedPassword(ClientSession session, String prompt, String language) {
            return null; // the profile has no new one
        }
    }

    public static void main(String[] words) throws IOException {
        String version = SshClient.class.getPackage().getImplementationVersion();
        Talk.serve("Apache MINA SSHD", version, SUPPORTS, Adapter::new);
    }
}
