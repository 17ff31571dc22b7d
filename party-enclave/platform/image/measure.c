/* The measurements of a bundle, one function for each kind of TEE. What is not given is listed with the reason, never made up. */
#include "image/archive.h"
#include "image/bundle.h"
#include "image/eif.h"
#include "image/sgx.h"
#include "image/snp.h"
#include "image/tdx.h"
#include "software/image.h"

#include <stdio.h>
#include <stdlib.h>

static const char *const part_files[PART_COUNT_] = {
    [PART_SOFTWARE] = "software.cpio",
    [PART_GUEST] = "guest.cpio",
    [PART_EIF] = "nitro.eif",
    [PART_KERNEL] = "guest-kernel",
    [PART_OVMF] = "snp-ovmf.fd",
    [PART_TDVF] = "tdx-tdvf.fd",
    [PART_SIGSTRUCT] = "sgx.sig",
};

const char *bundle_part_file(enum bundle_part part)
{
	return part > 0 && part < PART_COUNT_ ? part_files[part] : "?";
}

struct measuring {
	struct bundle_manifest *m;
	const struct slice *parts;
	struct problem *problem;
};

static enum status refuse(const struct measuring *w, enum bundle_part part, enum status st, const char *what)
{
	return st == ST_NO_MEMORY ? st : problem_set(w->problem, ST_IMAGE_INPUT, part_files[part], NULL, "%s (%s)", what, status_title(st));
}

static struct bundle_measurement *add(const struct measuring *w, enum tee_kind kind, const char *note)
{
	struct bundle_measurement *b = &w->m->measurement[w->m->n_measurements++];

	*b = (struct bundle_measurement){.kind = kind};
	snprintf(b->note, sizeof b->note, "%s", note);
	return b;
}

static void add_value(struct bundle_measurement *b, enum tee_register reg, const void *bytes, size_t len)
{
	struct tee_value *v = &b->values[b->n_values++];

	v->reg = (uint8_t)reg;
	v->len = (uint8_t)len;
	memcpy(v->bytes, bytes, len);
}

/* ---- software, tpm ---- */
static enum status code_of_archive(uint8_t out[static HASH_LEN], struct slice bytes)
{
	const char *names[IMAGE_FILES_MAX];
	uint8_t hashes[IMAGE_FILES_MAX][HASH_LEN];
	struct archive *a = calloc(1, sizeof *a);
	size_t n = 0;
	enum status st = a ? archive_read(a, bytes) : ST_NO_MEMORY;

	for (size_t i = 0; st == ST_OK && i < a->n; i++) {
		if (a->entry[i].mode == ARCHIVE_FOLDER)
			continue;
		if (a->entry[i].mode != ARCHIVE_PROGRAM || n == IMAGE_FILES_MAX) {
			st = ST_FORMAT;
			break;
		}
		const char *slash = strrchr(a->entry[i].name, '/');
		names[n] = slash ? slash + 1 : a->entry[i].name;
		blake2b_512(hashes[n++], a->entry[i].content, (struct slice){0});
	}
	if (st == ST_OK)
		image_measure(out, names, (const uint8_t(*)[HASH_LEN])hashes, n);
	free(a);
	return st;
}

static enum status measure_code(const struct measuring *w, enum tee_kind kind, const char *note)
{
	struct slice archive = w->parts[PART_SOFTWARE];
	uint8_t code[HASH_LEN];
	enum status st;

	if (!archive.len) {
		add(w, kind, "no program for the software TEE was given (--enclave)");
		return ST_OK;
	}
	st = code_of_archive(code, archive);
	if (st != ST_OK)
		return refuse(w, PART_SOFTWARE, st, "not an archive of an enclave");
	add_value(add(w, kind, note), TEE_REG_CODE, code, sizeof code);
	return ST_OK;
}

/* ---- nitro ---- */
static enum status measure_nitro(const struct measuring *w)
{
	struct eif_pcrs pcrs;
	struct eif eif;
	enum status st;

	if (!w->parts[PART_EIF].len) {
		add(w, TEE_NITRO, "no EIF: it needs a kernel with the NSM driver (--kernel) and parley-enclave-nitro");
		return ST_OK;
	}
	st = eif_read(&eif, w->parts[PART_EIF]);
	if (st == ST_OK)
		st = eif_measure(&pcrs, &eif);
	if (st != ST_OK)
		return refuse(w, PART_EIF, st, "not an enclave image file, or its signature is wrong");
	struct bundle_measurement *b = add(w, TEE_NITRO, pcrs.is_signed ? "signed image" : "unsigned image: PCR8 is zero");
	add_value(b, 0, pcrs.pcr0, sizeof pcrs.pcr0);
	add_value(b, 1, pcrs.pcr1, sizeof pcrs.pcr1);
	add_value(b, 2, pcrs.pcr2, sizeof pcrs.pcr2);
	if (pcrs.is_signed)
		add_value(b, 8, pcrs.pcr8, sizeof pcrs.pcr8);
	return ST_OK;
}

