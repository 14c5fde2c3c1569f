#!/usr/bin/env bash
# A million branches and tags: what test/attack/many_refs.sh asks of ten thousand. Requirement: PR-6, RL-1
# Timeout: 900
BRANCHES=699999 TAGS=300000 exec bash "$(dirname "$0")/../attack/many_refs.sh"
