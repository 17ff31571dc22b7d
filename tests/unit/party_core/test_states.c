/* The enclave's state table, walked: every frame of a host in every state. What is not permitted ends the session. */
#include "wage_gap.h"

struct probe {
	enum enclave_state state;
	enum frame_type type;
	bool injected;
};

/* The frame after which party 0 is in the state, and the next frame it would get has not been sent. */
static const enum frame_type reached_after[ENC_STATES] = {[ENC_HELLO_SENT] = FRAME_HELLO, [ENC_EVIDENCE_SENT] = FRAME_EVIDENCE,
    [ENC_ADMITTED] = FRAME_ADMITTED, [ENC_COMMITTED] = FRAME_COMMITTED, [ENC_RUNNING] = FRAME_STEP,
    [ENC_CONFIRMED] = FRAME_CONFIRMED};

static void inject(struct harness *h, struct probe *p)
{
	p->injected = true;
	harness_push(h, 0, p->type, 1, (struct slice){0});
}

static void observe(struct harness *h, unsigned from, enum frame_type type, uint8_t peer, struct slice body)
{
	struct probe *p = h->ctx;

	(void)peer, (void)body;
	if (from == 0 && !p->injected && reached_after[p->state] == type && p->state != ENC_COLD)
		inject(h, p);
}

/* COLD: instead of BOOT. CHANNELS: right behind EVIDENCES. */
static bool deliver(struct harness *h, unsigned to, enum frame_type type, uint8_t *peer, struct buf *body)
{
	struct probe *p = h->ctx;

	(void)peer;
	if (to != 0 || p->injected)
		return true;
	if (p->state == ENC_COLD && type == FRAME_BOOT) {
		inject(h, p);
		return false;
	}
	if (p->state == ENC_CHANNELS && type == FRAME_EVIDENCES) {
		harness_push(h, 0, type, 0, buf_view(body));
		inject(h, p);
		return false;
	}
	return true;
}

static void probe(enum enclave_state state, enum frame_type type)
{
	struct probe p = {state, type, false};
	struct harness h;

	wage_open(&h, 7);
	harness_seal(&h);
	h.ctx = &p;
	h.deliver = deliver;
	h.observe = observe;
	h.window = 1;
	harness_run(&h);
	assert_true(p.injected);
	assert_false(h.hung);
	assert_true(h.party[0].faulted);
	assert_int_not_equal(h.party[0].st, ST_OK);
	if (!boundary_permits(state, type))
		assert_string_equal(h.party[0].fault.code, "SES-0001");
	assert_int_equal(h.party[0].frames[FRAME_RECEIPT], 0);
	if (state < ENC_ADMITTED)
		wage_assert_no_share(&h);
	harness_clear(&h);
}

/* Empty frames: where a type is permitted, this body is not. */
static void every_frame_in_every_state(void **state)
{
	(void)state;
	unsigned refused = 0;

	for (enum enclave_state s = ENC_COLD; s < ENC_ENDED; s++) {
		for (enum frame_type t = FRAME_BOOT; t <= FRAME_FAULT; t++) {
			if (t > FRAME_ABORT && t < FRAME_HELLO)
				continue;
			if (s == ENC_CONFIRMED && t == FRAME_RELEASE)
				continue; /* the one frame without a body */
			refused += !boundary_permits(s, t);
			probe(s, t);
		}
	}
	assert_int_equal(refused, 8 * 20 - 21);
}

static void nothing_is_permitted_at_the_end(void **state)
{
	(void)state;
	for (unsigned t = 0; t < 300; t++) {
		assert_false(boundary_permits(ENC_ENDED, (enum frame_type)t));
		assert_false(boundary_permits(ENC_STATES, (enum frame_type)t));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_frame_in_every_state), cmocka_unit_test(nothing_is_permitted_at_the_end),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
