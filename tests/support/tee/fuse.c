/*
 * Gramine's /dev/attestation and configfs-tsm as file systems of their own (FUSE), mounted over the real paths in a mount
 * namespace that only the program under test shares. Like configfs: an attribute takes what was written when it is closed, text
 * ends with a line feed, a request's answer is made when outblob is read. Like Gramine: the quote is made when its file is opened.
 */
#define FUSE_USE_VERSION 35
#include "doubles.h"

#include <errno.h>
#include <fcntl.h>
#include <fuse.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ENTRIES_MAX = 4, BLOB_MAX = 64 };
struct entry {
	char name[64]; /* of the folder; "": free */
	unsigned long generation;
	size_t in_len;
	uint8_t in[BLOB_MAX];
};
struct opened { /* one open file: what it will read, what was written to it */
	struct buf content;
	size_t written;
	uint8_t bytes[BLOB_MAX + 1];
};
static const struct double_wish *wish;
static struct vendor *vendor;
static struct entry entries[ENTRIES_MAX];
static unsigned busy;

/* "/tsm/report/NAME/attribute" or "/attribute" of Gramine, whose one entry has no name */
static bool split(const char *path, char name[static 64], const char **attribute)
{
	const char *below = wish->tee == DOUBLE_SGX ? path : path + strlen("/tsm/report");

	name[0] = 0;
	*attribute = NULL;
	if (wish->tee == DOUBLE_SGX) {
		*attribute = below + 1;
		return below[1] != 0;
	}
	if (strncmp(path, "/tsm/report/", 12) != 0)
		return false;
	const char *slash = strchr(below + 1, '/');
	size_t len = slash ? (size_t)(slash - below - 1) : strlen(below + 1);
	if (len == 0 || len > 63)
		return false;
	memcpy(name, below + 1, len);
	name[len] = 0;
	*attribute = slash ? slash + 1 : NULL;
	return true;
}

static struct entry *find(const char *name)
{
	if (wish->tee == DOUBLE_SGX)
		return &entries[0];
	for (int i = 0; i < ENTRIES_MAX; i++)
		if (entries[i].name[0] && strcmp(entries[i].name, name) == 0)
			return &entries[i];
	return NULL;
}

static bool has_attribute(const char *name)
{
	static const char *const tsm[] = {"inblob", "outblob", "provider", "generation", "privlevel", "auxblob", NULL};
	static const char *const gramine[] = {"attestation_type", "user_report_data", "quote", NULL};

	for (const char *const *all = wish->tee == DOUBLE_SGX ? gramine : tsm; *all; all++)
		if (strcmp(*all, name) == 0)
			return wish->tee != DOUBLE_TDX || strcmp(name, "auxblob") != 0;
	return false;
}

static int fs_getattr(const char *path, struct stat *out, struct fuse_file_info *fi)
{
	char name[64];
	const char *attribute;

	(void)fi;
	*out = (struct stat){.st_mode = S_IFDIR | 0755, .st_nlink = 2};
	if (strcmp(path, "/") == 0 ||
	    (wish->tee != DOUBLE_SGX && (strcmp(path, "/tsm") == 0 || strcmp(path, "/tsm/report") == 0)))
		return 0;
	if (!split(path, name, &attribute) || !find(name))
		return -ENOENT;
	if (!attribute)
		return 0;
	if (!has_attribute(attribute))
		return -ENOENT;
	bool in = strcmp(attribute, "inblob") == 0, both = strcmp(attribute, "user_report_data") == 0;
	*out = (struct stat){.st_mode = S_IFREG | (in ? 0200 : both ? 0600 : 0400), .st_nlink = 1, .st_size = 4096};
	return 0;
}

static int fs_mkdir(const char *path, mode_t mode)
{
	char name[64];
	const char *attribute;

	(void)mode;
	if (!split(path, name, &attribute) || attribute || wish->tee == DOUBLE_SGX)
		return -EPERM;
	if (find(name))
		return -EEXIST;
	for (int i = 0; i < ENTRIES_MAX; i++)
		if (!entries[i].name[0]) {
			entries[i] = (struct entry){0};
			memcpy(entries[i].name, name, sizeof name);
			return 0;
		}
	return -ENOSPC;
}

