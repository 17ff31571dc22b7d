/*
 * parley image build: from programs, libraries and whatever else a TEE starts from, a folder with the archives, their measurements and a
 * manifest. Nothing of this machine goes in but the bytes given: no time, owner, mode, path or order of a folder.
 */
#include "image.h"

#include "image/archive.h"
#include "image/eif.h"
#include "software/image.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What AWS's own images start with, and what a guest needs to be seen on a serial line. */
#define NITRO_CMDLINE "reboot=k panic=30 pci=off nomodules console=ttyS0 random.trust_cpu=on root=/dev/ram0"
#define GUEST_CMDLINE "console=ttyS0 panic=-1"
/* The one address an enclave in a guest or a Nitro image listens at. */
#define LISTEN "vsock:5000"

struct build {
	struct cli *cli;
	const char *out, *release, *libraries, *enclave, *nitro_enclave, *guest_enclave, *init_program, *kernel, *init, *cmdline, *cpu;
	const char *certificate, *key, *ovmf, *tdvf, *sigstruct;
	struct opt_many vcpus;
	char beside[4][4096];
	struct bundle_manifest manifest;
	struct image_files files;
};

/* ---- archives ---- */
struct packing {
	struct archive archive;
	struct buf content[2 * IMAGE_FILES_MAX];
	size_t n;
};

static enum status read_sealed(struct buf *out, const struct image_file *f)
{
	uint8_t *to = buf_extend(out, f->size);
	ssize_t n = to ? pread(f->fd, to, f->size, 0) : 0;

	return !to ? ST_NO_MEMORY : n == (ssize_t)f->size ? ST_OK : ST_IO;
}

static bool holds(const struct archive *a, const char *path)
{
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->entry[i].name, path[0] == '/' ? path + 1 : path) == 0)
			return true;
	return false;
}

/* One program and what it needs, under `prefix`; its executable as `as`. What is there already is the same library. */
static enum status pack(struct build *b, struct packing *p, const char *program, const char *prefix, const char *as)
{
	struct image image;
	char path[512];
	enum status st;

	TRY(image_load(&image, program, b->libraries, &b->cli->problem));
	for (size_t i = 0; i < image.n && st == ST_OK; i++) {
		snprintf(path, sizeof path, "%s%s", prefix, i == 0 ? as : image.file[i].place);
		if (holds(&p->archive, path))
			continue;
		struct buf *content = &p->content[p->n++];
		st = read_sealed(content, &image.file[i]);
		if (st == ST_OK)
			st = archive_add(&p->archive, path, ARCHIVE_PROGRAM, buf_view(content));
	}
	image_clear(&image);
out:
	return st;
}

static enum status finish(struct packing *p, struct buf *out)
{
	archive_write(out, &p->archive);
	for (size_t i = 0; i < p->n; i++)
		buf_clear(&p->content[i]);
	return buf_status(out);
}

/* The same files at the same places as parley-launch gives an enclave. */
static enum status build_software(struct build *b)
{
	struct packing *p = calloc(1, sizeof *p);
	enum status st;

	if (!p)
		return ST_NO_MEMORY;
	st = pack(b, p, b->enclave, "", "/parley-enclave");
	enum status end = finish(p, &b->files.part[PART_SOFTWARE]);
	free(p);
	return st != ST_OK ? st : end;
}

/* /init mounts, says to the host that it is up, and starts /parley-enclave (platform/image/init). */
static enum status pack_with_init(struct build *b, const char *enclave, struct buf *out)
{
	struct packing *p = calloc(1, sizeof *p);
	enum status st;

	if (!p)
		return ST_NO_MEMORY;
	st = pack(b, p, enclave, "", "/parley-enclave");
	if (st == ST_OK)
		st = pack(b, p, b->init_program, "", "/init");
	enum status end = finish(p, out);
	free(p);
	return st != ST_OK ? st : end;
}

/* For AWS's init: the root below /rootfs, and what to run in it, a line for each argument. */
static enum status pack_for_aws(struct build *b, const char *enclave, struct buf *out)
{
	static const char *const folders[] = {"/rootfs/dev", "/rootfs/proc", "/rootfs/run", "/rootfs/sys", "/rootfs/tmp"};
	struct packing *p = calloc(1, sizeof *p);
	enum status st;

	if (!p)
		return ST_NO_MEMORY;
	st = pack(b, p, enclave, "/rootfs", "/parley-enclave");
	for (size_t i = 0; st == ST_OK && i < sizeof folders / sizeof *folders; i++)
		st = archive_add(&p->archive, folders[i], ARCHIVE_FOLDER, (struct slice){0});
	if (st == ST_OK)
		st = archive_add(&p->archive, "/cmd", ARCHIVE_FILE, slice_str("/parley-enclave\n--listen\n" LISTEN "\n"));
	if (st == ST_OK)
		st = archive_add(&p->archive, "/env", ARCHIVE_FILE, slice_str(""));
	enum status end = finish(p, out);
	free(p);
	return st != ST_OK ? st : end;
}

