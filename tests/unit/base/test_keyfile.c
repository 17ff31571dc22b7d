/* Tests base/keyfile.h: what is written reads back in its role alone; everything else in the file is refused; never overwritten. */
#include "base/keyfile.h"

#include "base/buf.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[64], path[128];

static int setup(void **state)
{
	(void)state;
	snprintf(folder, sizeof folder, "/tmp/parley-test-keyfile-XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/a.key", folder);
	return crypto_init() == ST_OK ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static struct key_file sample(enum key_role role)
{
	struct key_file key = {.role = role, .party = "north"};

	for (size_t i = 0; i < sizeof key.secret.bytes; i++)
		key.secret.bytes[i] = (uint8_t)(3 * i + role);
	return key;
}

static enum status read_text(const char *text, size_t len, unsigned mode)
{
	struct key_file key;

	unlink(path);
	assert_int_equal(file_write(path, slice_of(text, len), 0600), ST_OK);
	assert_int_equal(chmod(path, mode), 0);
	return key_file_read(&key, path, KEY_ENDORSE, NULL);
}

static void reads_back_in_its_own_role_alone(void **state)
{
	(void)state;
	for (enum key_role role = KEY_APPROVE; role <= KEY_TEE_ROOT; role++) {
		struct key_file key = sample(role), got;
		unlink(path);
		assert_int_equal(key_file_write(path, &key, NULL), ST_OK);
		for (enum key_role as = KEY_APPROVE; as <= KEY_TEE_ROOT; as++)
			assert_int_equal(key_file_read(&got, path, as, NULL), as == role ? ST_OK : ST_KEY_ROLE);
		assert_int_equal(key_file_read(&got, path, role, NULL), ST_OK);
		assert_memory_equal(got.secret.bytes, key.secret.bytes, sizeof got.secret.bytes);
		assert_string_equal(got.party, "north");
	}
}

static void is_never_overwritten_and_nobody_elses(void **state)
{
	(void)state;
	struct key_file key = sample(KEY_ENDORSE);
	struct problem problem = {0};
	struct stat about;

	unlink(path);
	assert_int_equal(key_file_write(path, &key, NULL), ST_OK);
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	assert_int_equal(key_file_write(path, &key, &problem), ST_CANT_CREATE);
	assert_string_equal(problem.where, path);
	for (unsigned mode = 0601; mode <= 0677; mode++)
		assert_int_equal(chmod(path, mode) == 0 ? key_file_read(&key, path, KEY_ENDORSE, NULL) : ST_KEY, ST_KEY);
}

static void refuses_everything_else(void **state)
{
	(void)state;
	struct key_file key = sample(KEY_ENDORSE);
	struct buf good = {0};

	unlink(path);
	assert_int_equal(key_file_write(path, &key, NULL), ST_OK);
	assert_int_equal(buf_read_file(&good, path, 4096), ST_OK);
	assert_int_equal(read_text((char *)good.ptr, good.len, 0600), ST_OK);
	for (size_t n = 0; n < good.len; n++) /* every truncation */
		assert_int_not_equal(read_text((char *)good.ptr, n, 0600), ST_OK);
	buf_append_str(&good, "x"); /* something left over */
	assert_int_not_equal(read_text((char *)good.ptr, good.len, 0600), ST_OK);
	assert_int_not_equal(read_text("parley-key/v2 endorse north 00\n", 31, 0600), ST_OK);
	buf_clear(&good);
	unlink(path);
	assert_int_equal(key_file_read(&key, path, KEY_ENDORSE, NULL), ST_NO_INPUT);
}

static void public_halves_are_those_of_the_secret(void **state)
{
	(void)state;
	struct key_file signing = sample(KEY_APPROVE), receive = sample(KEY_RECEIVE);
	uint8_t pk[32], want[32], sk[ED25519_SECRET_LEN], sig[ED25519_SIG_LEN];

	key_file_public(pk, &signing);
	key_file_signing(sk, &signing);
	ed25519_sign(sig, slice_str("hello"), sk);
	assert_int_equal(ed25519_verify(sig, slice_str("hello"), pk), ST_OK);
	key_file_public(pk, &receive);
	x25519_public(want, receive.secret.bytes);
	assert_memory_equal(pk, want, sizeof pk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_back_in_its_own_role_alone),
		cmocka_unit_test(is_never_overwritten_and_nobody_elses),
		cmocka_unit_test(refuses_everything_else),
		cmocka_unit_test(public_halves_are_those_of_the_secret),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