static int fs_rmdir(const char *path)
{
	char name[64];
	const char *attribute;
	struct entry *e = split(path, name, &attribute) && !attribute ? find(name) : NULL;

	if (!e)
		return -ENOENT;
	e->name[0] = 0;
	return 0;
}

static int make_evidence(struct buf *out, struct entry *e)
{
	if (wish->attack == DOUBLE_ERROR)
		return -EIO;
	if (wish->attack == DOUBLE_BUSY && busy++ < 2)
		return -EBUSY;
	if (e->in_len != 64)
		return -EINVAL;
	double_evidence(out, wish, vendor, e->in);
	while (wish->attack == DOUBLE_LONG && out->len < 1 << 17)
		buf_append(out, "long and longer", 15);
	if (wish->attack == DOUBLE_GENERATION)
		e->generation++;
	return 0;
}

static int fill(struct buf *out, struct entry *e, const char *attribute)
{
	bool other = wish->attack == DOUBLE_PROVIDER;

	if (strcmp(attribute, "attestation_type") == 0)
		buf_append_str(out, other ? "epid" : "dcap");
	else if (strcmp(attribute, "quote") == 0 || strcmp(attribute, "outblob") == 0)
		return make_evidence(out, e);
	else if (strcmp(attribute, "provider") == 0)
		buf_append_str(out, other                     ? "arm_cca_guest\n"
				    : wish->tee == DOUBLE_TDX ? "tdx_guest\n"
							      : "sev_guest\n");
	else if (strcmp(attribute, "generation") == 0)
		buf_printf(out, "%lu\n", e->generation);
	else if (strcmp(attribute, "auxblob") == 0)
		vendor_snp_table(out, vendor);
	return 0;
}

static int fs_open(const char *path, struct fuse_file_info *fi)
{
	char name[64];
	const char *attribute;
	struct entry *e = split(path, name, &attribute) ? find(name) : NULL;
	struct opened *o;

	if (!e || !attribute || !has_attribute(attribute))
		return -ENOENT;
	if (strcmp(attribute, "inblob") == 0 && (fi->flags & O_ACCMODE) != O_WRONLY)
		return -EACCES;
	o = calloc(1, sizeof *o);
	int error = o ? fill(&o->content, e, attribute) : -ENOMEM;
	if (error) {
		if (o)
			buf_clear(&o->content);
		free(o);
		return error;
	}
	fi->fh = (uintptr_t)o;
	fi->direct_io = 1;
	return 0;
}

static int fs_read(const char *path, char *out, size_t size, off_t at, struct fuse_file_info *fi)
{
	struct opened *o = (void *)(uintptr_t)fi->fh;
	size_t from = (size_t)at < o->content.len ? (size_t)at : o->content.len, n = o->content.len - from;

	(void)path;
	n = n < size ? n : size;
	if (n)
		memcpy(out, o->content.ptr + from, n);
	return (int)n;
}

static int fs_write(const char *path, const char *bytes, size_t size, off_t at, struct fuse_file_info *fi)
{
	struct opened *o = (void *)(uintptr_t)fi->fh;

	(void)path;
	if (at < 0 || (size_t)at + size > sizeof o->bytes)
		return -EFBIG;
	memcpy(o->bytes + at, bytes, size);
	o->written = (size_t)at + size > o->written ? (size_t)at + size : o->written;
	return (int)size;
}

/* The kernel calls flush when the program closes, and the program waits for it. What is too long is dropped without a word, as configfs does. */
static int fs_flush(const char *path, struct fuse_file_info *fi)
{
	char name[64];
	const char *attribute;
	struct entry *e = split(path, name, &attribute) ? find(name) : NULL;
	struct opened *o = (void *)(uintptr_t)fi->fh;

	if (e && o->written && o->written <= BLOB_MAX) {
		memcpy(e->in, o->bytes, o->written);
		e->in_len = o->written;
		e->generation++;
	}
	o->written = 0;
	return 0;
}

