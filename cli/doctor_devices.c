/*
 * Where each TEE's evidence comes from, looked at as its producer would. A machine has one of them at most, so what is absent is a
 * fault only when it was asked for (--tee). Opening a device asks it for nothing.
 */
#include "doctor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum finding not_here(const struct doctor *d, enum tee_kind kind)
{
	return d->tee == kind ? MISSING : ABSENT;
}

static void path_of(const struct doctor *d, char out[static PATH_MAX], const char *path)
{
	snprintf(out, PATH_MAX, "%s%s", d->sysroot, path);
}

static bool exists(const struct doctor *d, const char *path)
{
	char full[PATH_MAX];

	path_of(d, full, path);
	return access(full, F_OK) == 0;
}

/* There, and this user may use it? A device that exists and cannot be opened is worth more words than one that is absent. */
static enum finding open_device(const struct doctor *d, enum tee_kind kind, const char *path, char detail[static DETAIL_MAX])
{
	char full[PATH_MAX];

	path_of(d, full, path);
	int fd = open(full, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	int why = errno;
	if (fd >= 0) {
		close(fd);
		snprintf(detail, DETAIL_MAX, "%s opens", path);
		return FINE;
	}
	snprintf(detail, DETAIL_MAX, "%s: %s", path, why == ENOENT ? "not here" : strerror(why));
	return why == ENOENT ? not_here(d, kind) : d->tee == kind ? MISSING : WEAK;
}

enum finding probe_nitro(const struct doctor *d, char detail[static DETAIL_MAX])
{
	return open_device(d, TEE_NITRO, "/dev/nsm", detail);
}

/* Gramine says in a file which kind of attestation its manifest asks for. */
enum finding probe_sgx(const struct doctor *d, char detail[static DETAIL_MAX])
{
	char full[PATH_MAX], type[32] = "";

	path_of(d, full, "/dev/attestation/attestation_type");
	int fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		bool host = exists(d, "/dev/sgx_enclave");
		snprintf(detail, DETAIL_MAX, "/dev/attestation: %s", host ? "not here; /dev/sgx_enclave is: this is an SGX host, outside Gramine" : "not here");
		return not_here(d, TEE_SGX);
	}
	ssize_t n = read(fd, type, sizeof type - 1);
	close(fd);
	type[n > 0 ? n : 0] = 0;
	type[strcspn(type, "\n")] = 0;
	bool dcap = strcmp(type, "dcap") == 0;
	for (char *p = type; *p; p++)
		*p = *p >= ' ' && *p <= '~' ? *p : '?';
	snprintf(detail, DETAIL_MAX, "Gramine, attestation type \"%s\"%s", type, dcap ? "" : "; \"dcap\" is needed");
	return dcap ? FINE : d->tee == TEE_SGX ? MISSING : WEAK;
}

/* configfs-tsm: a report is asked for by making a folder, so its parent must be writable. */
static bool tsm_is_usable(const struct doctor *d, char detail[static DETAIL_MAX])
{
	static const char path[] = "/sys/kernel/config/tsm/report";
	char full[PATH_MAX];

	path_of(d, full, path);
	if (access(full, W_OK | X_OK) == 0) {
		snprintf(detail, DETAIL_MAX, "%s can be written", path);
		return true;
	}
	snprintf(detail, DETAIL_MAX, "%s: %s", path, errno == ENOENT ? "not here" : strerror(errno));
	return false;
}

enum finding probe_tdx(const struct doctor *d, char detail[static DETAIL_MAX])
{
	char device[DETAIL_MAX];
	bool guest = exists(d, "/dev/tdx_guest"), usable = tsm_is_usable(d, detail);

	if (guest && usable)
		return FINE;
	snprintf(device, sizeof device, "/dev/tdx_guest %s; %.180s", guest ? "is here" : "is not here", detail);
	memcpy(detail, device, DETAIL_MAX);
	return guest && d->tee != TEE_TDX ? WEAK : not_here(d, TEE_TDX);
}

/* configfs-tsm first, as the producer does; /dev/sev-guest without it. */
enum finding probe_snp(const struct doctor *d, char detail[static DETAIL_MAX])
{
	bool guest = exists(d, "/dev/sev-guest");

	if (guest && tsm_is_usable(d, detail))
		return FINE;
	return open_device(d, TEE_SNP, "/dev/sev-guest", detail);
}

enum finding probe_tpm(const struct doctor *d, char detail[static DETAIL_MAX])
{
	return open_device(d, TEE_TPM, "/dev/tpmrm0", detail);
}