/* ---- Nitro ---- */
static enum status sign_eif(struct build *b, struct eif *eif, struct buf *signature)
{
	struct buf certificate = {0}, key = {0};
	enum status st;

	TRY(read_file(b->cli, &certificate, b->certificate, 8192));
	TRY(read_file(b->cli, &key, b->key, 8192));
	st = eif_sign(signature, eif, buf_view(&certificate), buf_view(&key));
	if (st != ST_OK)
		st = problem_set(&b->cli->problem, st == ST_NO_MEMORY ? st : ST_IMAGE_INPUT, b->certificate,
		    "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-384 -nodes …",
		    "not a certificate on P-384 and its own private key (%s)", status_title(st));
	eif->signature = buf_view(signature);
out:
	if (key.ptr)
		wipe(key.ptr, key.len);
	buf_clear(&key);
	buf_clear(&certificate);
	return st;
}

static enum status build_eif(struct build *b, struct slice kernel)
{
	struct buf ours = {0}, init = {0}, metadata = {0}, signature = {0};
	struct eif eif = {.kernel = kernel, .cmdline = slice_str(b->cmdline ? b->cmdline : NITRO_CMDLINE)};
	enum status st;

	if (b->init) {
		TRY(read_file(b->cli, &init, b->init, BUNDLE_PART_BYTES_MAX));
		eif.ramdisk[eif.n_ramdisks++] = buf_view(&init);
		TRY(pack_for_aws(b, b->nitro_enclave, &ours));
	} else {
		TRY(pack_with_init(b, b->nitro_enclave, &ours));
	}
	eif.ramdisk[eif.n_ramdisks++] = buf_view(&ours);
	eif_metadata(&metadata, b->manifest.settings.release);
	TRY(buf_status(&metadata));
	eif.metadata = buf_view(&metadata);
	if (b->certificate)
		TRY(sign_eif(b, &eif, &signature));
	TRY(eif_write(&b->files.part[PART_EIF], &eif));
out:
	buf_clear(&ours);
	buf_clear(&init);
	buf_clear(&metadata);
	buf_clear(&signature);
	return st;
}

/* ---- options ---- */
static enum status usage(struct build *b, const char *where, const char *what)
{
	return problem_set(&b->cli->problem, ST_ARGUMENT, where, NULL, "%s", what);
}

static enum status read_vcpus(struct build *b)
{
	struct bundle_settings *s = &b->manifest.settings;

	if (b->vcpus.n > BUNDLE_VCPUS_MAX)
		return usage(b, "--vcpus", "at most four numbers of vCPUs");
	for (size_t i = 0; i < b->vcpus.n; i++) {
		char *end;
		unsigned long n = strtoul(b->vcpus.values[i], &end, 10);
		if (*end || n == 0 || n > 1024 || (i && n <= s->vcpus[i - 1]))
			return usage(b, "--vcpus", "numbers from 1 to 1024, smallest first, each once");
		s->vcpus[i] = (uint32_t)n;
	}
	return ST_OK;
}

static bool is_release(const char *text)
{
	size_t n = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_+");

	return n > 0 && n <= TEE_RELEASE_MAX - 2 && !text[n]; /* "-2" may follow */
}

/* It goes into a kernel's command line and into the manifest as text. */
static bool is_printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return false;
	return true;
}

static enum status read_settings(struct build *b)
{
	struct bundle_settings *s = &b->manifest.settings;
	const char *release = b->release ? b->release : "unnamed", *cmdline = b->cmdline ? b->cmdline : GUEST_CMDLINE;

	if (!is_release(release))
		return usage(b, "--release", "a release is named by up to 30 letters, digits and . - _ +");
	if (strlen(cmdline) > BUNDLE_CMDLINE_MAX || !is_printable(cmdline))
		return usage(b, "--cmdline", "a command line has up to 1024 printable characters");
	if (b->cpu && strlen(b->cpu) >= sizeof s->cpu)
		return usage(b, "--cpu", "no processor type of this name");
	if (!b->certificate != !b->key)
		return usage(b, "--signing-cert", "--signing-cert and --signing-key belong together");
	if (!b->kernel && (b->init || b->certificate || b->nitro_enclave || b->guest_enclave))
		return usage(b, "--kernel", "an EIF and a guest need a kernel: --kernel FILE");
	snprintf(s->release, sizeof s->release, "%s", release);
	snprintf(s->cmdline, sizeof s->cmdline, "%s", b->kernel ? cmdline : "");
	snprintf(s->cpu, sizeof s->cpu, "%s", b->cpu ? b->cpu : "");
	return read_vcpus(b);
}