/* ---- sgx ---- */
static void add_number(struct bundle_measurement *b, enum tee_register reg, uint16_t v)
{
	const uint8_t bytes[2] = {(uint8_t)(v >> 8), (uint8_t)v};

	add_value(b, reg, bytes, sizeof bytes);
}

static enum status measure_sgx(const struct measuring *w)
{
	struct sgx_identity id;
	enum status st;

	if (!w->parts[PART_SIGSTRUCT].len) {
		add(w, TEE_SGX, "MRENCLAVE is a hash over pages that Gramine's own loader and signer lay out: give its SIGSTRUCT (--sigstruct)");
		return ST_OK;
	}
	st = sgx_sigstruct_read(&id, w->parts[PART_SIGSTRUCT]);
	if (st != ST_OK)
		return refuse(w, PART_SIGSTRUCT, st, "not a SIGSTRUCT, or its signature is wrong");
	struct bundle_measurement *b = add(w, TEE_SGX, id.debug_permitted ? "from the SIGSTRUCT; a DEBUG ENCLAVE may be started from it" : "from the SIGSTRUCT");
	add_value(b, TEE_REG_MRENCLAVE, id.mrenclave, sizeof id.mrenclave);
	add_value(b, TEE_REG_MRSIGNER, id.mrsigner, sizeof id.mrsigner);
	add_number(b, TEE_REG_ISVPRODID, id.isvprodid);
	add_number(b, TEE_REG_ISVSVN, id.isvsvn);
	return ST_OK;
}

/* ---- tdx ---- */
static enum status measure_tdx(const struct measuring *w)
{
	static const char *const notes[] = {[TDX_PAGE_BY_PAGE] = "KVM of Linux 6.16 and later; RTMR1 and RTMR2 are read off a first start",
	    [TDX_SECTION_BY_SECTION] = "KVM before Linux 6.16; RTMR1 and RTMR2 are read off a first start"};
	uint8_t mrtd[SHA384_LEN];

	if (!w->parts[PART_TDVF].len)
		add(w, TEE_TDX, "MRTD is that of the guest's firmware: give it (--tdvf)");
	for (enum tdx_order order = TDX_PAGE_BY_PAGE; w->parts[PART_TDVF].len && order <= TDX_SECTION_BY_SECTION; order++) {
		enum status st = tdx_mrtd(mrtd, w->parts[PART_TDVF], order);
		if (st != ST_OK)
			return refuse(w, PART_TDVF, st, "not firmware with TDVF metadata");
		add_value(add(w, TEE_TDX, notes[order]), TEE_REG_MRTD, mrtd, sizeof mrtd);
	}
	return ST_OK;
}

/* ---- snp ---- */
static const char *snp_lacks(const struct measuring *w)
{
	const struct bundle_settings *s = &w->m->settings;

	if (!w->parts[PART_OVMF].len)
		return "the launch digest begins with the guest's firmware: give it (--ovmf)";
	if (!w->parts[PART_GUEST].len || !w->parts[PART_KERNEL].len)
		return "the launch digest covers kernel and initrd: give --kernel, with parley-enclave-guest";
	return s->vcpus[0] && s->cpu[0] ? NULL : "the launch digest covers the vCPUs: give --vcpus and --cpu";
}

static enum status measure_guest(const struct measuring *w, const struct snp_guest *guest)
{
	uint8_t digest[SHA384_LEN];
	char note[BUNDLE_TEXT_MAX + 1];
	enum status st = snp_launch_digest(digest, guest);

	if (st != ST_OK)
		return refuse(w, PART_OVMF, st, "the firmware does not say where further vCPUs start");
	snprintf(note, sizeof note, "%u vCPU%s, %s, QEMU", guest->vcpus, guest->vcpus == 1 ? "" : "s", w->m->settings.cpu);
	add_value(add(w, TEE_SNP, note), TEE_REG_MEASUREMENT, digest, sizeof digest);
	return ST_OK;
}