static int fs_release(const char *path, struct fuse_file_info *fi)
{
	struct opened *o = (void *)(uintptr_t)fi->fh;

	(void)path;
	buf_clear(&o->content);
	free(o);
	return 0;
}

static int fs_truncate(const char *path, off_t size, struct fuse_file_info *fi)
{
	(void)path, (void)size, (void)fi;
	return 0;
}

static void *fs_init(struct fuse_conn_info *conn, struct fuse_config *config)
{
	(void)conn;
	config->attr_timeout = config->entry_timeout = config->negative_timeout = 0;
	config->direct_io = 1;
	return NULL;
}

static const struct fuse_operations operations = {.init = fs_init,
    .getattr = fs_getattr,
    .mkdir = fs_mkdir,
    .rmdir = fs_rmdir,
    .open = fs_open,
    .read = fs_read,
    .write = fs_write,
    .flush = fs_flush,
    .release = fs_release,
    .truncate = fs_truncate};

/* ---- the world around the program ---- */
static bool private_mounts(void)
{
	return unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0;
}

/* The folder does not exist here and cannot be made in sysfs or devtmpfs without a trace: a tmpfs of our own lies over its parent. */
static bool make_place(const char **place)
{
	if (wish->tee == DOUBLE_SGX) {
		*place = "/dev/attestation";
		return mount("tmpfs", "/dev", "tmpfs", MS_NOSUID, "mode=0755") == 0 && mkdir(*place, 0755) == 0 &&
		       mknod("/dev/null", S_IFCHR | 0666, makedev(1, 3)) == 0 &&
		       mknod("/dev/urandom", S_IFCHR | 0444, makedev(1, 9)) == 0 &&
		       mknod("/dev/fuse", S_IFCHR | 0600, makedev(10, 229)) == 0;
	}
	*place = "/sys/kernel/config";
	return mount("tmpfs", "/sys/kernel", "tmpfs", MS_NOSUID, "mode=0755") == 0 && mkdir(*place, 0755) == 0;
}

/* Serves until it is told to end; one byte into `ready` once the file system is there. */
_Noreturn static void serve(const char *place, int ready)
{
	char *argv[] = {(char[]){"double"}, NULL};
	struct fuse_args args = FUSE_ARGS_INIT(1, argv);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	close(3);
	struct fuse *f = fuse_new(&args, &operations, sizeof operations, NULL);
	if (!f || fuse_mount(f, place) != 0) {
		fprintf(stderr, "cannot mount FUSE at %s\n", place);
		_exit(DOUBLE_CANNOT);
	}
	if (write(ready, "", 1) != 1)
		_exit(1);
	close(ready);
	fuse_set_signal_handlers(fuse_get_session(f));
	fuse_loop(f);
	_exit(0);
}

int double_run_fuse(const struct double_wish *w, struct vendor *v, char *const *argv)
{
	const char *place;
	int ready[2], status = 0;
	char byte;

	wish = w;
	vendor = v;
	if (access("/dev/fuse", R_OK | W_OK) != 0 || !private_mounts() || !make_place(&place) ||
	    pipe2(ready, O_CLOEXEC) != 0) {
		fprintf(stderr, "FUSE in a mount namespace needs root and /dev/fuse: %s\n", strerror(errno));
		return DOUBLE_CANNOT;
	}
	pid_t server = fork();
	if (server == 0)
		serve(place, ready[1]);
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1) {
		waitpid(server, &status, 0);
		return DOUBLE_CANNOT;
	}
	close(ready[0]);
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execv(argv[0], argv);
		perror(argv[0]);
		_exit(99);
	}
	close(3); /* the program's channel to its host is its own */
	waitpid(pid, &status, 0);
	kill(server, SIGTERM);
	waitpid(server, NULL, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
