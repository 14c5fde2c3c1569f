#!/usr/bin/env bash
# gcc and clang compile every file without a warning, and every header compiles alone.
# Timeout: 600
# A ninja file of its own, so that only what has changed is looked at again.
set -u
cd "$(dirname "$0")/../.."
dir=$BUILD_DIR/house
mkdir -p "$dir"
command -v clang >/dev/null || { echo "clang is missing"; exit 1; }

echo 'typedef int house_alone;' >"$dir/alone.c"

# The include folders of the libraries; as system ones, so that only our own files are judged.
libraries=$(for module in $(sed -n 's/.*[[:space:]]pkg:\([^[:space:]]*\).*/\1/p' tools/packages.txt) libgit2; do
	pkg-config --cflags-only-I "$module" 2>/dev/null
done | tr '\n' ' ' | sed 's/-I/-isystem /g')
flags="-std=gnu2x -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -DSLUICE_VERSION=\\\"0\\\" -I$BUILD_DIR -Isrc -Itest/unit $libraries"
flags="$flags -Wall -Wextra -Wpedantic $(tr '\n' ' ' <tools/warnings.txt) -Werror -fsyntax-only"
{
	echo "builddir = $dir"
	echo "flags = $flags"
	for compiler in gcc clang; do
		echo "rule $compiler"
		echo "  command = $compiler \$flags -include src/base/banned.h -MMD -MF \$out.d -MT \$out \$in && touch \$out"
		echo "  depfile = \$out.d"
		echo "  deps = gcc"
		echo "  description = $compiler \$in"
		echo "rule $compiler-header"
		echo "  command = $compiler \$flags -Wno-unused -include \$in -MMD -MF \$out.d -MT \$out $dir/alone.c && touch \$out"
		echo "  depfile = \$out.d"
		echo "  deps = gcc"
		echo "  description = $compiler \$in alone"
	done
	find src test -name '*.c' -not -path '*/node_modules/*' | LC_ALL=C sort | while read -r file; do
		for compiler in gcc clang; do echo "build $dir/$file.$compiler: $compiler $file | src/base/banned.h"; done
	done
	find src test -name '*.h' -not -path '*/node_modules/*' | LC_ALL=C sort | while read -r file; do
		for compiler in gcc clang; do echo "build $dir/$file.$compiler: $compiler-header $file"; done
	done
} >"$dir/build.ninja"
ninja -f "$dir/build.ninja" -k 0 -j 2 --quiet
