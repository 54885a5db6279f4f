package main

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"net"
	"os"
	"regexp"
	"slices"
	"strconv"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/crypto/ssh/knownhosts"
)

var (
	asksPassword = regexp.MustCompile(`(?i)password`)
	asksMore     = regexp.MustCompile(`(?i)new|again|retype|code`)
)

// tunnel is as the package's documentation shows one: a Client for each hop, and Client.Dial for each local connection.
type tunnel struct {
	talk
	part     sync.Mutex // holds what follows
	clients  []*ssh.Client
	raw      net.Conn
	listener net.Listener
	ended    bool
}

func (t *tunnel) connect() (string, int, error) {
	for hop, one := range t.hops() {
		if err := t.login(hop, one); err != nil {
			return "", 0, err
		}
	}
	last := t.clients[len(t.clients)-1]
	listener, err := net.Listen("tcp", address(t.localHost(), t.profile.Local.Port))
	if err != nil {
		return "", 0, err
	}
	t.part.Lock()
	t.listener = listener
	t.part.Unlock()
	go t.accept(listener, last)
	go func() {
		t.lost(last.Wait())
		t.disconnect()
	}()
	at := listener.Addr().(*net.TCPAddr)
	return at.IP.String(), at.Port, nil
}

// login adds a client for the next hop. Timeout is what ClientConfig calls so: the time for TCP to connect.
func (t *tunnel) login(hop int, one hop) error {
	methods, err := t.methods(hop, one.Auth)
	if err != nil {
		return err
	}
	config := &ssh.ClientConfig{
		User:            one.User,
		Auth:            methods,
		HostKeyCallback: t.hostKey(hop, one),
		Timeout:         time.Duration(t.profile.Timeouts.Connect * float64(time.Second)),
	}
	there := address(one.Host, one.Port)
	var way net.Conn
	if hop == 0 {
		way, err = net.DialTimeout("tcp", there, config.Timeout)
	} else {
		way, err = t.clients[hop-1].Dial("tcp", there)
	}
	if err != nil {
		return err
	}
	t.part.Lock()
	ended := t.ended
	if hop == 0 {
		t.raw = way
	}
	t.part.Unlock()
	if ended {
		way.Close()
		return errors.New("the tunnel was closed")
	}
	connection, channels, requests, err := ssh.NewClientConn(way, there, config)
	if err != nil {
		way.Close()
		return err
	}
	t.part.Lock()
	t.clients = append(t.clients, ssh.NewClient(connection, channels, requests))
	t.part.Unlock()
	return nil
}

func (t *tunnel) methods(hop int, given auth) ([]ssh.AuthMethod, error) {
	shown := false
	password := ssh.PasswordCallback(func() (string, error) {
		shown = true
		return given.Password, nil
	})
	interactive := ssh.KeyboardInteractive(func(name, instruction string, prompts []string, echos []bool) ([]string, error) {
		about := object{"tunnel": t.name, "kind": "prompt", "hop": hop, "name": name, "instruction": instruction}
		return t.answers(about, given, &shown, prompts, echos)
	})
	switch given.Method {
	case "password":
		if t.profile.Totp != nil {
			return []ssh.AuthMethod{interactive}, nil
		}
		return []ssh.AuthMethod{password, interactive}, nil
	case "keyboard-interactive":
		return []ssh.AuthMethod{interactive}, nil
	case "key":
		signers, err := readKey(expand(given.File), given.Passphrase)
		if err != nil {
			return nil, err
		}
		return []ssh.AuthMethod{ssh.PublicKeys(signers...), interactive}, nil
	case "agent":
		connection, err := net.Dial("unix", agentSocket(given))
		if err != nil {
			return nil, err
		}
		client := agent.NewClient(connection)
		keys := func() ([]ssh.Signer, error) { return chosen(client, given.File) }
		return []ssh.AuthMethod{ssh.PublicKeysCallback(keys), interactive}, nil
	}
	return nil, nil
}

// chosen returns the agent's keys, or the one whose public key is in file.
func chosen(keys agent.ExtendedAgent, file string) ([]ssh.Signer, error) {
	signers, err := keys.Signers()
	if err != nil || file == "" {
		return signers, err
	}
	text, err := os.ReadFile(expand(file))
	if err != nil {
		return nil, err
	}
	wanted, _, _, _, err := ssh.ParseAuthorizedKey(text)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(signers, func(one ssh.Signer) bool {
		return !bytes.Equal(one.PublicKey().Marshal(), wanted.Marshal())
	}), nil
}

