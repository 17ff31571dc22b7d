/*
 * Every bit of one genuine document, and one bit of every byte of each other document, flipped: refused, at the time at which the
 * document itself has its verdict. No byte of a document binds nothing. Under a sanitizer, which is several times slower, every
 * seventh position is taken; the release build takes them all.
 */
#include "../../support/test.h"

#include <sys/wait.h>
#include <unistd.h>

#include "memo.h"
#include "samples.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { STRIDE = 7 };
#else
enum { STRIDE = 1 };
#endif
enum { WORKERS = 2 };

/* Bit `bit` of the document; true when refused. */
static bool flipped_is_refused(uint8_t *doc, size_t len, size_t bit, int64_t at)
{
	struct att_claims c;
	struct att_finding f;

	doc[bit / 8] ^= (uint8_t)(1u << bit % 8);
	enum status st = sample_examine(&c, slice_of(doc, len), at, &f);
	doc[bit / 8] ^= (uint8_t)(1u << bit % 8);
	return st != ST_OK && st == f.st && f.got[0] != 0;
}

/* The one hostile document that a single flip repairs: it is genuine but for the lowest bit of its last byte. */
static bool is_repair(const struct sample *s, size_t len, size_t bit)
{
	return strcmp(s->name, "hostile-2022-11-09-badsig.cbor") == 0 && bit / 8 == len - 1;
}

/* Positions k of this worker; in each byte the bit whose number is the position's own, unless all eight are asked for. */
static int flip_share(const struct sample *s, struct buf *doc, size_t worker, bool whole)
{
	size_t n = whole ? 8 * doc->len : doc->len;

	for (size_t k = worker * STRIDE; k < n; k += WORKERS * STRIDE) {
		size_t bit = whole ? k : 8 * k + k % 8;
		if (is_repair(s, doc->len, bit) || flipped_is_refused(doc->ptr, doc->len, bit, s->at))
			continue;
		fprintf(stderr, "%s: accepted with bit %zu of byte %zu flipped\n", s->name, bit % 8, bit / 8);
		return 1;
	}
	return 0;
}

static void flip(const struct sample *s, struct buf *doc, bool whole)
{
	pid_t pids[WORKERS];
	struct att_claims c;
	struct att_finding f;

	memo.open = true;
	assert_int_equal(sample_examine(&c, buf_view(doc), s->at, &f), s->st);
	memo.open = false;
	for (size_t w = 0; w < WORKERS; w++) {
		pids[w] = fork();
		assert_true(pids[w] >= 0);
		if (pids[w] == 0)
			_exit(flip_share(s, doc, w, whole));
	}
	int bad = 0, status;
	for (size_t w = 0; w < WORKERS; w++)
		bad |= waitpid(pids[w], &status, 0) != pids[w] || status != 0;
	memo_clear();
	assert_int_equal(bad, 0);
}

static void every_bit_of_a_genuine_document(void **state)
{
	(void)state;
	for (size_t i = 0; i < n_samples; i++) {
		struct buf doc;
		if (!samples[i].is_here || samples[i].st != ST_OK || samples[i].debug)
			continue;
		assert_true(sample_load(&doc, &samples[i]));
		flip(&samples[i], &doc, true);
		buf_clear(&doc);
	}
}

static void one_bit_of_every_byte_of_the_others(void **state)
{
	size_t seen = 0;

	(void)state;
	for (size_t i = 0; i < n_samples; i++) {
		struct buf doc;
		if ((samples[i].is_here && samples[i].st == ST_OK && !samples[i].debug) ||
		    !sample_load(&doc, &samples[i]))
			continue;
		flip(&samples[i], &doc, false);
		buf_clear(&doc);
		seen++;
	}
	print_message("%zu other documents\n", seen);
	assert_true(seen >= 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_bit_of_a_genuine_document),
	    cmocka_unit_test(one_bit_of_every_byte_of_the_others),
	};
	return crypto_init() == ST_OK ? cmocka_run_group_tests_name("nitro documents, flipped", tests, NULL, NULL) : 1;
}
