# Everything is done by the scripts in tools/; `make help` lists them.
.PHONY: help build run test test-long bench clean
help:      ; @sed -n 's/^#: //p' Makefile
build:     ; @tools/build
run: build ; @tools/run
test:      ; @tools/test
test-long: ; @tools/test --long
bench:     ; @tools/bench
clean:     ; @rm -rf build build-*
#: make build | run [REPO=PATH PRESET=NAME] | test [SAN=1] | test-long | bench | clean
.DEFAULT_GOAL := build
