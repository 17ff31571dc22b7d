/* Tests host/mailbox.h against a coordinator played by hand: numbers, signatures, repeats, losses, gaps. */
#include "support/test.h"

#include "host/mailbox.h"

static uint8_t host_pk[ED25519_PUBLIC_LEN], host_sk[ED25519_SECRET_LEN];
static const struct mailbox_config config = {.session = {0x5e}, .attempt = 2, .party = "north", .host_sk = host_sk};

struct taken {
	unsigned n;
	uint64_t last;
};

static void take(void *ctx, const struct wire_message *m)
{
	struct taken *t = ctx;

	t->n++;
	t->last = m->seq;
}

static struct mailbox *open_mailbox(void)
{
	struct mailbox *m;

	assert_int_equal(mailbox_new(&m, &config), ST_OK);
	return m;
}

/* The request as the coordinator reads it, its signature verified. */
static void request(struct mailbox *m, struct wire_request *out)
{
	struct wire_storage storage;
	struct buf bytes = {0};
	uint8_t digest[HASH_LEN];

	assert_int_equal(mailbox_request(m, 500, &bytes), ST_OK);
	assert_int_equal(wire_request_decode(out, &storage, buf_view(&bytes)), ST_OK);
	assert_int_equal(out->kind, WREQ_POST);
	assert_int_equal(out->attempt, 2);
	assert_string_equal(out->party, "north");
	wire_post_digest(digest, out);
	assert_int_equal(ed25519_verify(out->signature, slice_of(digest, sizeof digest), host_pk), ST_OK);
	wire_storage_clear(&storage);
	buf_clear(&bytes);
}

static enum status reply(struct mailbox *m, const char *code, const uint64_t *seqs, uint32_t n, struct taken *t)
{
	static struct wire_reply r;
	struct buf bytes = {0};
	struct problem problem = {0};

	r = (struct wire_reply){.n_messages = n, .message = "why"};
	snprintf(r.code, sizeof r.code, "%s", code);
	for (uint32_t i = 0; i < n; i++)
		r.messages[i] = (struct wire_message){seqs[i], WM_GRANT, slice_str("\x81\x08")};
	wire_reply_encode(&bytes, &r);
	enum status st = mailbox_reply(m, buf_view(&bytes), take, t, &problem);
	buf_clear(&bytes);
	return st;
}

static void post(struct mailbox *m, unsigned times)
{
	for (unsigned i = 0; i < times; i++)
		assert_int_equal(mailbox_post(m, WM_STEP, slice_str("step")), ST_OK);
}

static void messages_are_sent_until_they_are_taken(void **state)
{
	(void)state;
	static struct wire_request r;
	struct mailbox *m = open_mailbox();
	struct taken t = {0};

	request(m, &r);
	assert_true(r.n_messages == 0 && r.ack == 0);
	post(m, 2);
	for (int lost = 0; lost < 3; lost++) {
		request(m, &r);
		assert_true(r.n_messages == 2 && r.messages[0].seq == 1 && r.messages[1].seq == 2);
	}
	post(m, 1); /* after the request that is answered now */
	assert_int_equal(reply(m, "OK", NULL, 0, &t), ST_OK);
	assert_true(mailbox_pending(m));
	request(m, &r);
	assert_true(r.n_messages == 1 && r.messages[0].seq == 3);
	assert_int_equal(reply(m, "OK", NULL, 0, &t), ST_OK);
	assert_false(mailbox_pending(m));
	mailbox_free(m);
}

static void a_refusal_takes_nothing(void **state)
{
	(void)state;
	static struct wire_request r;
	struct mailbox *m = open_mailbox();
	struct taken t = {0};

	post(m, 1);
	request(m, &r);
	assert_int_equal(reply(m, "SES-0011", (uint64_t[]){1}, 1, &t), ST_SES_UNKNOWN);
	assert_int_equal(reply(m, "no such code", NULL, 0, &t), ST_BUG);
	assert_int_equal(t.n, 0);
	assert_true(mailbox_pending(m));
	request(m, &r);
	assert_true(r.n_messages == 1 && r.ack == 0);
	mailbox_free(m);
}

static void incoming_messages_are_taken_once_in_order(void **state)
{
	(void)state;
	static struct wire_request r;
	struct mailbox *m = open_mailbox();
	struct taken t = {0};

	assert_int_equal(reply(m, "OK", (uint64_t[]){1, 2}, 2, &t), ST_OK);
	assert_int_equal(reply(m, "OK", (uint64_t[]){1, 2, 3}, 3, &t), ST_OK);
	assert_true(t.n == 3 && t.last == 3);
	assert_int_equal(reply(m, "OK", (uint64_t[]){3}, 1, &t), ST_OK);
	assert_int_equal(t.n, 3);
	request(m, &r);
	assert_int_equal(r.ack, 3);
	assert_int_equal(reply(m, "OK", (uint64_t[]){5}, 1, &t), ST_SES_SEQUENCE);
	assert_int_equal(reply(m, "OK", (uint64_t[]){4, 6}, 2, &t), ST_SES_SEQUENCE);
	assert_true(t.n == 4 && t.last == 4);
	mailbox_free(m);
}

static void more_than_a_request_holds_goes_in_two(void **state)
{
	(void)state;
	static struct wire_request r;
	struct mailbox *m = open_mailbox();
	struct taken t = {0};

	post(m, WIRE_MESSAGES_MAX + 5);
	request(m, &r);
	assert_int_equal(r.n_messages, WIRE_MESSAGES_MAX);
	assert_int_equal(reply(m, "OK", NULL, 0, &t), ST_OK);
	request(m, &r);
	assert_true(r.n_messages == 5 && r.messages[0].seq == WIRE_MESSAGES_MAX + 1);
	mailbox_free(m);
}

static void a_malformed_reply_changes_nothing(void **state)
{
	(void)state;
	static struct wire_request r;
	struct mailbox *m = open_mailbox();
	struct taken t = {0};
	struct problem problem = {0};

	post(m, 1);
	request(m, &r);
	assert_int_not_equal(mailbox_reply(m, slice_str("garbage"), take, &t, &problem), ST_OK);
	assert_int_not_equal(mailbox_reply(m, slice_str(""), take, &t, &problem), ST_OK);
	assert_true(mailbox_pending(m) && t.n == 0);
	mailbox_free(m);
	mailbox_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(messages_are_sent_until_they_are_taken), cmocka_unit_test(a_refusal_takes_nothing),
	    cmocka_unit_test(incoming_messages_are_taken_once_in_order), cmocka_unit_test(more_than_a_request_holds_goes_in_two),
	    cmocka_unit_test(a_malformed_reply_changes_nothing),
	};
	static const uint8_t seed[ED25519_SEED_LEN] = {9};

	if (crypto_init() != ST_OK)
		return 1;
	ed25519_keypair(host_pk, host_sk, seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
