package main

import (
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
)

// policy lets the page use nothing but what this server sends; a figure is shown from a blob
// that the page made of it.
const policy = "default-src 'self'; img-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// A hostCheck knows by what names the server is reached. A page of another site that made its own name point
// here (DNS rebinding) comes with that name.
type hostCheck struct {
	loopback bool     // the server is reached from this machine alone
	names    []string // by which it is reached besides, without ports
}

// allows reports whether a request's Host is one of the server's.
func (h hostCheck) allows(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(strings.TrimPrefix(host, "["), "]")
	if strings.EqualFold(host, "localhost") || slices.ContainsFunc(h.names, func(name string) bool { return strings.EqualFold(name, host) }) {
		return true
	}
	// Nobody makes an address point elsewhere.
	ip := net.ParseIP(host)
	return ip != nil && (!h.loopback || ip.IsLoopback())
}

// guard lets through what comes from the page, from no other site, and for this host.
func guard(next http.Handler, hosts hostCheck) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	crossOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		refuseRequest(w, http.StatusForbidden, fmt.Errorf("a request of another site (Origin %q); only the page of this server may ask", r.Header.Get("Origin")))
	}))
	checked := crossOrigin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		if !hosts.allows(r.Host) {
			refuseRequest(w, http.StatusForbidden, fmt.Errorf("the host %q is not this server's; a name that is can be given by serve --host", r.Host))
			return
		}
		checked.ServeHTTP(w, r)
	})
}
