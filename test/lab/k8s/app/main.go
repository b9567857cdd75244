// The shop as a container: it answers as test/fixtures/node-app does, and its environment says how it misbehaves.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// How long a draining app waits for its kept connections to go away by themselves.
const defaultDrain = 3 * time.Second

// The longest time for a request that was already being answered.
const finishTime = 20 * time.Second

func main() {
	if len(os.Args) > 1 && os.Args[1] == "job" {
		os.Exit(runJob())
	}
	if os.Getenv("CRASH") == "1" {
		crash()
	}
	eat(number("EAT_MIB", 0))
	time.Sleep(duration("START_TIME", 0))
	life := newLife()
	server := &http.Server{Handler: newShop(life), ConnState: life.track}
	listener := listen(":" + text("PORT", "8080"))
	go serve(server, listener)
	fmt.Println("version", os.Getenv("VERSION"), "listens on", listener.Addr())

	told := make(chan os.Signal, 1)
	signal.Notify(told, syscall.SIGTERM, syscall.SIGINT)
	<-told
	if os.Getenv("GRACEFUL") == "0" {
		return
	}
	// New connections are refused from here on: that none comes any more is what preStop is for.
	listener.Close()
	life.drain(duration("DRAIN", defaultDrain))
	finish, cancel := context.WithTimeout(context.Background(), finishTime)
	defer cancel()
	server.Shutdown(finish)
}

func listen(address string) net.Listener {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	return listener
}

func serve(server *http.Server, listener net.Listener) {
	if err := server.Serve(listener); !errors.Is(err, net.ErrClosed) && err != http.ErrServerClosed {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// More lines than anybody wants to see, so that whoever explains the crash has to choose.
func crash() {
	for line := 1; line <= 60; line++ {
		fmt.Fprintf(os.Stderr, "start-up step %d\n", line)
	}
	fmt.Fprintln(os.Stderr, "fatal: no such table: orders")
	os.Exit(1)
}

func runJob() int {
	fmt.Println("migrating with", os.Getenv("VERSION"))
	time.Sleep(duration("JOB_TIME", 0))
	status := number("JOB_STATUS", 0)
	fmt.Println("migration ended with status", status)
	return status
}

// Really used memory: every page is written to.
var eaten [][]byte

func eat(mib int) {
	for range mib {
		block := make([]byte, 1<<20)
		for index := 0; index < len(block); index += 4096 {
			block[index] = 1
		}
		eaten = append(eaten, block)
	}
}
