/*
 * parley-endorser as a process: real key files, a real socket, kill -9 and restart. What it signs is the core's matter
 * (tests/unit/admission/test_endorse.c); here it is asked over the wire and through crashes.
 */
#include "unit/admission/world.h"

#include "base/keyfile.h"
#include "base/panic.h"
#include "channel/endorse.h"
#include "proto/documents.h"
#include "proto/transport.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CALL_MS = 10000, START_MS = 20000 };

static char folder[64], policy_path[128], key_path[128], runs_path[128], socket_path[128], url[160];
static struct world w;
static pid_t child;
static char said[4096]; /* what the child has printed so far */
static int child_out = -1;
static struct transport *hub;
static struct transport_client *client;

static void in_folder(char out[128], const char *name)
{
	snprintf(out, 128, "%s/%s", folder, name);
}

static void write_key(enum key_role role, const char *party, const uint8_t *secret)
{
	struct key_file key = {.role = role};

	unlink(key_path);
	snprintf(key.party, sizeof key.party, "%s", party);
	memcpy(key.secret.bytes, secret, 32);
	assert_int_equal(key_file_write(key_path, &key, NULL), ST_OK);
}

static void write_policy(void)
{
	struct buf file = {0}, payload = {0};

	test_policy_seal(w.policy[0], &w.keys, &payload, &file);
	assert_int_equal(file_write(policy_path, buf_view(&file), 0600), ST_OK);
	struct policy *decoded = calloc(1, sizeof *decoded);
	assert_non_null(decoded);
	assert_int_equal(policy_decode(decoded, buf_view(&payload), NULL), ST_OK);
	policy_hash(w.policy_hash, buf_view(&payload));
	plan_hash(w.plan_hash, decoded->plan_bytes);
	free(decoded);
	buf_clear(&file);
	buf_clear(&payload);
}

static int open_all(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/parley-test-endorser-XXXXXX");
	if (!mkdtemp(folder))
		return 1;
	in_folder(policy_path, "policy.sealed");
	in_folder(key_path, "endorse.key");
	in_folder(runs_path, "runs");
	in_folder(socket_path, "endorser.sock");
	snprintf(url, sizeof url, "ipc://%s", socket_path);
	world_open(&w);
	write_policy();
	for (unsigned i = 0; i < N; i++)
		w.time_s[i] = (int64_t)time(NULL);
	world_start(&w);
	write_key(KEY_ENDORSE, "north", w.keys.endorse_sk[0]);
	return 0;
}

static int end_child(int signal_number)
{
	int status = 0;

	if (child <= 0)
		return -1;
	kill(child, signal_number);
	waitpid(child, &status, 0);
	child = 0;
	close(child_out);
	child_out = -1;
	return status;
}

static void disconnect(void)
{
	transport_client_free(client);
	transport_free(hub);
	client = NULL;
	hub = NULL;
}

static int close_all(void **state)
{
	(void)state;
	disconnect();
	end_child(SIGKILL);
	world_close(&w);
	unlink(policy_path);
	unlink(key_path);
	unlink(runs_path);
	unlink(socket_path);
	return rmdir(folder);
}

static void start(const char *const *extra)
{
	const char *argv[24] = {"parley-endorser", "--policy", policy_path, "--party", "north", "--key", key_path,
	    "--listen", url, "--runs", runs_path, "--json"};
	int out[2];
	size_t n = 12;

	while (extra && *extra)
		argv[n++] = *extra++;
	assert_int_equal(pipe(out), 0);
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		dup2(out[1], STDOUT_FILENO);
		int null = open("/dev/null", O_WRONLY);
		dup2(null, STDERR_FILENO);
		execv(PARLEY_BIN_DIR "/parley-endorser", (char *const *)argv);
		_exit(127);
	}
	close(out[1]);
	child_out = out[0];
	said[0] = 0;
}

/* Reads until `text` has been said or the child has closed its output. */
static bool wait_said(const char *text)
{
	size_t len = strlen(said);

	while (!strstr(said, text)) {
		struct pollfd fd = {.fd = child_out, .events = POLLIN};
		if (poll(&fd, 1, START_MS) <= 0 || len + 1 >= sizeof said)
			return false;
		ssize_t got = read(child_out, said + len, sizeof said - len - 1);
		if (got <= 0)
			return false;
		len += (size_t)got;
		said[len] = 0;
	}
	return true;
}

