/* AWS Nitro documents of the field, genuine and hostile: verdict, check that refuses, claims; then every truncation, other times, other
 * anchors. Without the shared vectors the three of data/ remain. */
#include "../../support/closed_sandbox.h"
#include "../../support/test.h"

#include "samples.h"

static size_t each_sample(void (*visit)(const struct sample *s, struct slice doc))
{
	size_t seen = 0;

	for (size_t i = 0; i < n_samples; i++) {
		struct buf doc;
		if (!sample_load(&doc, &samples[i]))
			continue;
		visit(&samples[i], buf_view(&doc));
		buf_clear(&doc);
		seen++;
	}
	assert_true(seen >= 3);
	if (seen < n_samples)
		print_message("%zu of %zu documents are here\n", seen, n_samples);
	return seen;
}

/* ---- verdicts ---- */

static void check_length(const char *what, int wanted, size_t found)
{
	if ((wanted < 0 ? 0 : (size_t)wanted) != found)
		fail_msg("%s: %zu bytes", what, found);
}

static void check_claims(const struct sample *s, const struct att_claims *c)
{
	char hex[97];

	assert_int_equal(c->kind, TEE_NITRO);
	assert_int_equal(c->debug, s->debug);
	assert_slice_equal(slice_of(c->instance, c->instance_len), slice_str(s->module_id));
	assert_true(c->has_issued);
	assert_int_equal(c->issued_s, s->timestamp_ms / 1000);
	assert_int_equal(c->valid_from, s->from);
	assert_int_equal(c->valid_to, s->to);
	assert_int_equal(c->n_values, s->pcrs);
	assert_int_equal(c->bound_elsewhere, s->public_key >= 0 || s->nonce >= 0);
	check_length("user_data", s->user_data > 255 ? 255 : s->user_data, c->report_data_len);
	assert_int_equal(c->tcb_status, TEE_STATUS_UP_TO_DATE);
	for (unsigned i = 0; i < s->pcrs; i++) {
		assert_int_equal(c->values[i].reg, TEE_REG_PCR0 + i);
		assert_int_equal(c->values[i].len, 48);
	}
	hex_encode(hex, slice_of(c->values[0].bytes, 48));
	if (s->pcr0)
		assert_string_equal(hex, s->pcr0);
	else
		assert_int_equal(strspn(hex, "0"), 96);
}

static void check_verdict(const struct sample *s, struct slice doc)
{
	struct att_claims c;
	struct att_finding f;
	enum status st = sample_examine(&c, doc, s->at, &f);

	if (st != s->st || (st != ST_OK && f.check != s->check))
		fail_msg("%s: %s, %s: expected %s, got %s", s->name, status_name(st), att_check_name(f.check),
		    f.expected, f.got);
	if (st == ST_OK)
		check_claims(s, &c);
	else
		print_message("%s: %s: %s\n", s->name, att_check_name(f.check), f.got);
}

static void each_gets_its_verdict(void **state)
{
	(void)state;
	each_sample(check_verdict);
}

/* ---- appraisal: nothing asked but the platform ---- */

static void check_debug_refused(const struct sample *s, struct slice doc)
{
	struct tee_rules rules = {0};
	struct att_reference ref = {.kind = TEE_NITRO, .rules = &rules};
	struct att_claims c;
	struct att_finding f;

	if (s->st != ST_OK)
		return;
	assert_int_equal(sample_examine(&c, doc, s->at, &f), ST_OK);
	assert_int_equal(
	    att_appraise(&c, &ref, NULL, (struct att_time){s->at, s->at}, NULL, &f), s->debug ? ST_ATT_DEBUG : ST_OK);
	ref.debug_permitted = true;
	f = (struct att_finding){0};
	assert_int_equal(att_appraise(&c, &ref, NULL, (struct att_time){s->at, s->at}, NULL, &f), ST_OK);
}

static void debug_enclaves_are_refused_unless_permitted(void **state)
{
	(void)state;
	each_sample(check_debug_refused);
}

/* ---- times ---- */

static void check_time(struct slice doc, int64_t earliest, int64_t latest, enum status wanted)
{
	struct att_input in = {.evidence = doc, .anchors = &att_anchors_production, .now = {earliest, latest}};
	struct att_finding f = {0};
	struct att_claims c;

	assert_int_equal(att_examine(&c, TEE_NITRO, &in, &f), wanted);
	if (wanted != ST_OK)
		assert_int_equal(f.check, ATT_CHECK_VALIDITY);
}

static void check_times(const struct sample *s, struct slice doc)
{
	if (s->st != ST_OK)
		return;
	check_time(doc, s->from, s->to, ST_OK);
	check_time(doc, s->from - 1, s->to, ST_ATT_VALIDITY);
	check_time(doc, s->from, s->to + 1, ST_ATT_VALIDITY);
	check_time(doc, s->to + 1, s->to + 1, ST_ATT_VALIDITY);
	check_time(doc, 1795392000, 1795392000, ST_ATT_VALIDITY); /* 2026-11-23 */
	check_time(doc, 0, 0, ST_ATT_VALIDITY);
	check_time(doc, INT64_MIN, INT64_MAX, ST_ATT_VALIDITY);
	check_time(doc, INT64_MAX, INT64_MAX, ST_ATT_VALIDITY);
}

