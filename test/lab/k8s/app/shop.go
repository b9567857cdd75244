package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"
)

const slow = 300 * time.Millisecond

type answer map[string]any

func newShop(life *life) http.Handler {
	shop := http.NewServeMux()
	shop.HandleFunc("/healthz", func(w http.ResponseWriter, r *http.Request) {
		if !life.ready() {
			write(w, http.StatusServiceUnavailable, answer{"healthy": false})
			return
		}
		write(w, http.StatusOK, answer{"healthy": true})
	})
	shop.HandleFunc("GET /data", readData)
	shop.HandleFunc("POST /data", writeData)
	shop.HandleFunc("/config", showConfig)
	shop.HandleFunc("/slow", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(slow)
		echo(w, r)
	})
	shop.HandleFunc("/", echo)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(duration("LATENCY", 0))
		if life.saysClose() {
			w.Header().Set("connection", "close")
		}
		shop.ServeHTTP(w, r)
	})
}

func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		write(w, http.StatusBadRequest, answer{"error": err.Error()})
		return
	}
	write(w, http.StatusOK, answer{"path": r.URL.Path, "method": r.Method, "echo": string(body)})
}

// One file on the volume: what was written through an old pod is read through a new one.
func dataFile() string {
	return filepath.Join(text("DATA", "/data"), "value")
}

func readData(w http.ResponseWriter, _ *http.Request) {
	value, err := os.ReadFile(dataFile())
	if err != nil {
		write(w, http.StatusNotFound, answer{"error": err.Error()})
		return
	}
	write(w, http.StatusOK, answer{"value": string(value)})
}

func writeData(w http.ResponseWriter, r *http.Request) {
	value, err := io.ReadAll(r.Body)
	if err == nil {
		err = os.WriteFile(dataFile(), value, 0o644)
	}
	if err != nil {
		write(w, http.StatusInternalServerError, answer{"error": err.Error()})
		return
	}
	write(w, http.StatusOK, answer{"value": string(value)})
}

// What came from ConfigMaps and Secrets; of the secret only a digest, even in a test.
func showConfig(w http.ResponseWriter, _ *http.Request) {
	mounted, _ := os.ReadFile(filepath.Join(text("CONFIG", "/config"), "greeting"))
	token := sha256.Sum256([]byte(os.Getenv("TOKEN")))
	write(w, http.StatusOK, answer{
		"greeting":    os.Getenv("GREETING"),
		"mounted":     string(mounted),
		"tokenDigest": hex.EncodeToString(token[:]),
	})
}

func write(w http.ResponseWriter, status int, value answer) {
	value["version"] = os.Getenv("VERSION")
	value["pod"], _ = os.Hostname()
	body, _ := json.Marshal(value)
	w.Header().Set("content-type", "application/json")
	w.Header().Set("x-version", os.Getenv("VERSION"))
	w.WriteHeader(status)
	w.Write(append(body, '\n'))
}