static void serve(const char *const *extra)
{
	start(extra);
	if (!wait_said("\"listening\""))
		fail_msg("not listening: %s", said);
	disconnect();
	assert_int_equal(transport_new(&hub), ST_OK);
	assert_int_equal(transport_client_new(&client, hub, url, ENDORSE_RESPONSE_MAX), ST_OK);
}

/* A start that must fail: the exit code of `st`, the code in its one document, and nothing listens. */
static void assert_refuses_to_start(enum status st, const char *const *extra)
{
	char expected[32];
	int status;

	start(extra);
	snprintf(expected, sizeof expected, "\"code\":\"%s\"", status_code(st));
	if (!wait_said(expected))
		fail_msg("expected %s, it said: %s", expected, said);
	assert_int_equal(waitpid(child, &status, 0), child);
	child = 0;
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), status_exit(st));
	assert_null(strstr(said, "listening"));
	close(child_out);
	child_out = -1;
}

static enum status ask(struct buf *request, struct buf *document)
{
	struct slice reply, doc = {0};
	struct problem problem = {0};
	enum status st = transport_call(client, buf_view(request), CALL_MS, &reply);

	buf_clear(request);
	assert_int_equal(st, ST_OK);
	st = endorse_response(&doc, reply, &problem);
	if (st == ST_ATT_ENDORSE_REFUSED) {
		char code[16] = {0};
		memcpy(code, problem.message, strcspn(problem.message, ":"));
		return status_from_code(code);
	}
	if (st == ST_OK && document) {
		buf_reset(document);
		buf_append(document, doc.ptr, doc.len);
	}
	return st;
}

/* North's HELLO and evidence signed by the process, the others' by the world; then all three admit each other. */
static enum status run_admission(void)
{
	struct buf request = {0};
	struct slice docs[N];
	enum status st;

	world_start(&w);
	world_make_hellos(&w);
	endorse_request_hello(&request, buf_view(&w.hello_payload[0]));
	TRY(ask(&request, &w.hello[0]));
	world_docs(&w, docs);
	for (unsigned i = 0; i < N; i++)
		world_give_hellos(&w, i, docs, N);
	world_assert_all(&w, ST_OK);
	world_evidence(&w);
	endorse_request_evidence(&request, docs, N, TEE_SOFTWARE, buf_view(&w.evidence[0]), (struct slice){0});
	TRY(ask(&request, &w.endorsement[0]));
	world_evidences(&w);
	world_assert_all(&w, ST_OK);
out:
	return st;
}

static off_t runs_bytes(void)
{
	struct stat about;

	return stat(runs_path, &about) == 0 ? about.st_size : -1;
}

