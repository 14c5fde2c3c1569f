#!/usr/bin/env bash
# Every kind of event that the use cases write is in docs/events.md.
set -u
cd "$(dirname "$0")/../.." || exit 1
kinds=$(tr '\n' ' ' <<<"$(cat src/app/*.c)" |
	grep -oE '(app_data_event|app_event|app_deployment_event|end_waiting|release_move)\([^;]*;|event_of\[[^;]*;' | grep -oE '"[a-z]+(-[a-z]+)*"' | tr -d '"' | grep -vxE 'data|text|aborted|refused|superseded|roll-back' | sort -u)
[ "$(wc -l <<<"$kinds")" -gt 20 ] || { echo "only these kinds were found: $kinds"; exit 1; }
missing=0
for kind in $kinds; do
	grep -q "\`$kind\`" docs/events.md || { echo "docs/events.md does not have $kind"; missing=1; }
done
exit $missing
