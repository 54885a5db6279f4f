import java.nio.file.Path;
import java.security.KeyPair;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.config.keys.AuthorizedKeysAuthenticator;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;

/**
 * Serves SSH with Apache MINA on loopback: forwards TCP for whoever has a key in the file named first. The first line
 * of standard output is the port, the second the host key.
 */
class Server {
    public static void main(String[] arguments) throws Exception {
        SimpleGeneratorHostKeyProvider hostKeys = new SimpleGeneratorHostKeyProvider();
        KeyPair hostKey = hostKeys.loadKeys(null).iterator().next();
        SshServer server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(hostKeys);
        server.setPublickeyAuthenticator(new AuthorizedKeysAuthenticator(Path.of(arguments[0])));
        server.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
        server.start();
        System.out.println(server.getPort());
        System.out.println(PublicKeyEntry.toString(hostKey.getPublic()));
        Thread.currentThread().join();
    }
}
