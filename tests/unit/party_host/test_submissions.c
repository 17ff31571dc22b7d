/* Tests host_on_submission() of host/host_core.h: who may submit, when, in which order, and what reaches the enclave. */
#include "support/test.h"

#include "host/host_core.h"
#include "policy_builder.h"
#include "provide/provide.h"

#include <stdlib.h>

struct world {
	struct policy *policy;
	struct host *host;
	struct test_provider clinic, doctor;
	unsigned provided[2], data_end;
	struct buf last;
	bool enclave_gone;
};

static enum status to_enclave(void *ctx, enum frame_type type, uint8_t peer, struct slice body)
{
	struct world *w = ctx;

	if (w->enclave_gone)
		return ST_TEE_DIED;
	if (type == FRAME_PROVIDED) {
		w->provided[peer]++;
		buf_reset(&w->last);
		buf_append(&w->last, body.ptr, body.len);
	}
	w->data_end += type == FRAME_DATA_END;
	return ST_OK;
}

static enum status post(void *ctx, enum wire_message_kind kind, struct slice body)
{
	(void)ctx, (void)kind, (void)body;
	return ST_OK;
}

static void event(void *ctx, const struct host_event *e)
{
	(void)ctx, (void)e;
}

static int setup(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	struct test_keys keys;

	w->policy = calloc(1, sizeof *w->policy);
	test_keys_from_seed(&keys, 7);
	test_policy_fill(w->policy, &keys);
	test_policy_add_provider(w->policy, &w->clinic, "clinic");
	test_policy_add_provider(w->policy, &w->doctor, "doctor");
	struct host_config cfg = {.policy = w->policy, .policy_file = slice_str("the policy"), .self = 1, .session = {0x5e}, .attempt = 2};
	struct host_io io = {.ctx = w, .to_enclave = to_enclave, .post = post, .event = event};
	assert_int_equal(host_new(&w->host, &cfg, &io), ST_OK);
	host_start(w->host);
	*state = w;
	return 0;
}

static int teardown(void **state)
{
	struct world *w = *state;

	host_free(w->host);
	buf_clear(&w->last);
	free(w->policy);
	free(w);
	return 0;
}

static void admit(struct world *w)
{
	const struct slice list[] = {slice_str("a"), slice_str("b"), slice_str("c")};
	struct buf body = {0};

	doc_put_list(&body, list, 3);
	host_on_message(w->host, &(struct wire_message){.seq = 1, .kind = WM_ALL_ADMITTED, .body = buf_view(&body)});
	buf_clear(&body);
}

static enum status said(struct world *w, struct slice request)
{
	struct buf reply = {0};
	enum status st;
	char message[256];

	host_on_submission(w->host, request, &reply);
	assert_true(reply.len <= PROVIDE_REPLY_MAX);
	assert_int_equal(provide_reply_decode(&st, message, buf_view(&reply)), ST_OK);
	assert_true((st == ST_OK) == (message[0] == 0));
	buf_clear(&reply);
	return st;
}

static enum status submit_bytes(struct world *w, const char *id, const struct test_provider *keys, uint32_t index, bool last, uint8_t session,
    const char *bytes)
{
	struct provide_submission m = {.session = {session}, .attempt = 2, .index = index, .last = last, .bytes = slice_str(bytes)};
	struct buf request = {0};

	assert_int_equal(provide_submission_sign(&request, id, &m, keys->endorse_sk), ST_OK);
	enum status st = said(w, buf_view(&request));
	buf_clear(&request);
	return st;
}

static enum status submit(struct world *w, const char *id, const struct test_provider *keys, uint32_t index, bool last, uint8_t session)
{
	return submit_bytes(w, id, keys, index, last, session, "bytes");
}

/* Indices are compared as they are: none wraps to the one before the first. */
static void no_index_comes_before_the_first(void **state)
{
	struct world *w = *state;

	admit(w);
	assert_int_equal(submit(w, "clinic", &w->clinic, UINT32_MAX, false, 0x5e), ST_SES_SEQUENCE);
	assert_int_equal(w->provided[0], 0);
	assert_int_equal(submit(w, "clinic", &w->clinic, 0, false, 0x5e), ST_OK);
	assert_int_equal(submit(w, "clinic", &w->clinic, UINT32_MAX, false, 0x5e), ST_SES_SEQUENCE);
	assert_int_equal(w->provided[0], 1);
}

/* A provider that was restarted has another manifest: it is told, and the session lives on. */
static void starting_over_is_refused(void **state)
{
	struct world *w = *state;

	admit(w);
	assert_int_equal(submit_bytes(w, "clinic", &w->clinic, 0, false, 0x5e, "manifest"), ST_OK);
	assert_int_equal(submit_bytes(w, "clinic", &w->clinic, 0, false, 0x5e, "another"), ST_SES_SEQUENCE);
	assert_int_equal(submit_bytes(w, "clinic", &w->clinic, 0, false, 0x5e, "manifest"), ST_OK);
	assert_int_equal(submit_bytes(w, "clinic", &w->clinic, 1, true, 0x5e, "chunk"), ST_OK);
	assert_int_equal(submit_bytes(w, "clinic", &w->clinic, 1, true, 0x5e, "other chunk"), ST_SES_SEQUENCE);
	assert_int_equal(w->provided[0], 2);
	assert_int_equal(host_state(w->host), HOST_RUNNING);
}

