/* Spoilt files: never a crash, and whatever is refused has a place and a caret. */
#include "sample.h"
#include "../../support/test.h"

#include "policy/manifest.h"

/* libfyaml 0.7.12 loses its chunk list for a single-quoted scalar of a hundred thousand quotes that does not end. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfyaml";
}

static unsigned accepted, refused;

static void try(struct slice yaml)
{
	struct manifest m;
	struct problem problem = {0};

	if (manifest_parse(&m, yaml, "p.yaml", &problem) == ST_OK) {
		struct buf text = {0};

		assert_int_equal(manifest_render(&text, &m), ST_OK);
		buf_clear(&text);
		manifest_clear(&m);
		accepted++;
		return;
	}
	refused++;
	assert_int_not_equal(problem.st, ST_OK);
	assert_non_null(strstr(problem.where, "p.yaml:"));
	assert_int_not_equal(problem.message[0], 0);
	if (!strchr(problem.excerpt, '^'))
		fail_msg("%s: %s: [%s]", problem.where, problem.message, problem.excerpt);
}

static void truncations(void **state)
{
	(void)state;
	for (size_t n = 0; n < sizeof sample_whole - 1; n++)
		try(slice_of(sample_whole, n));
}

static void byte_flips(void **state)
{
	char yaml[sizeof sample_whole];

	(void)state;
	for (size_t i = 0; i < sizeof sample_whole - 1; i++)
		for (int bit = 0; bit < 8; bit += 1 + (int)(i % 3)) {
			memcpy(yaml, sample_whole, sizeof yaml);
			yaml[i] = (char)(yaml[i] ^ (1 << bit));
			try(slice_of(yaml, sizeof yaml - 1));
		}
}

/* The start of line n, counted from 0. */
static const char *line_at(const char *text, unsigned n)
{
	while (n-- > 0 && text)
		text = strchr(text, '\n') ? strchr(text, '\n') + 1 : NULL;
	return text && *text ? text : NULL;
}

static void lines_deleted_and_doubled(void **state)
{
	const char *line, *next;

	(void)state;
	for (unsigned n = 0; (line = line_at(sample_whole, n)); n++) {
		char yaml[2 * sizeof sample_whole];

		next = line_at(sample_whole, n + 1);
		if (!next)
			next = sample_whole + sizeof sample_whole - 1;
		try(slice_of(yaml, (size_t)sprintf(yaml, "%.*s%s", (int)(line - sample_whole), sample_whole, next)));
		try(slice_of(yaml, (size_t)sprintf(yaml, "%.*s%s", (int)(next - sample_whole), sample_whole, line)));
	}
}

static void random_splices(void **state)
{
	static const char *const bits[] = {"[", "]", "{", "}", ": ", "- ", "\n", "  ", "'", "\"", "|", ">", "&a", "*a",
	    "!", "#", "? ", "%", "---\n", ",", "~"};
	struct test_rng rng = {.state = 42};

	(void)state;
	for (int round = 0; round < 3000; round++) {
		char yaml[sizeof sample_whole + 64];
		size_t at = test_below(&rng, sizeof sample_whole - 1);
		const char *bit = bits[test_below(&rng, COUNT_OF(bits))];

		try(slice_of(yaml, (size_t)sprintf(yaml, "%.*s%s%s", (int)at, sample_whole, bit, sample_whole + at)));
	}
}

/* Bombs of every shape end quickly. */
static void bombs(void **state)
{
	static const char *const units[] = {"[", "{a: ", "- ", "? ", "a:\n", "'", "\"x", "[a, ", "!", "&a ", "*a ",
	    "\n", "|\n", "#", "- - - ", "\xc3\xa9"};
	char *yaml = malloc(COMPILE_YAML_MAX + 16);

	(void)state;
	assert_non_null(yaml);
	for (size_t u = 0; u < COUNT_OF(units); u++) {
		size_t n = 0, len = strlen(units[u]);

		while (n + len <= COMPILE_YAML_MAX) {
			memcpy(yaml + n, units[u], len);
			n += len;
		}
		try(slice_of(yaml, n));
	}
	memset(yaml, 'a', COMPILE_YAML_MAX + 1);
	try(slice_of(yaml, COMPILE_YAML_MAX + 1));
	free(yaml);
}

static void both_happened(void **state)
{
	(void)state;
	print_message("%u accepted, %u refused\n", accepted, refused);
	assert_true(accepted > 100);
	assert_true(refused > 1000);
}

int run_mutations(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(truncations),
	    cmocka_unit_test(byte_flips),
	    cmocka_unit_test(lines_deleted_and_doubled),
	    cmocka_unit_test(random_splices),
	    cmocka_unit_test(bombs),
	    cmocka_unit_test(both_happened),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
