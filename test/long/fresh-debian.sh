#!/usr/bin/env bash
# On a fresh Debian 12 with git, make and a C compiler only, `make build`, `make run` and `make test`
# install what is missing, and pass.
# Timeout: 3600
# Needs root, debootstrap and the Debian mirror that apt is configured with here. FRESH_TARGETS chooses what is made
# (default "build run test"); FRESH_ROOT names a folder that is kept and used again as it is.
set -eu
cd "$(dirname "$0")/../.."
[ "$(id -u)" = 0 ] || { echo "needs root, for chroot"; exit 77; }
command -v debootstrap >/dev/null || { echo "needs debootstrap"; exit 77; }
mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 'Codename: bookworm' 'Component: main' 2>/dev/null | head -n 1)
[ -n "$mirror" ] || mirror=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null | head -n 1)
[ -n "$mirror" ] || { echo "apt here knows no mirror"; exit 77; }

# In a mount and process namespace of its own: what is mounted and started goes when this ends.
if [ "${FRESH_INSIDE:-}" != yes ]; then
	FRESH_INSIDE=yes exec unshare --mount --pid --fork --kill-child --propagation private bash "$0" "$@"
fi

root=${FRESH_ROOT:-$(mktemp -d "${TMPDIR:-/tmp}/sluice-fresh.XXXXXX")}
[ -n "${FRESH_ROOT:-}" ] || trap 'umount -R "$root"/* 2>/dev/null || true; rm -rf --one-file-system "$root"' EXIT
mkdir -p "$root" && chmod 755 "$root"
if [ ! -e "$root/etc/debian_version" ]; then
	echo "== a fresh Debian in $root"
	debootstrap --variant=minbase --include=git,make,gcc,libc6-dev,ca-certificates bookworm "$root" "$mirror" >"$root.log" 2>&1 ||
		{ tail -n 20 "$root.log"; exit 1; }
	rm -f "$root.log"
	# As the installer leaves it: security updates too. How to reach the network is this machine's own matter.
	cp /etc/apt/sources.list.d/debian.sources "$root/etc/apt/sources.list.d/" 2>/dev/null && rm -f "$root/etc/apt/sources.list"
	cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
fi
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
mkdir -p "$root/run/lock"

rm -rf "$root/srv/sluice"
git clone -q --no-hardlinks . "$root/srv/sluice"
chown -R 0:0 "$root/srv/sluice"

inside() { # USER COMMAND
	chroot --userspec="$1" "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 RUN_ONCE=1 \
		${NODE_EXTRA_CA_CERTS:+NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt} \
		${npm_config_registry:+npm_config_registry="$npm_config_registry"} \
		bash -c "cd /srv/sluice && $2"
}

if ! inside 0:0 'tools/bootstrap --check' >/dev/null; then
	echo "== without root, it says what to do"
	chown -R 65534:65534 "$root/srv/sluice"
	if said=$(inside 65534:65534 'make build' 2>&1); then echo "make build passed without its libraries"; exit 1; fi
	grep -q '^  apt-get install .*libfyaml-dev' <<<"$said" || { echo "$said"; exit 1; }
	chown -R 0:0 "$root/srv/sluice"
fi
for target in ${FRESH_TARGETS:-build run test}; do
	echo "== make $target"
	if ! inside 0:0 "make $target" >"$root/$target.log" 2>&1; then
		tail -n 60 "$root/$target.log"
		exit 1
	fi
	grep -E '^[0-9]+ passed, [0-9]+ failed$' "$root/$target.log" || true
done
[ ! -f src/main/sluice.c ] || inside 0:0 'build/sluice --version'