static enum status measure_snp(const struct measuring *w)
{
	const struct bundle_settings *s = &w->m->settings;
	struct snp_firmware firmware;
	uint8_t seed[SHA384_LEN];
	struct snp_guest guest = {.firmware = &firmware, .seed = seed, .has_kernel = true, .kernel = w->parts[PART_KERNEL],
	    .initrd = w->parts[PART_GUEST], .cmdline = slice_str(s->cmdline)};
	const char *lacks = snp_lacks(w);
	enum status st;

	if (lacks) {
		add(w, TEE_SNP, lacks);
		return ST_OK;
	}
	st = snp_firmware_read(&firmware, w->parts[PART_OVMF]);
	if (st != ST_OK)
		return refuse(w, PART_OVMF, st, "not firmware with SEV metadata");
	if (!snp_firmware_hashes_kernel(&firmware)) {
		add(w, TEE_SNP, "this firmware does not hash the kernel, so its digest would not cover the enclave: use OvmfPkg/AmdSev");
		return ST_OK;
	}
	if (!snp_cpu_signature(&guest.cpu_signature, s->cpu))
		return problem_set(w->problem, ST_ARGUMENT, "--cpu", "EPYC, EPYC-Rome, EPYC-Milan, EPYC-Genoa, EPYC-Turin, or one of these with -vN",
		    "no processor type of this name: %s", s->cpu);
	snp_firmware_digest(seed, w->parts[PART_OVMF]);
	for (size_t i = 0; i < BUNDLE_VCPUS_MAX && s->vcpus[i]; i++) {
		guest.vcpus = s->vcpus[i];
		TRY(measure_guest(w, &guest));
	}
out:
	return st;
}

/* ---- all of it ---- */
static void hash_parts(const struct measuring *w)
{
	for (unsigned i = 1; i < PART_COUNT_; i++) {
		w->m->part[i].size = w->parts[i].len;
		memset(w->m->part[i].hash, 0, HASH_LEN);
		if (w->parts[i].len)
			hash_one(w->m->part[i].hash, "parley/image-part/v1", w->parts[i]);
	}
}

enum status bundle_measure(struct bundle_manifest *m, const struct slice parts[static PART_COUNT_], struct problem *problem)
{
	const struct measuring w = {m, parts, problem};
	enum status st;

	memset(m->measurement, 0, sizeof m->measurement);
	m->n_measurements = 0;
	hash_parts(&w);
	TRY(measure_code(&w, TEE_SOFTWARE, "parley-launch"));
	TRY(measure_nitro(&w));
	TRY(measure_sgx(&w));
	TRY(measure_tdx(&w));
	TRY(measure_snp(&w));
	TRY(measure_code(&w, TEE_TPM, "parley-launch-tpm"));
out:
	return st;
}

static bool same(const struct bundle_measurement *a, const struct bundle_measurement *b)
{
	bool ok = a->kind == b->kind && strcmp(a->note, b->note) == 0 && a->n_values == b->n_values;

	for (unsigned i = 0; ok && i < a->n_values; i++)
		ok = a->values[i].reg == b->values[i].reg &&
			slice_equal(slice_of(a->values[i].bytes, a->values[i].len), slice_of(b->values[i].bytes, b->values[i].len));
	return ok;
}

static enum status differs(struct problem *problem, const char *where, const char *what)
{
	return problem_set(problem, ST_IMAGE_BUNDLE, where, NULL, "%s", what);
}

enum status bundle_check(const struct bundle_manifest *m, const struct slice parts[static PART_COUNT_], struct problem *problem)
{
	struct bundle_manifest *again = calloc(1, sizeof *again);
	enum status st;

	if (!again)
		return ST_NO_MEMORY;
	again->settings = m->settings;
	TRY(bundle_measure(again, parts, problem));
	for (unsigned i = 1; i < PART_COUNT_ && st == ST_OK; i++)
		if (again->part[i].size != m->part[i].size || memcmp(again->part[i].hash, m->part[i].hash, HASH_LEN) != 0)
			st = differs(problem, part_files[i], !m->part[i].size ? "the manifest does not list this file" :
			    !again->part[i].size ? "the file is missing" : "the file is not the one that the manifest lists");
	if (st == ST_OK && again->n_measurements != m->n_measurements)
		st = differs(problem, "manifest", "it does not list the measurements of these files");
	for (size_t i = 0; st == ST_OK && i < m->n_measurements; i++)
		if (!same(&again->measurement[i], &m->measurement[i]))
			st = differs(problem, tee_name(m->measurement[i].kind), "the manifest's measurement is not that of these files");
out:
	free(again);
	return st;
}
