#!/bin/sh
# Starts an SNP guest from a bundle (parley image build --kernel … --ovmf … --vcpus N --cpu TYPE) with QEMU 9.1 or later on Linux 6.11 or later; vsock address CID:5000.
set -eu
[ $# -eq 2 ] || { echo "usage: run-guest.sh BUNDLE CID" >&2; exit 64; }
bundle=$1 cid=$2 memory=${PARLEY_MEMORY:-8G}
cmdline=${PARLEY_CMDLINE:-console=ttyS0 panic=-1} # as the bundle's manifest has it; vCPUs and processor type likewise: all are measured
exec "${QEMU:-qemu-system-x86_64}" -accel kvm -cpu "${PARLEY_CPU:-EPYC-Milan}" -smp "${PARLEY_VCPUS:-1}" -m "$memory" -nodefaults -no-user-config -display none \
	-object memory-backend-memfd,id=ram,size="$memory",share=true \
	-object sev-snp-guest,id=sev,cbitpos=51,reduced-phys-bits=1,kernel-hashes=on,policy=0x30000 \
	-machine q35,confidential-guest-support=sev,memory-backend=ram,vmport=off \
	-bios "$bundle/snp-ovmf.fd" -kernel "$bundle/guest-kernel" -initrd "$bundle/guest.cpio" -append "$cmdline" \
	-device vhost-vsock-pci,guest-cid="$cid",disable-legacy=on,iommu_platform=true -serial stdio -no-reboot