static void valid_at_no_other_time(void **state)
{
	(void)state;
	each_sample(check_times);
}

/* ---- anchors ---- */

static void check_anchors(const struct sample *s, struct slice doc)
{
	struct att_anchor list[5];
	struct att_anchors none = {list, 0}, changed = {list, 5};
	struct att_input in = {.evidence = doc, .now = {s->at, s->at}};
	const struct att_anchors *tables[] = {NULL, &none, &changed};

	if (s->st != ST_OK)
		return;
	memcpy(list, att_anchors_production.list, sizeof list);
	for (size_t i = 0; i < COUNT_OF(list);
	     i++) { /* the right key under another vendor's name, and another key under AWS's */
		if (list[i].root != ATT_ROOT_AWS_NITRO)
			memcpy(list[i].pin, att_anchors_production.list[0].pin, ATT_PIN_LEN);
		else
			list[i].pin[31] ^= 1;
	}
	for (size_t t = 0; t < COUNT_OF(tables); t++) {
		struct att_finding f = {0};
		struct att_claims c;
		in.anchors = tables[t];
		assert_int_equal(att_examine(&c, TEE_NITRO, &in, &f), ST_ATT_CHAIN);
		assert_int_equal(f.check, ATT_CHECK_ROOT);
	}
}

static void no_other_anchor_will_do(void **state)
{
	(void)state;
	assert_int_equal(att_anchors_production.n, 5);
	assert_int_equal(att_anchors_production.list[0].root, ATT_ROOT_AWS_NITRO);
	each_sample(check_anchors);
}

/* ---- truncation and extension ---- */

static void check_truncations(const struct sample *s, struct slice doc)
{
	struct att_claims c;
	struct att_finding f;

	for (size_t n = 0; n < doc.len; n++) {
		uint8_t *exact = malloc(n + 1); /* the sanitizer sees a read past the end */
		memcpy(exact, doc.ptr, n);
		assert_int_equal(sample_examine(&c, slice_of(exact, n), s->at, &f), ST_ATT_FORMAT);
		assert_int_equal(f.check, ATT_CHECK_FORM);
		free(exact);
	}
	struct buf longer = {0};
	buf_append(&longer, doc.ptr, doc.len);
	buf_append(&longer, "\0", 1);
	assert_int_equal(sample_examine(&c, buf_view(&longer), s->at, &f), ST_ATT_FORMAT);
	buf_clear(&longer);
}

static void every_truncation_is_refused(void **state)
{
	(void)state;
	each_sample(check_truncations);
}

/* ---- tag 18: the specification allows it, no genuine document has it ---- */

static void check_tag(const struct sample *s, struct slice doc)
{
	static const struct {
		const char *tag;
		size_t len;
		bool fine;
	} tags[] = {{"\xd2", 1, true}, {"\xd2\xd2", 2, false}, {"\xd1", 1, false}, {"\xd8\x62", 2, false},
	    {"\xd9\x03\xe6", 3, false}};

	for (size_t t = 0; t < COUNT_OF(tags); t++) {
		struct buf tagged = {0};
		struct att_claims c;
		struct att_finding f;
		buf_append(&tagged, tags[t].tag, tags[t].len);
		buf_append(&tagged, doc.ptr, doc.len);
		assert_int_equal(
		    sample_examine(&c, buf_view(&tagged), s->at, &f), tags[t].fine ? s->st : ST_ATT_FORMAT);
		buf_clear(&tagged);
	}
}

static void tag_18_or_none(void **state)
{
	(void)state;
	each_sample(check_tag);
}

/* ---- in an enclave: the first of the tests, while nothing that the library loads late is loaded ---- */

static struct buf genuine;
static const struct sample *sample_here;

static int work_in_the_sandbox(void)
{
	struct att_claims c;
	struct att_finding f;

	if (crypto_init() != ST_OK || close_sandbox() != 0)
		return 1;
	return sample_examine(&c, buf_view(&genuine), sample_here->at, &f) == ST_OK ? 42 : 2;
}

static void verifies_behind_a_closed_sandbox(void **state)
{
	(void)state;
	for (sample_here = samples; !sample_here->is_here || sample_here->st != ST_OK;)
		sample_here++;
	assert_true(sample_load(&genuine, sample_here));
	assert_int_equal(in_child(work_in_the_sandbox), 42);
	buf_clear(&genuine);
	assert_int_equal(crypto_init(), ST_OK); /* for the tests that follow */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(verifies_behind_a_closed_sandbox),
	    cmocka_unit_test(each_gets_its_verdict),
	    cmocka_unit_test(debug_enclaves_are_refused_unless_permitted),
	    cmocka_unit_test(valid_at_no_other_time),
	    cmocka_unit_test(no_other_anchor_will_do),
	    cmocka_unit_test(every_truncation_is_refused),
	    cmocka_unit_test(tag_18_or_none),
	};
	return cmocka_run_group_tests_name("nitro documents", tests, NULL, NULL);
}
