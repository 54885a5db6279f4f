import com.jcraft.jsch.AgentIdentityRepository;
import com.jcraft.jsch.HostKey;
import com.jcraft.jsch.JSch;
import com.jcraft.jsch.SSHAgentConnector;
import com.jcraft.jsch.ServerSocketFactory;
import com.jcraft.jsch.Session;
import com.jcraft.jsch.UIKeyboardInteractive;
import com.jcraft.jsch.UserInfo;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/** A tunnel as JSch's examples JumpHosts and PortForwardingL show it: a Session for each hop, setPortForwardingL(). */
final class Adapter extends Talk.Tunnel {
    private static final List<String> SUPPORTS = List.of(
            "auth.password", "auth.key", "auth.agent", "auth.keyboard-interactive", "auth.none", "auth.certificate",
            "totp.prompt", "jump", "target.socket", "host-keys.ask", "host-keys.replace", "host-keys.alias", "banner",
            "keepalive", "timeouts.connect", "timeouts.open", "status");

    private final List<Session> sessions = new CopyOnWriteArrayList<>();

    private Adapter(String name, Talk.Profile profile) {
        super(name, profile);
    }

    @Override
    InetSocketAddress connect() throws Exception {
        Session last = null;
        for (Talk.Hop hop : profile.hops()) last = login(hop, last);
        String host = profile.local().host();
        int limit = limit(profile.timeouts().open());
        Talk.Target target = profile.target();
        int port = target.path() == null
                ? last.setPortForwardingL(
                        host, profile.local().port(), target.host(), target.port(), listeners(), limit)
                : last.setSocketForwardingL(host, profile.local().port(), target.path(), listeners(), limit);
        return new InetSocketAddress(host, port);
    }

    private Session login(Talk.Hop hop, Session before) throws Exception {
        JSch jsch = new JSch();
        jsch.setKnownHosts(profile.hostKeys().file());
        Session session = before == null
                ? jsch.getSession(hop.user(), hop.host(), hop.port())
                : jsch.getSession(hop.user(), "127.0.0.1", before.setPortForwardingL(0, hop.host(), hop.port()));
        sessions.add(session);
        String stored = hop.port() == 22 ? hop.host() : "[%s]:%d".formatted(hop.host(), hop.port());
        if (hop.alias() != null) session.setHostKeyAlias(hop.alias());
        else if (before != null) session.setHostKeyAlias(stored);
        session.setUserInfo(new User(hop, jsch, session));
        prove(hop.auth(), jsch, session);
        if (profile.keepalive().interval() != null) {
            session.setServerAliveInterval(Talk.milliseconds(profile.keepalive().interval()));
        }
        if (profile.keepalive().count() != null) session.setServerAliveCountMax(profile.keepalive().count());
        session.connect(limit(profile.timeouts().connect()));
        return session;
    }

    private static void prove(Talk.Auth auth, JSch jsch, Session session) throws Exception {
        if (auth.password() != null) session.setPassword(auth.password());
        if (auth.method().equals("keyboard-interactive")) session.setConfig("PreferredAuthentications", auth.method());
        if (auth.method().equals("key")) {
            String passphrase = auth.passphrase();
            byte[] bytes = passphrase == null ? null : passphrase.getBytes(StandardCharsets.UTF_8);
            jsch.addIdentity(auth.key().toString(), null, bytes);
        }
        if (auth.method().equals("agent")) {
            if (auth.file() != null) throw new Talk.Unsupported("auth.agent"); // it offers every key of an agent
            SSHAgentConnector agent =
                    auth.agent() == null ? new SSHAgentConnector() : new SSHAgentConnector(auth.agent());
            jsch.setIdentityRepository(new AgentIdentityRepository(agent));
        }
    }

    /** JSch tells nobody that a session has ended, but closes the session's listener. */
    private ServerSocketFactory listeners() {
        return (port, backlog, address) -> new ServerSocket(port, backlog, address) {
            @Override
            public void close() throws IOException {
                super.close();
                lost("the listener was closed");
            }
        };
    }

    private static int limit(Double seconds) {
        return seconds == null ? 0 : Talk.milliseconds(seconds);
    }

    @Override
    void disconnect() {
        for (int i = sessions.size() - 1; i >= 0; i--) sessions.get(i).disconnect();
    }

    /** What JSch asks and tells the user. */
    private final class User implements UserInfo, UIKeyboardInteractive {
        private static final Pattern ABOUT_HOST_KEYS = Pattern.compile("(?s)WARNING: .*|The \\S+ host key for .*");
        private final Talk.Hop hop;
        private final JSch jsch;
        private final Session session;
        private String password;

        User(Talk.Hop hop, JSch jsch, Session session) {
            this.hop = hop;
            this.jsch = jsch;
            this.session = session;
        }

        @Override
        public boolean promptYesNo(String message) {
            if (message.startsWith("The authenticity of host")) {
                return profile.hostKeys().ask() && accepts(null);
            }
            if (message.startsWith("WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED")) {
                HostKey shown = session.getHostKey();
                HostKey[] known = jsch.getHostKeyRepository().getHostKey(shown.getHost(), null);
                return accepts(known[0].getFingerPrint(jsch));
            }
            return true; // the user who has accepted a key wants the file for it
        }

        private boolean accepts(String known) {
            HostKey shown = session.getHostKey();
            return Adapter.this.accepts(hop, shown.getType(), shown.getFingerPrint(jsch), known);
        }

        @Override
        public String[] promptKeyboardInteractive(
                String destination, String title, String instruction, String[] prompts, boolean[] echo) {
            return answers(hop, title, instruction, prompts, echo);
        }

        @Override
        public boolean promptPassword(String message) {
            String[] given = answers(hop, "", "", new String[] {message}, new boolean[] {false});
            password = given == null ? null : given[0];
            return given != null;
        }

        @Override
        public String getPassword() {
            return password;
        }

        @Override
        public boolean promptPassphrase(String message) {
            return false;
        }

        @Override
        public String getPassphrase() {
            return null;
        }

        @Override
        public void showMessage(String message) {
            if (ABOUT_HOST_KEYS.matcher(message).matches()) System.err.println(message);
            else banner(hop, message);
        }
    }

    public static void main(String[] words) throws IOException {
        Talk.serve("com.github.mwiede:jsch", JSch.VERSION, SUPPORTS, Adapter::new);
    }
}