// answers gives the password to the first hidden prompt for it; every other prompt goes to the user.
func (t *tunnel) answers(about object, given auth, shown *bool, prompts []string, echos []bool) ([]string, error) {
	answers := make([]string, len(prompts))
	for i, text := range prompts {
		wanted := !echos[i] && asksPassword.MatchString(text) && !asksMore.MatchString(text)
		if given.Password != "" && !*shown && wanted {
			*shown = true
			answers[i] = given.Password
			continue
		}
		question := maps.Clone(about)
		question["text"], question["echo"] = text, echos[i]
		value := ask(question)
		if value == nil {
			return nil, errors.New("nobody answered " + strconv.Quote(text))
		}
		answers[i] = *value
	}
	return answers, nil
}

// readKey returns the key of a file, and before it the certificate beside it, where that is one for this key.
func readKey(file string, passphrase *string) ([]ssh.Signer, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var signer ssh.Signer
	if passphrase == nil {
		signer, err = ssh.ParsePrivateKey(text)
	} else {
		signer, err = ssh.ParsePrivateKeyWithPassphrase(text, []byte(*passphrase))
	}
	if err != nil {
		return nil, err
	}
	beside, err := os.ReadFile(file + "-cert.pub")
	if err != nil {
		return []ssh.Signer{signer}, nil
	}
	public, _, _, _, err := ssh.ParseAuthorizedKey(beside)
	if err != nil {
		return nil, err
	}
	if certificate, ok := public.(*ssh.Certificate); ok {
		if certified, err := ssh.NewCertSigner(certificate, signer); err == nil {
			return []ssh.Signer{certified, signer}, nil
		}
	}
	return []ssh.Signer{signer}, nil
}

// hostKey checks keys as package knownhosts does, whose KeyError without a Want is the documented sign of an unknown key.
func (t *tunnel) hostKey(hop int, one hop) ssh.HostKeyCallback {
	file := t.profile.HostKeys.File
	return func(name string, remote net.Addr, key ssh.PublicKey) error {
		check := func(string, net.Addr, ssh.PublicKey) error { return &knownhosts.KeyError{} }
		if _, err := os.Stat(file); err == nil {
			if check, err = knownhosts.New(file); err != nil {
				return err
			}
		}
		err := check(name, remote, key)
		var unknown *knownhosts.KeyError
		if !errors.As(err, &unknown) || len(unknown.Want) > 0 || t.profile.HostKeys.Unknown != "ask" {
			return err
		}
		value := ask(object{
			"tunnel": t.name, "kind": "host-key", "hop": hop, "host": one.Host, "port": one.Port,
			"type": key.Type(), "fingerprint": ssh.FingerprintSHA256(key), "status": "unknown",
		})
		if value == nil || *value != "accept" {
			return err
		}
		return add(file, knownhosts.Line([]string{knownhosts.Normalize(name)}, key))
	}
}

// add puts a line at the end of the store, for the package writes none.
func add(file, line string) error {
	before, _ := os.ReadFile(file)
	if len(before) > 0 && before[len(before)-1] != '\n' {
		line = "\n" + line
	}
	store, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer store.Close()
	_, err = io.WriteString(store, line+"\n")
	return err
}

func (t *tunnel) accept(listener net.Listener, last *ssh.Client) {
	for {
		local, err := listener.Accept()
		if err != nil {
			return
		}
		go t.forward(local, last)
	}
}

// forward copies both ways, and passes on the end of each.
func (t *tunnel) forward(local net.Conn, last *ssh.Client) {
	defer local.Close()
	target, network := t.profile.Target, "tcp"
	there := address(target.Host, target.Port)
	if target.Path != "" {
		network, there = "unix", target.Path
	}
	remote, err := last.Dial(network, there)
	if err != nil {
		return
	}
	defer remote.Close()
	var both sync.WaitGroup
	both.Go(func() { pass(local, remote) })
	both.Go(func() { pass(remote, local) })
	both.Wait()
}

func pass(to, from net.Conn) {
	io.Copy(to, from)
	to.(interface{ CloseWrite() error }).CloseWrite()
}

func (t *tunnel) disconnect() {
	t.part.Lock()
	defer t.part.Unlock()
	t.ended = true
	if t.listener != nil {
		t.listener.Close()
	}
	for i := len(t.clients) - 1; i >= 0; i-- {
		t.clients[i].Close()
	}
	if t.raw != nil {
		t.raw.Close()
	}
}

func address(host string, port int) string {
	return net.JoinHostPort(host, strconv.Itoa(port))
}
