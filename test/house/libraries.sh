#!/usr/bin/env bash
# Each program needs only the libraries that test/house/libraries.txt allows it: what a process loads, it pays for at each start.
set -u
cd "$(dirname "$0")/../.."
bad=0 seen=0
while IFS=: read -r program allowed; do
	case $program in '' | '#'*) continue ;; esac
	[ -f "$BUILD_DIR/$program" ] || continue
	seen=$((seen + 1))
	needed=$(readelf -d "$BUILD_DIR/$program" | sed -n 's/.*(NEEDED).*\[\(.*\)\.so.*\]/\1/p')
	if [ "$allowed" = " static" ] && readelf -l "$BUILD_DIR/$program" | grep -q INTERP; then
		echo "$program must be static, and asks for a dynamic loader"
		bad=1
	fi
	for library in $needed; do
		[[ " $allowed " == *" $library "* ]] || { echo "$program may not need $library"; bad=1; }
	done
done <test/house/libraries.txt
for program in "$BUILD_DIR"/sluice* "$BUILD_DIR"/libexec/sluice*; do
	[ -f "$program" ] && [ -x "$program" ] || continue
	grep -q "^${program#"$BUILD_DIR"/}:" test/house/libraries.txt || { echo "test/house/libraries.txt does not name ${program#"$BUILD_DIR"/}"; bad=1; }
done
[ $seen -gt 0 ] || { echo "no program has been built yet"; exit 77; }
exit $bad
