// Serves SSH with golang.org/x/crypto/ssh on loopback: forwards TCP for whoever has the key in the file named first.
// The first line of standard output is the port, the second the host key.
package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net"
	"os"

	"golang.org/x/crypto/ssh"
)

func main() {
	file, err := os.ReadFile(os.Args[1])
	check(err)
	authorized, _, _, _, err := ssh.ParseAuthorizedKey(file)
	check(err)
	config := &ssh.ServerConfig{
		PublicKeyCallback: func(_ ssh.ConnMetadata, key ssh.PublicKey) (*ssh.Permissions, error) {
			if !bytes.Equal(key.Marshal(), authorized.Marshal()) {
				return nil, fmt.Errorf("this key is not authorized")
			}
			return nil, nil
		},
	}
	_, private, err := ed25519.GenerateKey(rand.Reader)
	check(err)
	signer, err := ssh.NewSignerFromKey(private)
	check(err)
	config.AddHostKey(signer)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Printf("%d\n%s", listener.Addr().(*net.TCPAddr).Port, ssh.MarshalAuthorizedKey(signer.PublicKey()))
	for {
		accepted, err := listener.Accept()
		check(err)
		go serve(accepted, config)
	}
}

func serve(accepted net.Conn, config *ssh.ServerConfig) {
	_, channels, requests, err := ssh.NewServerConn(accepted, config)
	if err != nil {
		log.Print(err)
		return
	}
	go ssh.DiscardRequests(requests)
	for asked := range channels {
		if asked.ChannelType() != "direct-tcpip" {
			asked.Reject(ssh.UnknownChannelType, "this server forwards only")
			continue
		}
		go forward(asked)
	}
}

func forward(asked ssh.NewChannel) {
	var to struct {
		Host           string
		Port           uint32
		OriginatorHost string
		OriginatorPort uint32
	}
	if err := ssh.Unmarshal(asked.ExtraData(), &to); err != nil {
		asked.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	target, err := net.Dial("tcp", net.JoinHostPort(to.Host, fmt.Sprint(to.Port)))
	if err != nil {
		asked.Reject(ssh.ConnectionFailed, err.Error())
		return
	}
	channel, requests, err := asked.Accept()
	if err != nil {
		target.Close()
		return
	}
	go ssh.DiscardRequests(requests)
	done := make(chan struct{})
	go func() {
		io.Copy(target, channel)
		target.(*net.TCPConn).CloseWrite()
		close(done)
	}()
	io.Copy(channel, target)
	channel.CloseWrite()
	<-done
	channel.Close()
	target.Close()
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