static void signs_a_whole_admission(void **state)
{
	struct doc_enrol enrol = {.session = {1}, .attempt = 1, .id = "north", .n_urls = N};
	struct buf payload = {0}, request = {0}, document = {0};
	struct slice signed_payload;
	struct stat about;

	(void)state;
	serve(NULL);
	assert_int_equal(stat(socket_path, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	doc_put_enrol(&payload, &enrol);
	endorse_request_enrol(&request, buf_view(&payload));
	assert_int_equal(ask(&request, &document), ST_OK);
	assert_int_equal(
	    cose_sign1_verify(buf_view(&document), DOC_ENROL_LABEL, w.keys.endorse_pk[0], &signed_payload), ST_OK);
	assert_int_equal(runs_bytes(), 0);
	assert_int_equal(run_admission(), ST_OK);
	assert_int_equal(runs_bytes(), 133); /* counted, on disk, before we had the signature */
	int status = end_child(SIGTERM);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
	buf_clear(&payload);
	buf_clear(&document);
}

static void a_killed_endorser_remembers_its_runs(void **state)
{
	static const char *const two[] = {"--max-runs", "2", NULL};

	(void)state;
	serve(two);
	assert_int_equal(run_admission(), ST_OK);
	end_child(SIGKILL);
	serve(two); /* over the dead one's socket */
	w.seeds[0].seed[0] ^= 1;
	for (unsigned i = 0; i < N; i++)
		w.time_s[i]--; /* another HELLO */
	assert_int_equal(run_admission(), ST_OK);
	end_child(SIGKILL);
	serve(two);
	for (unsigned i = 0; i < N; i++)
		w.time_s[i]--;
	assert_int_equal(run_admission(), ST_ATT_RUNS);
}

static void answers_nonsense_and_goes_on(void **state)
{
	struct buf request = {0};
	struct test_rng rng = {99};

	(void)state;
	serve(NULL);
	for (size_t k = 0; k < 200; k++) {
		size_t len = test_below(&rng, 64);
		uint8_t *room = buf_extend(&request, len);
		if (len)
			test_fill(&rng, room, len);
		assert_int_not_equal(ask(&request, NULL), ST_OK);
	}
	assert_int_equal(run_admission(), ST_OK);
}

static void never_over_a_file(void **state)
{
	struct buf back = {0};

	(void)state;
	assert_int_equal(file_write(socket_path, slice_str("somebody's thesis"), 0600), ST_OK);
	assert_refuses_to_start(ST_NET_ADDRESS, NULL);
	assert_int_equal(buf_read_file(&back, socket_path, 100), ST_OK);
	assert_slice_equal(buf_view(&back), slice_str("somebody's thesis"));
	buf_clear(&back);
}

static void never_on_a_network(void **state)
{
	(void)state;
	snprintf(url, sizeof url, "tcp://127.0.0.1:0");
	assert_refuses_to_start(ST_NET_ADDRESS, NULL);
}

static void only_the_right_key(void **state)
{
	(void)state;
	write_key(KEY_APPROVE, "north", w.keys.approve_sk[0]);
	assert_refuses_to_start(ST_KEY_ROLE, NULL);
	write_key(KEY_ENDORSE, "north", w.keys.approve_sk[0]); /* an approve key under a false name */
	assert_refuses_to_start(ST_KEY, NULL);
	write_key(KEY_ENDORSE, "south", w.keys.endorse_sk[1]);
	assert_refuses_to_start(ST_KEY, NULL);
	write_key(KEY_ENDORSE, "north", w.keys.endorse_sk[0]);
	assert_int_equal(chmod(key_path, 0644), 0);
	assert_refuses_to_start(ST_KEY, NULL);
}

static void only_a_policy_that_all_have_signed(void **state)
{
	struct buf file = {0}, whole = {0};
	struct slice payload;

	(void)state;
	assert_int_equal(buf_read_file(&whole, policy_path, 1 << 21), ST_OK);
	assert_int_equal(policy_file_parse(buf_view(&whole), &payload), ST_OK);
	policy_file_wrap(&file, payload); /* nobody has */
	assert_int_equal(file_write(policy_path, buf_view(&file), 0600), ST_OK);
	assert_refuses_to_start(ST_POLICY_UNSIGNED, NULL);
	whole.ptr[whole.len / 2] ^= 1;
	assert_int_equal(file_write(policy_path, buf_view(&whole), 0600), ST_OK);
	start(NULL);
	assert_false(wait_said("listening"));
	int status;
	assert_int_equal(waitpid(child, &status, 0), child);
	child = 0;
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) != 0);
	close(child_out);
	child_out = -1;
	buf_clear(&file);
	buf_clear(&whole);
}

static void not_from_a_damaged_or_shared_counter(void **state)
{
	(void)state;
	assert_int_equal(file_write(runs_path, slice_str("run 12"), 0600), ST_OK); /* a crash: fine */
	serve(NULL);
	end_child(SIGTERM);
	assert_int_equal(file_write(runs_path, slice_str("ran 12"), 0600), ST_OK);
	assert_refuses_to_start(ST_STORE, NULL);
	unlink(runs_path);
	serve(NULL);
	pid_t first = child;
	int first_out = child_out;
	assert_refuses_to_start(ST_STORE, NULL);
	child = first;
	child_out = first_out;
	assert_int_equal(run_admission(), ST_OK); /* the first is not disturbed */
}

static void arguments(void **state)
{
	static const char *const twice[] = {"--party", "south", NULL}, *const unknown[] = {"--colour", NULL},
				 *const zero[] = {"--max-runs", "0", NULL}, *const empty[] = {"--max-runs", NULL};

	(void)state;
	assert_refuses_to_start(ST_ARGUMENT, twice);
	assert_refuses_to_start(ST_ARGUMENT, unknown);
	assert_refuses_to_start(ST_ARGUMENT, zero);
	assert_refuses_to_start(ST_ARGUMENT, empty);
}

#define all_test(f) cmocka_unit_test_setup_teardown(f, open_all, close_all)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    all_test(signs_a_whole_admission),
	    all_test(a_killed_endorser_remembers_its_runs),
	    all_test(answers_nonsense_and_goes_on),
	    all_test(never_over_a_file),
	    all_test(never_on_a_network),
	    all_test(only_the_right_key),
	    all_test(only_a_policy_that_all_have_signed),
	    all_test(not_from_a_damaged_or_shared_counter),
	    all_test(arguments),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
