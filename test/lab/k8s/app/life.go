package main

import (
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

// Whether the app may get requests, and how many connections it has.
type life struct {
	began       time.Time
	draining    atomic.Bool
	connections atomic.Int64
}

func newLife() *life {
	return &life{began: time.Now()}
}

func (l *life) ready() bool {
	if os.Getenv("READY") == "false" {
		return false
	}
	return time.Since(l.began) >= duration("READY_DELAY", 0)
}

// While it drains, each answer tells its client to open the next connection elsewhere.
func (l *life) saysClose() bool {
	return l.draining.Load() && os.Getenv("CLOSE") != "0"
}

// Serves the connections that there are until every client has gone, or for the given time.
func (l *life) drain(limit time.Duration) {
	l.draining.Store(true)
	for deadline := time.Now().Add(limit); time.Now().Before(deadline) && l.connections.Load() > 0; {
		time.Sleep(10 * time.Millisecond)
	}
}

func (l *life) track(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		l.connections.Add(1)
	case http.StateClosed, http.StateHijacked:
		l.connections.Add(-1)
	}
}
