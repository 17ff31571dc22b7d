/*
 * /dev/nsm and /dev/sev-guest by seccomp user notification (seccomp_unotify(2)). The filter sends every openat and the device's
 * ioctls to the supervisor; opens of other paths go on as they are. That a path may change after it was read does not matter here: the program
 * under test is ours.
 */
#include "doubles.h"

#include "base/cbor.h"
#include "produce/guest.h"
#include "produce/nitro.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

struct supervisor {
	const struct double_wish *wish;
	const struct vendor *vendor;
	const char *path;
	int listener, fds[16], n_fds;
	unsigned busy;
};

static int install_filter(void)
{
#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define NOTIFY BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF)
	struct sock_filter code[] = {LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW), LOAD(nr),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 0, 1), NOTIFY,
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ioctl, 0, 5), LOAD(args[1]),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)NSM_IOCTL, 2, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)SEV_GET_REPORT, 1, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)SEV_GET_EXTENDED_REPORT, 0, 1), NOTIFY,
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)};
	struct sock_fprog program = {sizeof code / sizeof *code, code};

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return -1;
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &program);
}

static void send_fd(int socket, int fd)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	struct iovec one = {(char[]){0}, 1};
	struct msghdr m = {
	    .msg_iov = &one, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};

	*CMSG_FIRSTHDR(&m) =
	    (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
	memcpy(CMSG_DATA(CMSG_FIRSTHDR(&m)), &fd, sizeof fd);
	if (sendmsg(socket, &m, 0) != 1)
		_exit(DOUBLE_CANNOT);
}

static int receive_fd(int socket)
{
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = {0};
	char byte;
	struct iovec one = {&byte, 1};
	struct msghdr m = {
	    .msg_iov = &one, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
	int fd = -1;

	if (recvmsg(socket, &m, MSG_CMSG_CLOEXEC) == 1 && CMSG_FIRSTHDR(&m))
		memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof fd);
	return fd;
}

/* ---- the program's memory ---- */
static bool peek(pid_t pid, uint64_t at, void *out, size_t len)
{
	struct iovec local = {out, len}, remote = {(void *)(uintptr_t)at, len};

	return process_vm_readv(pid, &local, 1, &remote, 1, 0) == (ssize_t)len;
}

static bool poke(pid_t pid, uint64_t at, const void *bytes, size_t len)
{
	struct iovec local = {(void *)(uintptr_t)bytes, len}, remote = {(void *)(uintptr_t)at, len};

	return process_vm_writev(pid, &local, 1, &remote, 1, 0) == (ssize_t)len;
}

/* Up to a NUL, page by page: the string may end just before unmapped memory. */
static bool peek_text(pid_t pid, uint64_t at, char *out, size_t cap)
{
	for (size_t i = 0; i < cap; i++) {
		if (!peek(pid, at + i, out + i, 1))
			return false;
		if (!out[i])
			return true;
	}
	return false;
}

/* ---- /dev/nsm ---- */
static int nsm_answer(struct supervisor *s, struct buf *out, struct slice request)
{
	static const uint8_t head[] = "\xa1\x6b"
				      "Attestation\xa3\x69user_data\x58\x40";
	struct buf document = {0};

	if (request.len < sizeof head - 1 + 64 || memcmp(request.ptr, head, sizeof head - 1) != 0) {
		buf_append_str(out, "\xa1\x65"
				    "Error\x6f"
				    "InvalidArgument");
		return 0;
	}
	double_evidence(&document, s->wish, s->vendor, request.ptr + sizeof head - 1);
	while (s->wish->attack == DOUBLE_LONG && document.len <= NSM_RESPONSE_MAX)
		buf_append_str(&document, "long and longer");
	buf_append_str(out, "\xa1\x6b"
			    "Attestation\xa1\x68"
			    "document");
	cbor_put_bytes(out, buf_view(&document));
	if (s->wish->attack == DOUBLE_SHORT)
		out->len -= 1;
	buf_clear(&document);
	return 0;
}

static int do_nsm(struct supervisor *s, pid_t pid, uint64_t arg)
{
	uint8_t request[NSM_REQUEST_MAX];
	struct nsm_message m;
	struct buf out = {0};
	int error = 0;

	if (!peek(pid, arg, &m, sizeof m))
		return -EFAULT;
	if (m.request.len > sizeof request)
		return -EMSGSIZE;
	if (!peek(pid, m.request.address, request, m.request.len))
		return -EFAULT;
	error = nsm_answer(s, &out, slice_of(request, m.request.len));
	size_t fits = out.len < m.response.len ? out.len : m.response.len;
	if (error == 0 && !poke(pid, m.response.address, out.ptr, fits))
		error = -EFAULT;
	m.response.len = fits;
	if (error == 0 && !poke(pid, arg, &m, sizeof m))
		error = -EFAULT;
	buf_clear(&out);
	return error;
}

