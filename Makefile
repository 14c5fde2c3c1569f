# Everything is done by the scripts in tools/; `make help` lists them.
.PHONY: help build install run test test-long bench clean
help:      ; @sed -n 's/^#: //p' Makefile
build:     ; @tools/build
install:   ; @tools/install
run: build ; @tools/run
test:      ; @tools/test
test-long: ; @tools/test --long
bench:     ; @tools/bench
clean:     ; @rm -rf build build-*
#: make build | install [PREFIX=DIR DESTDIR=DIR] | run [REPO=PATH PRESET=NAME] | test [SAN=1] | test-long | bench | clean
.DEFAULT_GOAL := build
