package sandbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"time"
)

// Time-outs of Serve and of one exchange. None covers the time an answer is
// held or delayed.
const (
	headerTimeout   = 10 * time.Second
	bodyTimeout     = 30 * time.Second
	writeTimeout    = 30 * time.Second
	idleTimeout     = 2 * time.Minute
	shutdownTimeout = 2 * time.Second
)

// Serve answers calls from l until ctx ends, then lets held and delayed
// answers leave at once, closes l and returns nil. Late payments that have not
// landed are cut off without an answer. g stays open.
func Serve(ctx context.Context, l net.Listener, g *Gateway) error {
	stop := ctx.Done()
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			g.exchange(w, r, stop)
		}),
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		ErrorLog:          log.New(io.Discard, "", 0), // a library prints nothing
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	select {
	case err := <-ended:
		return fmt.Errorf("serve sandbox: %w", err)
	case <-stop:
	}
	return shutdown(server, ended)
}

// shutdown lets the answers on their way leave, then cuts what is left: a
// client that does not read its answer cannot keep the gateway up.
func shutdown(server *http.Server, ended <-chan error) error {
	grace, cancel := context.WithTimeout(context.Background(), shutdownTimeout)
	defer cancel()
	err := server.Shutdown(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	<-ended
	if err != nil {
		return fmt.Errorf("stop sandbox: %w", err)
	}
	return nil
}

// TB is what NewServer needs of a *testing.T or *testing.B. It keeps package
// testing out of programs that embed the sandbox.
type TB interface {
	Helper()
	Fatalf(format string, args ...any)
	Cleanup(func())
}

// Server is a gateway that listens on a loopback port of its own.
type Server struct {
	*Gateway
	URL string // "http://127.0.0.1:PORT", without a slash at the end

	cancel  context.CancelFunc
	stopped chan struct{} // closed when Serve returned
	served  error         // of Serve; read after stopped
}

// NewServer starts a gateway for a test and closes it when the test ends. A
// gateway that cannot start or stop fails the test.
func NewServer(t TB, c Config) *Server {
	t.Helper()
	g, err := New(c)
	if err != nil {
		t.Fatalf("start sandbox: %v", err)
		return nil
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("start sandbox: %v", errors.Join(err, g.Close()))
		return nil
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &Server{Gateway: g, URL: "http://" + l.Addr().String(), cancel: cancel, stopped: make(chan struct{})}
	go func() {
		defer close(s.stopped)
		s.served = Serve(ctx, l, g)
	}()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Fatalf("stop sandbox: %v", err)
		}
	})
	return s
}

// Close stops listening, lets held answers leave, and closes the gateway. A
// second Close does nothing more.
func (s *Server) Close() error {
	s.cancel()
	<-s.stopped
	return errors.Join(s.served, s.Gateway.Close())
}
