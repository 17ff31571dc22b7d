#!/bin/sh
# The recipe for a Nitro image: kernel, optionally AWS's bootstrap ramdisk, our programs from PARLEY_BIN (default: build/release/bin).
# With PARLEY_SIGN=NAME, NAME.pem and NAME.key (made here when missing) sign it.
set -eu
[ $# -ge 2 ] || { echo "usage: build-eif.sh OUT KERNEL [BOOTSTRAP_RAMDISK]" >&2; exit 64; }
bin=${PARLEY_BIN:-$(cd "$(dirname "$0")/../../.." && pwd)/build/release/bin}
out=$1 kernel=$2 init=${3:-}
set -- --out "$out" --release "${PARLEY_RELEASE:-unnamed}" --kernel "$kernel"
[ -z "$init" ] || set -- "$@" --init "$init"
if [ -n "${PARLEY_SIGN:-}" ]; then
	[ -e "$PARLEY_SIGN.pem" ] || openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes -sha384 -days 3650 \
		-subj "/CN=parley enclave image" -keyout "$PARLEY_SIGN.key" -out "$PARLEY_SIGN.pem"
	set -- "$@" --signing-cert "$PARLEY_SIGN.pem" --signing-key "$PARLEY_SIGN.key"
fi
exec "$bin/parley" image build "$@"