/* ---- /dev/sev-guest ---- */
static int do_sev(struct supervisor *s, pid_t pid, unsigned long what, uint64_t arg)
{
	struct sev_extended_request x = {0};
	struct sev_report_response response = {0};
	struct buf report = {0}, table = {0};
	struct sev_request r;
	int error = 0;

	if (!peek(pid, arg, &r, sizeof r) ||
	    !peek(pid, r.request, &x, what == SEV_GET_REPORT ? sizeof x.data : sizeof x))
		return -EFAULT;
	if (r.message_version != 1)
		return -EINVAL;
	double_evidence(&report, s->wish, s->vendor, x.data.user_data);
	memcpy(response.data + 32, report.ptr, report.len);
	for (int i = 0; i < 4; i++)
		response.data[4 + i] = (uint8_t)(report.len >> 8 * i);
	if (what == SEV_GET_EXTENDED_REPORT) {
		vendor_snp_table(&table, s->vendor);
		if (x.certificates_len < table.len || s->wish->attack == DOUBLE_LONG) {
			r.firmware_and_vmm_error = (uint64_t)SEV_VMM_INVALID_LENGTH << 32;
			error = -EIO;
		} else if (!poke(pid, x.certificates, table.ptr, table.len)) {
			error = -EFAULT;
		}
	}
	if (error == 0 && !poke(pid, r.response, &response, sizeof response))
		error = -EFAULT;
	if (!poke(pid, arg, &r, sizeof r))
		error = -EFAULT;
	buf_clear(&report);
	buf_clear(&table);
	return error;
}

/* ---- notifications ---- */
static void respond(struct supervisor *s, uint64_t id, int error, uint32_t flags)
{
	struct seccomp_notif_resp r = {.id = id, .error = error, .flags = flags};

	ioctl(s->listener, SECCOMP_IOCTL_NOTIF_SEND, &r); /* the program may be gone */
}

static void on_open(struct supervisor *s, const struct seccomp_notif *n)
{
	char path[256];
	int fd;

	if (!peek_text((pid_t)n->pid, n->data.args[1], path, sizeof path) || strcmp(path, s->path) != 0) {
		respond(s, n->id, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
		return;
	}
	fd = memfd_create("double", MFD_CLOEXEC);
	struct seccomp_notif_addfd add = {.id = n->id,
	    .flags = SECCOMP_ADDFD_FLAG_SEND,
	    .srcfd = (uint32_t)fd,
	    .newfd_flags = n->data.args[2] & O_CLOEXEC ? O_CLOEXEC : 0};
	int theirs = ioctl(s->listener, SECCOMP_IOCTL_NOTIF_ADDFD, &add);
	if (theirs >= 0 && s->n_fds < 16)
		s->fds[s->n_fds++] = theirs;
	close(fd);
}

static bool is_ours(const struct supervisor *s, uint64_t fd)
{
	for (int i = 0; i < s->n_fds; i++)
		if ((uint64_t)s->fds[i] == fd)
			return true;
	return false;
}

static void on_ioctl(struct supervisor *s, const struct seccomp_notif *n)
{
	unsigned long what = (uint32_t)n->data.args[1];
	int error;

	if (!is_ours(s, n->data.args[0]))
		error = -EBADF;
	else if (s->wish->attack == DOUBLE_ERROR)
		error = -EIO;
	else if (s->wish->attack == DOUBLE_BUSY && s->busy++ < 2)
		error = -EBUSY;
	else if (what == NSM_IOCTL)
		error = s->wish->tee == DOUBLE_NITRO ? do_nsm(s, (pid_t)n->pid, n->data.args[2]) : -ENOTTY;
	else
		error = s->wish->tee == DOUBLE_SEV_GUEST ? do_sev(s, (pid_t)n->pid, what, n->data.args[2]) : -ENOTTY;
	respond(s, n->id, error, 0);
}

static void serve(struct supervisor *s)
{
	for (;;) {
		struct pollfd p = {.fd = s->listener, .events = POLLIN};
		struct seccomp_notif n = {0};
		if (poll(&p, 1, -1) < 0 && errno == EINTR)
			continue;
		if (!(p.revents & POLLIN)) /* nobody is left who could notify */
			return;
		if (ioctl(s->listener, SECCOMP_IOCTL_NOTIF_RECV, &n) != 0)
			continue;
		if (n.data.nr == SYS_openat)
			on_open(s, &n);
		else
			on_ioctl(s, &n);
	}
}

_Noreturn static void become(int socket, char *const *argv)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	int listener = install_filter();

	if (listener < 0) {
		perror("seccomp user notification");
		_exit(DOUBLE_CANNOT);
	}
	send_fd(socket, listener);
	close(listener);
	close(socket);
	execv(argv[0], argv);
	perror(argv[0]);
	_exit(99);
}

int double_run_notify(const struct double_wish *w, struct vendor *v, char *const *argv)
{
	struct supervisor s = {.wish = w, .vendor = v, .path = w->tee == DOUBLE_NITRO ? NSM_PATH : SEV_GUEST_PATH};
	int ends[2], status = 0;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
		return DOUBLE_CANNOT;
	pid_t pid = fork();
	if (pid == 0)
		become(fcntl(ends[1], F_DUPFD_CLOEXEC, 64), argv);
	close(ends[1]);
	s.listener = receive_fd(ends[0]);
	close(ends[0]);
	close(3); /* the program's channel to its host is its own */
	if (s.listener >= 0)
		serve(&s);
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
