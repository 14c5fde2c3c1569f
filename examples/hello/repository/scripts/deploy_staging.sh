#!/bin/sh
# Staging of the sample: says what it would put where. A real one copies files or starts containers.
set -eu
echo "staging: $SLUICE_REPOSITORY at $SLUICE_COMMIT (version ${SLUICE_VERSION:-none})"
