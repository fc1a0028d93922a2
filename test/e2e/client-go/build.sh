#!/usr/bin/env bash
# Builds the client-go program of Debian's golang-k8s-client-go-dev, and the test of examples/go, into
# .cache/client-go, unless they are there.
# Optimization is off, which halves the time; the compiler's cache is the user's, or GOCACHE.
set -euo pipefail
cd "$(dirname "$0")"
out=$(realpath -m ../../../.cache/client-go)
example=$(realpath ../../../examples/go)
mkdir -p "$out"
export CGO_ENABLED=0 GO111MODULE=off GOPATH=/usr/share/gocode
flags=(-gcflags='all=-N -l' -ldflags=-w)
[ "$out/main" -nt main.go ] || go build "${flags[@]}" -o "$out/main" main.go
[ "$out/example.test" -nt "$example/crash_test.go" ] || (cd "$example" && go test -c "${flags[@]}" -o "$out/example.test")
