// An adapter for tunspec: drives `ssh -N -L`. Replace what says ssh with your own tunnel.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"net"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
)

type object = map[string]any

var (
	about    = object{"name": "mine", "version": "0.1", "language": "Go"}
	supports = []string{"auth.key", "host-keys.ask", "status"}
	keyTypes = map[string]string{"ED25519": "ssh-ed25519", "RSA": "ssh-rsa", "ECDSA": "ecdsa-sha2-nistp256"}
	hostKey  = regexp.MustCompile(`(\S+) key fingerprint is (SHA256:[\w+/]+)`)

	out     sync.Mutex // holds the order of what is sent
	lock    sync.Mutex // holds what follows
	tunnels = map[string]*tunnel{}
	answers = map[int]chan *string{}
	asked   int
)

type profile struct {
	SSH struct {
		Host, User string
		Port       int // null leaves 0
	} `json:"ssh"`
	Auth   struct{ Method, File, Passphrase string }
	Totp   *struct{ Mode string }
	Jumps  []any
	Keys   struct{ File, Unknown string } `json:"host_keys"`
	Target struct {
		Host, Path string
		Port       int
	}
	Local struct {
		Host string
		Port int
	}
}

type request struct {
	ID      int
	Do      string
	Tunnel  string
	Profile profile
	Answer  int
	Value   *string
}

func send(message object) {
	line, _ := json.Marshal(message)
	out.Lock()
	defer out.Unlock()
	os.Stdout.Write(append(line, '\n'))
}

// ask puts a question to the user and returns the answer, nil for cancel.
func ask(question object) *string {
	lock.Lock()
	asked++
	question["ask"] = asked
	answered := make(chan *string, 1)
	answers[asked] = answered
	lock.Unlock()
	send(question)
	return <-answered
}

type tunnel struct {
	sync.Mutex
	name    string
	profile profile
	host    string
	port    int
	state   string
	err     object
	closing bool
	process *exec.Cmd
	ended   chan struct{}
}

func newTunnel(name string, given profile) *tunnel {
	t := &tunnel{name: name, profile: given, host: given.Local.Host, state: "connecting"}
	if t.host == "" {
		t.host = "127.0.0.1"
	}
	if t.profile.SSH.Port == 0 {
		t.profile.SSH.Port = 22
	}
	return t
}

func (t *tunnel) become(state string, err object) {
	t.Lock()
	defer t.Unlock()
	t.state, t.err = state, err
	event := object{"event": "state", "tunnel": t.name, "state": state}
	if err != nil {
		event["error"] = err
	}
	send(event)
}

// open opens the tunnel and returns the reply without its id.
func (t *tunnel) open() object {
	t.become("connecting", nil)
	for {
		t.port = t.profile.Local.Port
		if t.port == 0 {
			t.port = 60000 + rand.Intn(5000)
		}
		said, up := t.start()
		if up {
			t.become("connected", nil)
			go t.watch()
			return object{"ok": object{"host": t.host, "port": t.port}}
		}
		if t.isClosing() {
			return failure("cancelled", "the tunnel was closed while it opened")
		}
		if !strings.Contains(said, "in use") || t.profile.Local.Port != 0 {
			reply := failure(codeOf(said), said)
			t.become("failed", reply["error"].(object))
			return reply
		}
	}
}

// start runs ssh until it listens; when it ends before that, it returns what ssh said.
func (t *tunnel) start() (string, bool) {
	environment, err := t.askpass()
	if err != nil {
		return err.Error(), false
	}
	process := exec.Command("ssh", t.words()...)
	process.Env = append(os.Environ(), environment...)
	var said bytes.Buffer
	process.Stderr = io.MultiWriter(&said, os.Stderr)
	output, _ := process.StdoutPipe()
	t.Lock()
	if t.closing {
		t.Unlock()
		return "", false
	}
	if err := process.Start(); err != nil {
		t.Unlock()
		return err.Error(), false
	}
	t.process, t.ended = process, make(chan struct{})
	t.Unlock()
	line, _ := bufio.NewReader(output).ReadString('\n')
	up := line == "listening\n"
	go func() {
		process.Wait()
		close(t.ended)
	}()
	if up {
		return "", true
	}
	<-t.ended
	return said.String(), false
}

func (t *tunnel) watch() {
	<-t.ended
	if !t.isClosing() {
		t.become("failed", failure("connection-lost", "ssh has ended")["error"].(object))
	}
}

func (t *tunnel) isClosing() bool {
	t.Lock()
	defer t.Unlock()
	return t.closing
}

func (t *tunnel) close() {
	t.Lock()
	t.closing = true
	process, ended, closed := t.process, t.ended, t.state == "closed"
	t.Unlock()
	if process != nil {
		process.Process.Kill()
		<-ended
	}
	if !closed {
		t.become("closed", nil)
	}
}

func (t *tunnel) status() object {
	t.Lock()
	defer t.Unlock()
	said := object{"state": t.state}
	if t.err != nil {
		said["error"] = t.err
	}
	if t.state == "connected" {
		said["host"], said["port"] = t.host, t.port
	}
	return object{"ok": said}
}

