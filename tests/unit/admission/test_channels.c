/* channel/admission.h, from roster to handle: everybody gets it or nobody does. */
#include "world.h"

#include "base/cbor.h"
#include "base/cose.h"

static struct world w;

static int open_world(void **state)
{
	(void)state;
	world_open(&w);
	return 0;
}

static int close_world(void **state)
{
	(void)state;
	world_close(&w);
	return 0;
}

static void all_are_admitted(void **state)
{
	(void)state;
	assert_true(world_admit(&w));
	world_assert_all(&w, ST_OK);
	for (unsigned i = 0; i < N; i++) {
		assert_memory_equal(admitted_sid(w.handle[i]), admitted_sid(w.handle[0]), HASH_LEN);
		assert_memory_equal(admitted_roster(w.handle[i]), admitted_roster(w.handle[0]), HASH_LEN);
		assert_memory_equal(admitted_group_key(w.handle[i]), admitted_group_key(w.handle[0]), 32);
		assert_int_equal(admitted_time(w.handle[i]).earliest_s, WORLD_NOW);
		assert_int_equal(admitted_time(w.handle[i]).latest_s, WORLD_NOW + 2);
		for (unsigned j = 0; j < N; j++) {
			assert_memory_equal(admitted_vk(w.handle[i], j), admitted_vk(w.handle[0], j), 32);
			if (i != j)
				assert_memory_equal(
				    admitted_pair_secret(w.handle[i], j), admitted_pair_secret(w.handle[j], i), 32);
		}
	}
	assert_memory_not_equal(admitted_pair_secret(w.handle[0], 1), admitted_pair_secret(w.handle[0], 2), 32);
	assert_memory_not_equal(admitted_pair_secret(w.handle[0], 1), admitted_pair_secret(w.handle[1], 2), 32);
	/* admission itself holds no key any more */
	for (unsigned i = 0; i < N; i++) {
		static const uint8_t zero[ED25519_SECRET_LEN];
		assert_memory_equal(w.admission[i]->ek_secret, zero, X25519_LEN);
		assert_memory_equal(w.admission[i]->vk_secret, zero, ED25519_SECRET_LEN);
	}
}

static void another_session_has_other_secrets(void **state)
{
	uint8_t before[32], group[32];

	(void)state;
	assert_true(world_admit(&w));
	memcpy(before, admitted_pair_secret(w.handle[0], 1), 32);
	memcpy(group, admitted_group_key(w.handle[0]), 32);
	for (unsigned i = 0; i < N; i++) {
		admitted_free(w.handle[i]);
		w.handle[i] = NULL;
		buf_reset(&w.admit[i]);
	}
	w.time_s[0]++; /* even from the same randomness */
	world_start(&w);
	assert_true(world_admit(&w));
	assert_memory_not_equal(before, admitted_pair_secret(w.handle[0], 1), 32);
	assert_memory_not_equal(group, admitted_group_key(w.handle[0]), 32);
}

/* i does not accept j's code: i stops, and what it never says leaves everybody else without a handle. */
static void one_refused_pair_means_no_handle(void **state)
{
	(void)state;
	for (unsigned i = 0; i < N; i++) {
		for (unsigned j = 0; j < N; j++) {
			if (i == j)
				continue;
			world_start(&w);
			test_code(w.policy[i], j)[0] ^= 1;
			world_hellos(&w);
			world_evidence(&w);
			world_evidences(&w);
			for (unsigned k = 0; k < N; k++)
				assert_int_equal(w.st[k], k == i ? ST_ATT_MEASUREMENT : ST_OK);
			world_channels(&w);
			world_assert_no_handle(&w);
			assert_int_equal(w.st[i], ST_SES_STATE);
			for (unsigned k = 0; k < N; k++)
				if (k != i)
					assert_int_equal(w.st[k], ST_SES_PEER_LOST);
			test_code(w.policy[i], j)[0] ^= 1;
		}
	}
}

/* Different lists for different parties: sids differ, so evidence binds to nobody's but its own. */
static void a_split_view_is_noticed(void **state)
{
	struct slice docs[N], others[N];
	struct hello h;
	struct buf second = {0}, payload = {0};

	(void)state;
	world_make_hellos(&w);
	world_docs(&w, docs);
	world_docs(&w, others);
	assert_int_equal(hello_decode(&h, buf_view(&w.hello_payload[2])), ST_OK);
	h.nonce[0] ^= 1;
	hello_encode(&payload, &h);
	cose_sign1(&second, HELLO_LABEL, buf_view(&payload), w.keys.endorse_sk[2]); /* west signed two */
	others[2] = buf_view(&second);
	world_give_hellos(&w, 0, others, N);
	world_give_hellos(&w, 1, docs, N);
	world_give_hellos(&w, 2, docs, N);
	world_assert_all(&w, ST_OK);
	world_evidence(&w);
	world_evidences(&w);
	world_assert_all(&w, ST_ATT_BINDING);
	world_channels(&w);
	world_assert_no_handle(&w);
	buf_clear(&second);
	buf_clear(&payload);
}

