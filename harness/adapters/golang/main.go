// An adapter for tunspec around golang.org/x/crypto/ssh: this file is the talk, tunnel.go the tunnel.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
)

type object = map[string]any

var (
	supports = []string{
		"auth.password", "auth.key", "auth.agent", "auth.keyboard-interactive", "auth.none", "auth.certificate",
		"totp.prompt", "jump", "target.socket", "host-keys.ask", "status",
	}
	cancelled = object{"code": "cancelled", "message": "the tunnel was closed while it opened"}

	out     sync.Mutex // holds the order of what is sent
	lock    sync.Mutex // holds what follows
	tunnels = map[string]*tunnel{}
	answers = map[int]chan *string{}
	asked   int
)

type auth struct {
	Method, Password, File, Socket string
	Passphrase                     *string
}

type hop struct {
	Host, User string
	Port       int
	Auth       auth
}

type profile struct {
	SSH      hop `json:"ssh"`
	Auth     auth
	Totp     *struct{ Mode string }
	Jumps    []hop
	HostKeys struct{ File, Unknown string } `json:"host_keys"`
	Target   struct {
		Host, Path string
		Port       int
	}
	Local struct {
		Host string
		Port int
	}
	Timeouts struct{ Connect float64 }
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

// expand returns a path of the profile, below the home where it begins with ~/.
func expand(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return filepath.Join(os.Getenv("HOME"), rest)
	}
	return path
}

func agentSocket(given auth) string {
	switch given.Socket {
	case "":
		return os.Getenv("SSH_AUTH_SOCK")
	case "1password":
		return expand("~/Library/Group Containers/2BUA8C4S2C.com.1password/t/agent.sock")
	}
	return expand(given.Socket)
}

// talk is what tunspec is told of one tunnel.
type talk struct {
	sync.Mutex
	name    string
	profile profile
	state   string
	err     object
	place   object
	opened  chan object
}

func (t *talk) localHost() string {
	if t.profile.Local.Host == "" {
		return "127.0.0.1"
	}
	return t.profile.Local.Host
}

// hops returns the servers on the way, each with its login.
func (t *talk) hops() []hop {
	last := t.profile.SSH
	last.Auth = t.profile.Auth
	hops := append(slices.Clone(t.profile.Jumps), last)
	for i := range hops {
		if hops[i].Port == 0 {
			hops[i].Port = 22
		}
	}
	return hops
}

// become takes a new state and tells it, unless the tunnel is closed; it returns whether the state was taken.
func (t *talk) become(state string, err object) bool {
	t.Lock()
	defer t.Unlock()
	if t.state == "closed" || t.state == state {
		return false
	}
	t.state, t.err = state, err
	event := object{"event": "state", "tunnel": t.name, "state": state}
	if err != nil {
		event["error"] = err
	}
	send(event)
	return true
}

func (t *talk) lost(err error) {
	why := "the session has ended"
	if err != nil {
		why = err.Error()
	}
	t.become("failed", object{"code": "internal", "message": why})
}

// open returns the reply to an open, without its id.
func (t *tunnel) open() object {
	t.become("connecting", nil)
	go func() {
		host, port, err := t.connect()
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			t.disconnect()
			failure := object{"code": "internal", "message": err.Error()}
			if t.become("failed", failure) {
				t.opened <- object{"error": failure}
			}
			return
		}
		t.place = object{"host": host, "port": port}
		if t.become("connected", nil) {
			t.opened <- object{"ok": t.place}
		} else {
			t.disconnect()
		}
	}()
	return <-t.opened
}

func (t *tunnel) close() {
	if t.become("closed", nil) {
		select {
		case t.opened <- object{"error": cancelled}: // nobody hears it who has heard another
		default:
		}
	}
	t.disconnect()
}

func (t *talk) status() object {
	t.Lock()
	defer t.Unlock()
	said := object{"state": t.state}
	if t.err != nil {
		said["error"] = t.err
	}
	if t.state == "connected" {
		said["host"], said["port"] = t.place["host"], t.place["port"]
	}
	return object{"ok": said}
}

// missing returns what a profile needs and the library does not do.
func missing(given profile) string {
	needs := []string{"auth." + given.Auth.Method}
	for _, jump := range given.Jumps {
		needs = append(needs, "auth."+jump.Auth.Method)
	}
	if given.Totp != nil {
		needs = append(needs, "totp."+given.Totp.Mode)
	}
	for _, feature := range needs {
		if !slices.Contains(supports, feature) {
			return feature
		}
	}
	return ""
}

// version returns that of the library, as this program was built with it.
func version() string {
	built, _ := debug.ReadBuildInfo()
	for _, module := range built.Deps {
		if module.Path == "golang.org/x/crypto" {
			return strings.TrimPrefix(module.Version, "v")
		}
	}
	return "unknown"
}

// handle returns the reply to a request without its id.
func handle(r request, t *tunnel) object {
	switch r.Do {
	case "hello":
		about := object{"name": "golang.org/x/crypto/ssh", "version": version(), "language": "Go"}
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
			return object{"error": object{"code": "bad-profile", "message": "there is no such tunnel; open it first"}}
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

// main answers requests until bye or the end of the input. Each has a goroutine of its own: none holds up another.
func main() {
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
			tunnels[r.Tunnel] = &tunnel{talk: talk{name: r.Tunnel, profile: r.Profile, opened: make(chan object, 1)}}
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
