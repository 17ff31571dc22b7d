/* enclave/tee/tee.h and table.h: addresses, one host and no second, packets of the quoter, certificate tables. */
#include "support/test.h"

#include "attest/collateral.h"
#include "base/reader.h"
#include "produce/guest.h"
#include "table.h"
#include "tee.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- channel ---- */
static void refuses_addresses_that_are_none(void **state)
{
	static const char *const bad[] = {"", "unix:", "vsock:", "vsock:x", "vsock:-1", "vsock:1:2", "vsock:4294967296",
	    "vsock:99999999999999999999", "tcp:", "tcp:80", "tcp:127.0.0.1", "tcp:127.0.0.1:", "tcp:127.0.0.1:65536",
	    "tcp:localhost:80", "tcp:1.2.3.4.5:80", "tcp:127.0.0.1:8 ", "ipc:/tmp/x", "/tmp/x", "unix"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct problem p = {0};
		assert_int_equal(channel_open(bad[i], &p), ST_NET_ADDRESS);
		assert_true(p.fix[0]);
	}
	char long_path[256] = "unix:/";
	memset(long_path + 6, 'x', sizeof long_path - 7);
	struct problem p = {0};
	assert_int_equal(channel_open(long_path, &p), ST_NET_ADDRESS);
}

static int dial(const char *path)
{
	struct sockaddr_un to = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	snprintf(to.sun_path, sizeof to.sun_path, "%s", path);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) == 0)
		return fd;
	close(fd);
	return -1;
}