static void rows_go_in_when_all_have_come(void **state)
{
	struct world *w = *state;

	assert_int_equal(submit(w, "clinic", &w->clinic, 0, false, 0x5e), ST_AGAIN);
	admit(w);
	assert_int_equal(w->data_end, 0);
	assert_int_equal(submit(w, "clinic", &w->clinic, 0, false, 0x5e), ST_OK);
	assert_slice_equal(buf_view(&w->last), slice_str("bytes"));
	assert_int_equal(submit(w, "clinic", &w->clinic, 0, false, 0x5e), ST_OK); /* its reply was lost */
	assert_int_equal(w->provided[0], 1);
	assert_int_equal(submit(w, "clinic", &w->clinic, 1, true, 0x5e), ST_OK);
	assert_int_equal(submit(w, "clinic", &w->clinic, 1, true, 0x5e), ST_OK);
	assert_int_equal(w->provided[0], 2);
	assert_int_equal(w->data_end, 0);
	assert_int_equal(submit(w, "doctor", &w->doctor, 0, false, 0x5e), ST_OK);
	assert_int_equal(submit(w, "doctor", &w->doctor, 1, false, 0x5e), ST_OK);
	assert_int_equal(w->data_end, 0);
	assert_int_equal(submit(w, "doctor", &w->doctor, 2, true, 0x5e), ST_OK);
	assert_int_equal(w->data_end, 1); /* own rows follow, once */
	assert_int_equal(submit(w, "doctor", &w->doctor, 2, true, 0x5e), ST_OK);
	assert_int_equal(w->data_end, 1);
	assert_int_equal(submit(w, "doctor", &w->doctor, 3, true, 0x5e), ST_SES_SEQUENCE);
	assert_int_equal(host_state(w->host), HOST_RUNNING);
}

static void strangers_change_nothing(void **state)
{
	struct world *w = *state;

	admit(w);
	assert_int_equal(submit(w, "clinic", &w->doctor, 0, false, 0x5e), ST_SIGNATURE); /* another provider's key */
	assert_int_equal(submit(w, "north", &w->clinic, 0, false, 0x5e), ST_SIGNATURE);  /* a party */
	assert_int_equal(submit(w, "nobody", &w->clinic, 0, false, 0x5e), ST_SIGNATURE);
	assert_int_equal(submit(w, "clinic", &w->clinic, 0, false, 0x5f), ST_SES_UNKNOWN); /* another session */
	assert_int_equal(submit(w, "clinic", &w->clinic, 1, false, 0x5e), ST_SES_SEQUENCE);
	assert_int_equal(w->provided[0] + w->provided[1], 0);
	assert_int_equal(host_state(w->host), HOST_RUNNING);
	assert_int_equal(submit(w, "clinic", &w->clinic, 0, false, 0x5e), ST_OK);
}

static void every_altered_submission_is_refused(void **state)
{
	struct world *w = *state;
	struct provide_submission m = {.session = {0x5e}, .attempt = 2, .bytes = slice_str("bytes")};
	struct buf request = {0};

	admit(w);
	assert_int_equal(provide_submission_sign(&request, "clinic", &m, w->clinic.endorse_sk), ST_OK);
	for (size_t len = 0; len < request.len; len++)
		assert_int_not_equal(said(w, slice_of(request.ptr, len)), ST_OK);
	for (size_t bit = 0; bit < 8 * request.len; bit++) {
		request.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
		assert_int_not_equal(said(w, buf_view(&request)), ST_OK);
		request.ptr[bit / 8] ^= (uint8_t)(1 << bit % 8);
	}
	assert_int_equal(w->provided[0], 0);
	assert_int_equal(said(w, buf_view(&request)), ST_OK);
	buf_append(&request, "", 1);
	assert_int_not_equal(said(w, buf_view(&request)), ST_OK);
	buf_clear(&request);
}

static void nothing_is_taken_once_the_enclave_is_gone(void **state)
{
	struct world *w = *state;

	admit(w);
	w->enclave_gone = true;
	assert_int_equal(submit(w, "clinic", &w->clinic, 0, false, 0x5e), ST_SES_ABORTED);
	assert_int_equal(host_state(w->host), HOST_FAILED);
	w->enclave_gone = false;
	assert_int_equal(submit(w, "clinic", &w->clinic, 0, false, 0x5e), ST_SES_ABORTED);
	assert_int_equal(w->provided[0], 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    T(rows_go_in_when_all_have_come),
	    T(no_index_comes_before_the_first),
	    T(starting_over_is_refused),
	    T(strangers_change_nothing),
	    T(every_altered_submission_is_refused),
	    T(nothing_is_taken_once_the_enclave_is_gone),
	};
	return crypto_init() == ST_OK ? cmocka_run_group_tests(tests, NULL, NULL) : 1;
}
