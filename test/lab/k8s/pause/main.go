// Holds namespaces open and buries the dead in them: of a pod, and of the lab's machines.
// With "until-eof" as its first argument it ends, and all in its namespaces with it, when its stdin does.
package main

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGCHLD, syscall.SIGINT, syscall.SIGTERM)
	if len(os.Args) > 1 && os.Args[1] == "until-eof" {
		go endWithStdin()
	}
	fmt.Println("holding")
	for signal := range signals {
		if signal != syscall.SIGCHLD {
			return
		}
		reap()
	}
}

func endWithStdin() {
	io.Copy(io.Discard, os.Stdin)
	os.Exit(0)
}

func reap() {
	for {
		pid, err := syscall.Wait4(-1, nil, syscall.WNOHANG, nil)
		if err != nil || pid <= 0 {
			return
		}
	}
}