/* In a process of its own: HOST_FD is a number, and this process has plans for it. */
static void serves_one_host_and_no_second(void **state)
{
	char folder[] = "/tmp/parley-channel-XXXXXX", path[64], address[80], byte = 0;
	int fd = -1, status;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/socket", folder);
	snprintf(address, sizeof address, "unix:%s", path);
	pid_t pid = fork();
	if (pid == 0) {
		struct problem p = {0};
		_exit(channel_open(address, &p) == ST_OK && write(HOST_FD, "!", 1) == 1 &&
			      read(HOST_FD, &byte, 1) == 1 && byte == '?'
			  ? 0
			  : 1);
	}
	for (int i = 0; i < 200 && fd < 0; i++) {
		fd = dial(path);
		if (fd < 0)
			usleep(20000);
	}
	assert_true(fd >= 0);
	assert_int_equal(read(fd, &byte, 1), 1);
	assert_int_equal(byte, '!');
	assert_int_equal(dial(path), -1); /* nothing listens any more, and the path is gone */
	assert_int_equal(access(path, F_OK), -1);
	assert_int_equal(write(fd, "?", 1), 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	close(fd);
	rmdir(folder);
}

static void an_inherited_channel_must_be_there(void **state)
{
	struct problem p = {0};
	int status;

	(void)state;
	pid_t pid = fork();
	if (pid == 0) {
		close(HOST_FD);
		_exit(channel_open(NULL, &p) == ST_ARGUMENT && p.message[0] ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* ---- quoter ---- */
static size_t evidence_len, collateral_len;
static enum status produce_st;

static enum status produce(uint32_t *kind, struct buf *evidence, struct buf *collateral,
    const uint8_t report_data[static HASH_LEN], struct problem *p)
{
	static uint8_t filler[ATT_EVIDENCE_MAX + 1];

	if (produce_st != ST_OK)
		return problem_set(p, produce_st, "device", NULL, "it fails as told");
	memset(filler, report_data[0], sizeof filler);
	*kind = 77;
	buf_append(evidence, filler, evidence_len);
	buf_append(collateral, filler, collateral_len);
	return ST_OK;
}

/* Asks through the descriptors that a program has; in a process of its own. Its exit code says what was wrong. */
static int ask(size_t e, size_t c, enum status st)
{
	const struct enclave_tee tee = {.name = "test", .produce = produce};
	struct buf evidence = {0}, collateral = {0};
	uint8_t report_data[HASH_LEN] = {0x6b};
	struct problem p = {0};
	uint32_t kind = 0;
	int status;

	pid_t pid = fork();
	if (pid == 0) {
		evidence_len = e, collateral_len = c, produce_st = st;
		dup2(open("/dev/null", O_RDWR), 2);
		if (quoter_start(&tee, &p) != ST_OK)
			_exit(1);
		for (int i = 0; i < 3; i++) { /* evidence is renewed in long sessions */
			buf_reset(&evidence);
			buf_reset(&collateral);
			enum status got = quoter_ask(NULL, report_data, &kind, &evidence, &collateral);
			if (st != ST_OK || e == 0 || e > ATT_EVIDENCE_MAX) {
				if (got != ST_TEE || evidence.len || collateral.len)
					_exit(2);
			} else if (got != ST_OK || kind != 77 || evidence.len != e || collateral.len != c ||
				   evidence.ptr[e - 1] != 0x6b) {
				_exit(3);
			}
		}
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void quotes_travel_whole(void **state)
{
	(void)state;
	assert_int_equal(ask(1, 0, ST_OK), 0);
	assert_int_equal(ask(5000, 9000, ST_OK), 0);
	assert_int_equal(ask(ATT_EVIDENCE_MAX, 65536, ST_OK), 0);
}

static void refusals_and_too_much_are_no_evidence(void **state)
{
	(void)state;
	assert_int_equal(ask(0, 0, ST_OK), 0);
	assert_int_equal(ask(10, 10, ST_TEE), 0);
	assert_int_equal(ask(ATT_EVIDENCE_MAX + 1, 0, ST_OK), 0);
}

static void a_request_of_another_length_ends_the_quoter(void **state)
{
	const struct enclave_tee tee = {.name = "test", .produce = produce};
	uint8_t request[HASH_LEN + 2] = {0}, answer[64];
	int ends[2];

	(void)state;
	evidence_len = 9, collateral_len = 0, produce_st = ST_OK;
	for (size_t n = 1; n <= sizeof request; n++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
		assert_int_equal(write(ends[0], request, n), (ssize_t)n);
		assert_int_equal(quoter_serve_one(&tee, ends[1]), n == HASH_LEN);
		if (n == HASH_LEN)
			assert_int_equal(read(ends[0], answer, sizeof answer), 8 + 9);
		close(ends[0]);
		close(ends[1]);
	}
}

/* ---- certificate tables ---- */
static const uint8_t guid_vcek[] = {
    0x63, 0xda, 0x75, 0x8d, 0xe6, 0x64, 0x45, 0x64, 0xad, 0xc5, 0xf4, 0xb9, 0x3b, 0xe8, 0xac, 0xcd};
static const uint8_t guid_ask[] = {
    0x4a, 0xb7, 0xb3, 0x79, 0xbb, 0xac, 0x4f, 0xe4, 0xa0, 0x2f, 0x05, 0xae, 0xf3, 0x27, 0xc7, 0x82};

static void put_table(struct buf *b, struct slice vcek, struct slice ask_text)
{
	uint8_t head[72] = {0};

	memcpy(head, guid_vcek, 16);
	put_u32le(head + 16, 72);
	put_u32le(head + 20, (uint32_t)vcek.len);
	memcpy(head + 24, guid_ask, 16);
	put_u32le(head + 40, (uint32_t)(72 + vcek.len));
	put_u32le(head + 44, (uint32_t)ask_text.len);
	buf_append(b, head, sizeof head);
	buf_append(b, vcek.ptr, vcek.len);
	buf_append(b, ask_text.ptr, ask_text.len);
}

static void der_and_pem_become_items(void **state)
{
	static const uint8_t der[] = {0x30, 0x03, 0x02, 0x01, 0x05};
	static const char pem[] = "-----BEGIN CERTIFICATE-----\nMAMCAQc=\n-----END CERTIFICATE-----\n";
	static struct att_bundle bundle;
	struct buf table = {0}, out = {0};

	(void)state;
	put_table(&table, slice_of(der, sizeof der), slice_str(pem));
	assert_int_equal(table_to_bundle(&out, buf_view(&table)), ST_OK);
	assert_int_equal(att_bundle_decode(&bundle, buf_view(&out)), ST_OK);
	assert_int_equal(bundle.n, 2);
	assert_int_equal(bundle.items[0].type, ATT_ITEM_CERTIFICATE);
	assert_slice_equal(bundle.items[0].bytes, slice_of(der, sizeof der));
	assert_slice_equal(bundle.items[1].bytes, slice_of((const uint8_t[]){0x30, 0x03, 0x02, 0x01, 0x07}, 5));
	buf_clear(&table);
	buf_clear(&out);
}

static void what_is_neither_is_left_out(void **state)
{
	struct buf table = {0}, out = {0};

	(void)state;
	put_table(&table, slice_str("not a certificate"), slice_str("-----BEGIN JUNK-----"));
	assert_int_equal(table_to_bundle(&out, buf_view(&table)), ST_OK);
	assert_int_equal(out.len, 0);
	assert_int_equal(table_to_bundle(&out, (struct slice){0}), ST_OK);
	assert_int_equal(out.len, 0);
	assert_int_equal(table_to_bundle(&out, slice_of(table.ptr, table.len - 1)), ST_FORMAT);
	buf_clear(&table);
	buf_clear(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(refuses_addresses_that_are_none),
	    cmocka_unit_test(serves_one_host_and_no_second),
	    cmocka_unit_test(an_inherited_channel_must_be_there),
	    cmocka_unit_test(quotes_travel_whole),
	    cmocka_unit_test(refusals_and_too_much_are_no_evidence),
	    cmocka_unit_test(a_request_of_another_length_ends_the_quoter),
	    cmocka_unit_test(der_and_pem_become_items),
	    cmocka_unit_test(what_is_neither_is_left_out),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