// askpass lets ssh ask this program (see main); it returns the environment that ssh needs.
func (t *tunnel) askpass() ([]string, error) {
	path := t.name + ".sock"
	if _, err := os.Stat(path); err != nil {
		server, err := net.Listen("unix", path)
		if err != nil {
			return nil, err
		}
		go func() {
			for {
				asker, err := server.Accept()
				if err != nil {
					return
				}
				text, _ := io.ReadAll(asker)
				io.WriteString(asker, t.answer(string(text)))
				asker.Close()
			}
		}()
	}
	self, err := os.Executable()
	return []string{"SSH_ASKPASS=" + self, "SSH_ASKPASS_REQUIRE=force", "ASKPASS_SOCKET=" + path}, err
}

func (t *tunnel) answer(text string) string {
	if key := hostKey.FindStringSubmatch(text); key != nil {
		kind := keyTypes[key[1]]
		if kind == "" {
			kind = key[1]
		}
		value := ask(object{
			"tunnel": t.name, "kind": "host-key", "hop": 0, "host": t.profile.SSH.Host, "port": t.profile.SSH.Port,
			"type": kind, "fingerprint": key[2], "status": "unknown",
		})
		if value != nil && *value == "accept" {
			return "yes"
		}
		return "no"
	}
	if strings.HasPrefix(text, "Enter passphrase") {
		return t.profile.Auth.Passphrase
	}
	value := ask(object{"tunnel": t.name, "kind": "prompt", "hop": 0, "text": text, "echo": false})
	if value == nil {
		return ""
	}
	return *value
}

func (t *tunnel) words() []string {
	given := t.profile
	strict := "yes"
	if given.Keys.Unknown == "ask" {
		strict = "ask"
	}
	words := []string{"-N", "-F", "/dev/null", "-i", given.Auth.File}
	for _, option := range []string{
		"UserKnownHostsFile=" + given.Keys.File, "GlobalKnownHostsFile=/dev/null", "StrictHostKeyChecking=" + strict,
		"IdentitiesOnly=yes", "IdentityAgent=none", "PreferredAuthentications=publickey", "NumberOfPasswordPrompts=1",
		"ExitOnForwardFailure=yes", "PermitLocalCommand=yes", "LocalCommand=echo listening",
	} {
		words = append(words, "-o"+option)
	}
	way := fmt.Sprintf("[%s]:%d:[%s]:%d", t.host, t.port, given.Target.Host, given.Target.Port)
	return append(words, "-L", way, "-p", fmt.Sprint(given.SSH.Port), "-l", given.SSH.User, given.SSH.Host)
}

func failure(code, message string) object {
	if message = strings.TrimSpace(message); message == "" {
		message = "ssh ended without a word"
	}
	return object{"error": object{"code": code, "message": message}}
}

// codeOf tells causes apart. Add "errors.code" to supports once it knows all that the protocol's page lists.
func codeOf(said string) string {
	for word, code := range map[string]string{
		"Permission denied (": "auth-failed", "Host key verification failed": "host-key-unknown",
		"Connection refused": "connection-refused", "in use": "port-in-use",
	} {
		if strings.Contains(said, word) {
			return code
		}
	}
	return "internal"
}

// missing returns the feature that this adapter lacks for a profile, if any.
func missing(given profile) string {
	switch {
	case given.Auth.Method != "key":
		return "auth." + given.Auth.Method
	case len(given.Jumps) > 0:
		return "jump"
	case given.Totp != nil:
		return "totp." + given.Totp.Mode
	case given.Target.Path != "":
		return "target.socket"
	}
	return ""
}

// handle returns the reply to a request without its id. Each has a goroutine of its own: none holds up another.
func handle(r request, t *tunnel) object {
	switch r.Do {
	case "hello":
		return object{"ok": object{"protocol": 1, "implementation": about, "supports": supports}}
	case "open":
		if feature := missing(r.Profile); feature != "" {
			return object{"unsupported": feature}
		}
		return t.open()
	case "close":
		if t != nil {
			t.close()
		}
		return object{"ok": object{}}
	case "status":
		if t == nil {
			return failure("bad-profile", "there is no tunnel "+r.Tunnel+"; open it first")
		}
		return t.status()
	case "bye":
		for _, one := range tunnels {
			one.close()
		}
		return object{"ok": object{}}
	}
	return object{"unsupported": r.Do}
}

func serve() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		lock.Lock()
		if r.Answer != 0 {
			answers[r.Answer] <- r.Value
			lock.Unlock()
			continue
		}
		if r.Do == "open" {
			tunnels[r.Tunnel] = newTunnel(r.Tunnel, r.Profile)
		}
		t := tunnels[r.Tunnel]
		lock.Unlock()
		go func() {
			reply := handle(r, t)
			reply["id"] = r.ID
			send(reply)
			if r.Do == "bye" {
				os.Exit(0)
			}
		}()
	}
}

// beAskpass is what ssh runs with its question as the argument; the adapter answers through the socket.
func beAskpass(path string) {
	adapter, err := net.Dial("unix", path)
	if err != nil {
		os.Exit(1)
	}
	io.WriteString(adapter, os.Args[1])
	adapter.(*net.UnixConn).CloseWrite()
	answer, _ := io.ReadAll(adapter)
	fmt.Println(string(answer))
	if len(answer) == 0 {
		os.Exit(1)
	}
}

func main() {
	if path := os.Getenv("ASKPASS_SOCKET"); path != "" {
		beAskpass(path)
		return
	}
	serve()
}
