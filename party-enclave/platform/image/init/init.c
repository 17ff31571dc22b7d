/*
 * parley-init: the first process of a guest or of a Nitro enclave whose only root file system is our archive. Mounts what the evidence
 * devices need, tells a Nitro host that the enclave is up, and becomes the enclave. It takes no arguments, opens nothing else, and ends the
 * machine when it cannot go on. Part of the measured archive.
 */
#include <errno.h>
#include <linux/vm_sockets.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* aws-nitro-enclaves-sdk-bootstrap: a byte to the parent (CID 3) and back, or the enclave is ended as failed to start. */
enum { NITRO_PARENT = 3, NITRO_PORT = 9000, NITRO_BEAT = 0xb7 };

static void put_up(const char *type, const char *path, unsigned long flags)
{
	if (mkdir(path, 0755) != 0 && errno != EEXIST)
		fprintf(stderr, "parley-init: %s: %s\n", path, strerror(errno));
	if (mount(type, path, type, flags, NULL) != 0 && errno != EBUSY)
		fprintf(stderr, "parley-init: %s: %s\n", path, strerror(errno)); /* the enclave says what it misses */
}

/* Where there is no such parent (a guest, not a Nitro enclave) the connection is refused at once. */
static void report_to_nitro(void)
{
	struct sockaddr_vm parent = {.svm_family = AF_VSOCK, .svm_cid = NITRO_PARENT, .svm_port = NITRO_PORT};
	int s = socket(AF_VSOCK, SOCK_STREAM | SOCK_CLOEXEC, 0);
	unsigned char beat = NITRO_BEAT;

	if (s >= 0 && connect(s, (struct sockaddr *)&parent, sizeof parent) == 0 && write(s, &beat, 1) == 1)
		(void)!read(s, &beat, 1);
	if (s >= 0)
		close(s);
}

int main(void)
{
	static char program[] = "/parley-enclave", option[] = "--listen", address[] = "vsock:5000";
	char *const argv[] = {program, option, address, NULL}, *const env[] = {NULL};

	put_up("devtmpfs", "/dev", MS_NOSUID | MS_NOEXEC);
	put_up("sysfs", "/sys", MS_NOSUID | MS_NODEV | MS_NOEXEC);
	put_up("configfs", "/sys/kernel/config", MS_NOSUID | MS_NODEV | MS_NOEXEC);
	report_to_nitro();
	execve(program, argv, env);
	fprintf(stderr, "parley-init: %s: %s\n", program, strerror(errno));
	sync();
	reboot(RB_POWER_OFF);
	return 1;
}