/* Documents that differ by party in any byte give rosters that differ: no handshake passes. */
static void another_roster_means_no_channel(void **state)
{
	(void)state;
	world_hellos(&w);
	world_evidence(&w);
	world_evidences(&w);
	world_assert_all(&w, ST_OK);
	w.admission[2]->roster[5] ^= 1;
	world_channels(&w);
	world_assert_no_handle(&w);
	assert_int_equal(w.st[2], ST_ATT_HANDSHAKE);
}

struct flip {
	unsigned from, to, n;
	size_t byte;
	enum { FLIP, CUT, GROW, DROP } how;
	bool done;
};

static void flip_one(void *ctx, unsigned from, unsigned to, unsigned n, struct buf *frame)
{
	struct flip *f = ctx;

	if (from != f->from || to != f->to || n != f->n)
		return;
	f->done = true;
	if (f->how == CUT)
		frame->len--;
	else if (f->how == GROW)
		buf_append(frame, "", 1);
	else if (f->how == DROP)
		frame->len = 0;
	else
		frame->ptr[f->byte % frame->len] ^= 0x10;
}

static void meddle(struct flip f)
{
	w.meddle = flip_one;
	w.meddle_ctx = &f;
	world_start(&w);
	world_admit(&w);
	w.meddle = NULL;
	assert_true(f.done);
	assert_int_not_equal(w.st[f.to], ST_OK);
	assert_null(w.handle[f.to]);
	for (unsigned i = 0; i < N; i++) {
		admitted_free(w.handle[i]);
		w.handle[i] = NULL;
		buf_reset(&w.admit[i]);
	}
}

/* Whichever handshake message is altered in whichever byte: nobody at all gets a handle. */
static void an_altered_handshake_admits_nobody(void **state)
{
	(void)state;
	for (unsigned from = 0; from < N; from++) {
		for (unsigned to = 0; to < N; to++) {
			for (size_t byte = 0; from != to && byte < 48; byte += 5) {
				struct flip f = {.from = from, .to = to, .byte = byte};
				w.meddle = flip_one;
				w.meddle_ctx = &f;
				world_start(&w);
				assert_false(world_admit(&w));
				world_assert_no_handle(&w);
				assert_int_equal(w.st[to], ST_ATT_HANDSHAKE);
				assert_true(f.done);
			}
		}
	}
	w.meddle = NULL;
}

/* Frame 1 in every direction is ADMIT with the contributions: whoever gets it altered has no handle. */
static void an_altered_admit_admits_not_its_receiver(void **state)
{
	(void)state;
	for (unsigned from = 0; from < N; from++) {
		for (unsigned to = 0; to < N; to++) {
			if (from == to)
				continue;
			for (size_t byte = 0; byte < 500; byte += 61)
				meddle((struct flip){.from = from, .to = to, .n = 1, .byte = byte});
			meddle((struct flip){.from = from, .to = to, .n = 1, .how = CUT});
			meddle((struct flip){.from = from, .to = to, .n = 1, .how = GROW});
			meddle((struct flip){.from = from, .to = to, .n = 1, .how = DROP});
		}
	}
}

/* An enclave that appraised otherwise says so in ADMIT; the others do not take it. */
static void another_appraisal_is_not_admitted(void **state)
{
	(void)state;
	world_hellos(&w);
	world_evidence(&w);
	world_evidences(&w);
	w.admission[1]->appraisals[0] ^= 1;
	world_channels(&w);
	world_assert_no_handle(&w);
	for (unsigned i = 0; i < N; i++)
		assert_int_equal(w.st[i], ST_ATT_ADMIT);
}