/* A program that was not named lies beside this one; one that is not there is not in the bundle. */
static void find_programs(struct build *b)
{
	static const char *const names[] = {"parley-enclave", "parley-enclave-nitro", "parley-enclave-guest", "parley-init"};
	const char **const programs[] = {&b->enclave, &b->nitro_enclave, &b->guest_enclave, &b->init_program};

	for (size_t i = 0; i < 4; i++) {
		program_path(b->cli, b->beside[i], names[i]);
		if (!*programs[i] && access(b->beside[i], R_OK) == 0)
			*programs[i] = b->beside[i];
	}
}

static enum status take_input(struct build *b, enum bundle_part part, const char *path)
{
	return path ? read_file(b->cli, &b->files.part[part], path, BUNDLE_PART_BYTES_MAX) : ST_OK;
}

static enum status build_parts(struct build *b)
{
	enum status st = ST_OK;

	if (b->enclave)
		TRY(build_software(b));
	TRY(take_input(b, PART_KERNEL, b->kernel));
	if (b->kernel && b->nitro_enclave && (b->init || b->init_program))
		TRY(build_eif(b, buf_view(&b->files.part[PART_KERNEL])));
	if (b->kernel && b->guest_enclave && b->init_program)
		TRY(pack_with_init(b, b->guest_enclave, &b->files.part[PART_GUEST]));
	if (!b->files.part[PART_GUEST].len)
		buf_reset(&b->files.part[PART_KERNEL]); /* the EIF holds its own */
	TRY(take_input(b, PART_OVMF, b->ovmf));
	TRY(take_input(b, PART_TDVF, b->tdvf));
	TRY(take_input(b, PART_SIGSTRUCT, b->sigstruct));
	for (unsigned i = 1; i < PART_COUNT_; i++)
		b->files.view[i] = buf_view(&b->files.part[i]);
out:
	return st;
}

/* A folder of its own, so that nothing else is taken for a part. */
static enum status write_bundle(struct build *b)
{
	struct buf manifest = {0};
	char path[4096];
	enum status st = ST_OK;

	if (mkdir(b->out, 0777) != 0)
		return problem_set(&b->cli->problem, ST_CANT_CREATE, b->out, "name a folder that is not there yet", "cannot create the folder: %s",
		    strerror(errno));
	for (unsigned i = 1; i < PART_COUNT_ && st == ST_OK; i++) {
		image_path(path, b->out, bundle_part_file((enum bundle_part)i));
		if (b->files.view[i].len)
			st = write_file(b->cli, path, b->files.view[i], 0644);
	}
	bundle_encode(&manifest, &b->manifest);
	image_path(path, b->out, IMAGE_MANIFEST);
	if (st == ST_OK)
		st = manifest.failed ? ST_NO_MEMORY : write_file(b->cli, path, buf_view(&manifest), 0644);
	buf_clear(&manifest);
	return st;
}

static enum status build_bundle(struct build *b)
{
	enum status st;

	TRY(read_settings(b));
	find_programs(b);
	TRY(build_parts(b));
	TRY(bundle_measure(&b->manifest, b->files.view, &b->cli->problem));
	TRY(write_bundle(b));
	b->cli->doc = json_pack("{s:s}", "bundle", b->out);
	say(b->cli, "# %s\n", b->out);
	image_show(b->cli, &b->manifest);
out:
	return st;
}

enum status verb_image_build(struct cli *cli, int argc, char **argv)
{
	struct build *b = calloc(1, sizeof *b);
	enum status st;

	if (!b)
		return ST_NO_MEMORY;
	const struct opt opts[] = {{"--out", OPT_TEXT, &b->out, true}, {"--release", OPT_TEXT, &b->release, false},
	    {"--libraries", OPT_TEXT, &b->libraries, false}, {"--enclave", OPT_TEXT, &b->enclave, false},
	    {"--nitro-enclave", OPT_TEXT, &b->nitro_enclave, false}, {"--guest-enclave", OPT_TEXT, &b->guest_enclave, false},
	    {"--kernel", OPT_TEXT, &b->kernel, false}, {"--init", OPT_TEXT, &b->init, false}, {"--cmdline", OPT_TEXT, &b->cmdline, false},
	    {"--signing-cert", OPT_TEXT, &b->certificate, false}, {"--signing-key", OPT_TEXT, &b->key, false},
	    {"--ovmf", OPT_TEXT, &b->ovmf, false}, {"--vcpus", OPT_MANY, &b->vcpus, false}, {"--cpu", OPT_TEXT, &b->cpu, false},
	    {"--tdvf", OPT_TEXT, &b->tdvf, false}, {"--sigstruct", OPT_TEXT, &b->sigstruct, false}};
	b->cli = cli;
	TRY(cli_options(cli, argc, argv, opts, sizeof opts / sizeof *opts, NULL, 0, 0));
	TRY(build_bundle(b));
out:
	image_files_clear(&b->files);
	free(b);
	return st;
}
