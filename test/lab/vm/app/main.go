// The shop as one static program, for hosts without Node: it answers as test/fixtures/node-app does.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

const slow = 300 * time.Millisecond

func main() {
	go dropDead()
	listener, err := net.Listen("tcp", os.Getenv("HOST")+":"+os.Getenv("PORT"))
	if err != nil {
		fmt.Fprintln(os.Stderr, "cannot listen:", err)
		os.Exit(1)
	}
	fmt.Println("shop", version(), "listens on", listener.Addr())
	tellSystemd()
	// Longer than any balancer keeps an idle connection.
	server := &http.Server{Handler: http.HandlerFunc(answer), IdleTimeout: 2 * time.Minute}
	fmt.Fprintln(os.Stderr, server.Serve(listener))
	os.Exit(1)
}

func version() string { return os.Getenv("SLIPWAY_VERSION") }

// Whoever tells it to stop has drained it: it dies without a last word, so that a missing drain shows.
func dropDead() {
	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM)
	<-told
	syscall.Kill(os.Getpid(), syscall.SIGKILL)
}

// For units with Type=notify.
func tellSystemd() {
	socket := os.Getenv("NOTIFY_SOCKET")
	if socket == "" {
		return
	}
	connection, err := net.Dial("unixgram", socket)
	if err != nil {
		return
	}
	defer connection.Close()
	connection.Write([]byte("READY=1"))
}

func answer(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if r.URL.Path == "/slow" {
		time.Sleep(slow)
	}
	status := http.StatusOK
	if _, err := os.Stat("BROKEN"); err == nil && r.URL.Path == "/healthz" {
		status = http.StatusInternalServerError
	}
	text, _ := json.Marshal(map[string]any{
		"version": version(), "pid": os.Getpid(), "path": r.URL.Path, "method": r.Method, "echo": string(body),
	})
	w.Header().Set("content-type", "application/json")
	w.Header().Set("x-version", version())
	w.WriteHeader(status)
	w.Write(append(text, '\n'))
}