/* Whoever holds another key than the one in its HELLO: the channel does not come up, or its ADMIT is not its own. */
static void another_key_than_in_hello(void **state)
{
	(void)state;
	world_hellos(&w);
	world_evidence(&w);
	world_evidences(&w);
	w.admission[1]->ek_secret[5] ^= 1;
	world_channels(&w);
	world_assert_no_handle(&w);

	world_start(&w);
	world_hellos(&w);
	world_evidence(&w);
	world_evidences(&w);
	ed25519_keypair((uint8_t[32]){0}, w.admission[1]->vk_secret, (const uint8_t[32]){77});
	world_channels(&w);
	assert_int_equal(w.st[0], ST_ATT_ADMIT);
	assert_int_equal(w.st[2], ST_ATT_ADMIT);
	assert_null(w.handle[0]);
	assert_null(w.handle[2]);
	assert_string_equal(w.problem[0].where, "party south");
}

static enum status check_admit(struct slice doc)
{
	return admission_check_admit(
	    w.policy[0], 1, admitted_vk(w.handle[0], 1), admitted_roster(w.handle[0]), w.claims, doc, NULL);
}

static void admit_is_strict(void **state)
{
	(void)state;
	assert_true(world_admit(&w));
	struct buf *doc = &w.admit[1];
	assert_int_equal(doc->len, admit_len(w.policy[0], 1));
	assert_int_equal(check_admit(buf_view(doc)), ST_OK);
	assert_int_equal(check_admit(buf_view(&w.admit[2])), ST_ATT_ADMIT);
	for (size_t bit = 0; bit < 8 * doc->len; bit++) {
		doc->ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		assert_int_equal(check_admit(buf_view(doc)), ST_ATT_ADMIT);
		doc->ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t n = 0; n < doc->len; n++)
		assert_int_equal(check_admit(slice_of(doc->ptr, n)), ST_ATT_ADMIT);
	buf_append(doc, "", 1);
	assert_int_equal(check_admit(buf_view(doc)), ST_ATT_ADMIT);
}

/* Signed with the right vk, and saying something else in one field. */
struct statement {
	uint8_t roster[HASH_LEN], appraisals[HASH_LEN];
	const char *id, *accepted[N + 1];
	size_t n_accepted;
	uint64_t keys;
	const char *label;
};

static enum status check_statement(const struct statement *s)
{
	struct buf payload = {0}, doc = {0};

	cbor_put_map(&payload, s->keys);
	cbor_put_u64(&payload, 1);
	cbor_put_bytes(&payload, slice_of(s->roster, HASH_LEN));
	cbor_put_u64(&payload, 2);
	cbor_put_text(&payload, s->id);
	cbor_put_u64(&payload, 3);
	cbor_put_array(&payload, s->n_accepted);
	for (size_t i = 0; i < s->n_accepted; i++)
		cbor_put_text(&payload, s->accepted[i]);
	cbor_put_u64(&payload, 4);
	cbor_put_bytes(&payload, slice_of(s->appraisals, HASH_LEN));
	for (uint64_t extra = 4; extra < s->keys; extra++) {
		cbor_put_u64(&payload, extra + 1);
		cbor_put_u64(&payload, 0);
	}
	cose_sign1(&doc, s->label, buf_view(&payload), w.handle[1]->vk_secret);
	enum status st = check_admit(buf_view(&doc));
	buf_clear(&payload);
	buf_clear(&doc);
	return st;
}

static void every_field_of_admit_counts(void **state)
{
	struct statement good = {.id = "south",
	    .accepted = {"north", "south", "west", "west"},
	    .n_accepted = 3,
	    .keys = 4,
	    .label = ADMIT_LABEL};

	(void)state;
	assert_true(world_admit(&w));
	memcpy(good.roster, admitted_roster(w.handle[0]), HASH_LEN);
	appraisals_hash(good.appraisals, w.policy[0], w.claims);
	assert_int_equal(check_statement(&good), ST_OK);
	struct statement wrong[] = {good, good, good, good, good, good, good, good};
	wrong[0].roster[0] ^= 1;
	wrong[1].id = "north";
	wrong[2].n_accepted = 2;
	wrong[3].n_accepted = 4;
	wrong[4].accepted[2] = "south";
	wrong[5].keys = 5;
	wrong[6].label = "parley/receipt/v1";
	wrong[7].appraisals[0] ^= 1;
	for (size_t k = 0; k < COUNT_OF(wrong); k++)
		assert_int_equal(check_statement(&wrong[k]), ST_ATT_ADMIT);
}

static void channels_twice_is_a_replay(void **state)
{
	(void)state;
	assert_true(world_admit(&w));
	for (unsigned i = 0; i < N; i++) {
		admitted_free(w.handle[i]);
		w.handle[i] = NULL;
	}
	world_channels(&w);
	world_assert_all(&w, ST_ATT_REPLAY);
	world_assert_no_handle(&w);
}

