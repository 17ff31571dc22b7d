#!/bin/sh
# Starts a TDX guest from a bundle (parley image build --kernel … --tdvf …) with QEMU 10.1 or later on Linux 6.16 or later; vsock address CID:5000.
set -eu
[ $# -eq 2 ] || { echo "usage: run-guest.sh BUNDLE CID" >&2; exit 64; }
bundle=$1 cid=$2
cmdline=${PARLEY_CMDLINE:-console=ttyS0 panic=-1} # as the bundle's manifest has it: it is measured
exec "${QEMU:-qemu-system-x86_64}" -accel kvm -cpu host -smp "${PARLEY_VCPUS:-2}" -m "${PARLEY_MEMORY:-8G}" -nodefaults -no-user-config -display none \
	-object '{"qom-type":"tdx-guest","id":"tdx","quote-generation-socket":{"type":"vsock","cid":"2","port":"4050"}}' \
	-machine q35,kernel-irqchip=split,confidential-guest-support=tdx,hpet=off \
	-bios "$bundle/tdx-tdvf.fd" -kernel "$bundle/guest-kernel" -initrd "$bundle/guest.cpio" -append "$cmdline" \
	-device vhost-vsock-pci,guest-cid="$cid" -serial stdio -no-reboot