static void channels_before_evidence_is_out_of_order(void **state)
{
	(void)state;
	world_hellos(&w);
	world_channels(&w);
	world_assert_all(&w, ST_SES_STATE);
	world_assert_no_handle(&w);
}

static void vk_signs_session_documents_only(void **state)
{
	static const char *const good[] = {
	    "parley/commit/v1", "parley/step/v1", "parley/confirm/v1", "parley/receipt/v1"};
	static const char *const bad[] = {
	    ADMIT_LABEL, HELLO_LABEL, ENDORSE_LABEL, "parley/eat/v1", "parley/approve/v1", ""};
	struct slice payload;

	(void)state;
	assert_true(world_admit(&w));
	for (size_t k = 0; k < COUNT_OF(good); k++) {
		struct buf doc = {0};
		assert_int_equal(admitted_sign(w.handle[2], &doc, good[k], slice_str("statement")), ST_OK);
		assert_int_equal(
		    cose_sign1_verify(buf_view(&doc), good[k], admitted_vk(w.handle[0], 2), &payload), ST_OK);
		buf_clear(&doc);
	}
	for (size_t k = 0; k < COUNT_OF(bad); k++) {
		struct buf doc = {0};
		assert_int_equal(admitted_sign(w.handle[2], &doc, bad[k], slice_str("statement")), ST_ARGUMENT);
		assert_int_equal(doc.len, 0);
	}
}

/* ChaChaPoly unless both list AESGCM: seen from the handshake, which fails when the two ends choose differently. */
static void suites_are_negotiated_from_both_hellos(void **state)
{
	struct slice docs[N];
	struct hello h;

	(void)state;
	world_make_hellos(&w);
	assert_int_equal(hello_decode(&h, buf_view(&w.hello_payload[1])), ST_OK);
	h.suites = SUITE_CHACHAPOLY;
	w.admission[1]->own.suites = SUITE_CHACHAPOLY;
	buf_reset(&w.hello_payload[1]);
	hello_encode(&w.hello_payload[1], &h);
	world_make_hello(&w, 1);
	world_docs(&w, docs);
	for (unsigned i = 0; i < N; i++)
		world_give_hellos(&w, i, docs, N);
	world_evidence(&w);
	world_evidences(&w);
	world_channels(&w);
	world_assert_all(&w, ST_OK);
}

struct loop {
	struct buf frames[4];
	unsigned n, next;
};

static enum status loop_send(void *ctx, unsigned peer, struct slice frame)
{
	struct loop *l = ctx;

	assert_int_equal(peer, 0);
	buf_append(&l->frames[l->n++], frame.ptr, frame.len);
	return ST_OK;
}

static enum status loop_recv(void *ctx, unsigned peer, struct slice *frame)
{
	struct loop *l = ctx;

	assert_int_equal(peer, 2);
	*frame = buf_view(&l->frames[l->next++]);
	return ST_OK;
}

static void messages_pass_once_admitted(void **state)
{
	static uint8_t message[100000], received[100000];
	static const struct channel_tag tag = {.op = 1, .round = 1, .type = 1};

	(void)state;
	assert_true(world_admit(&w));
	test_fill(&(struct test_rng){5}, message, sizeof message);
	struct channel *from = admitted_channel(w.handle[2], 0), *to = admitted_channel(w.handle[0], 2);
	struct loop loop = {0};
	struct channel_io io = {&loop, loop_send, loop_recv};
	assert_int_equal(channel_send(from, &io, &tag, message, sizeof message), ST_OK);
	assert_int_equal(channel_recv(to, &io, &tag, received, sizeof received), ST_OK);
	assert_memory_equal(message, received, sizeof message);
	for (unsigned i = 0; i < 4; i++)
		buf_clear(&loop.frames[i]);
}

#define world_test(f) cmocka_unit_test_setup_teardown(f, open_world, close_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    world_test(all_are_admitted),
	    world_test(another_session_has_other_secrets),
	    world_test(one_refused_pair_means_no_handle),
	    world_test(a_split_view_is_noticed),
	    world_test(another_roster_means_no_channel),
	    world_test(an_altered_handshake_admits_nobody),
	    world_test(an_altered_admit_admits_not_its_receiver),
	    world_test(another_appraisal_is_not_admitted),
	    world_test(another_key_than_in_hello),
	    world_test(admit_is_strict),
	    world_test(every_field_of_admit_counts),
	    world_test(channels_twice_is_a_replay),
	    world_test(channels_before_evidence_is_out_of_order),
	    world_test(vk_signs_session_documents_only),
	    world_test(suites_are_negotiated_from_both_hellos),
	    world_test(messages_pass_once_admitted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
