/*
 * What runs is what was measured, and all of it is measured: the executable, the loader, each shared object, the configuration. A
 * changed one is another measurement, which the verifier refuses; one changed after measuring is not what runs.
 */
#include "support/test.h"

#include "attest/attest.h"
#include "launch.h"
#include "software/image.h"
#include "software/profile.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static char folder[] = "/tmp/parley-launcher-XXXXXX";

/* Valid for a few more calls. */
static char *in_folder(const char *name)
{
	static char path[4][512];
	static unsigned next;

	next = (next + 1) % 4;
	snprintf(path[next], sizeof path[next], "%s/%s", folder, name);
	return path[next];
}

static void copy_file(const char *to, const char *from)
{
	struct buf bytes = {0};

	assert_int_equal(buf_read_file(&bytes, from, IMAGE_FILE_BYTES_MAX), ST_OK);
	assert_int_equal(file_write(to, buf_view(&bytes), 0755), ST_OK);
	buf_clear(&bytes);
}

/* Copies of everything the probe needs, beside each other. */
static void fill_folder(void)
{
	struct problem problem = {0};
	struct image image;
	char bytes[65536], name[256];

	assert_int_equal(image_load(&image, SANDBOX_PROBE, NULL, &problem), ST_OK);
	for (size_t i = 0; i < image.n; i++) {
		snprintf(name, sizeof name, "%s", in_folder(image.file[i].name));
		unlink(name);
		int to = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755);
		off_t at = 0;
		for (ssize_t n; (n = pread(image.file[i].fd, bytes, sizeof bytes, at)) > 0; at += n)
			assert_int_equal(write(to, bytes, (size_t)n), n);
		assert_int_equal(at, image.file[i].size);
		close(to);
	}
	image_clear(&image);
}

static int setup(void **state)
{
	if (!mkdtemp(folder) || launch_setup(state) != 0)
		return -1;
	fill_folder();
	return 0;
}

static int teardown(void **state)
{
	DIR *d = opendir(folder);

	for (struct dirent *e; d && (e = readdir(d));)
		if (e->d_name[0] != '.')
			unlink(in_folder(e->d_name));
	if (d)
		closedir(d);
	return rmdir(folder) == 0 ? launch_teardown(state) : -1;
}

/* The last byte of the file: behind everything the loader maps, so that it still runs. */
static void change(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, "x", 1), 1);
	close(fd);
}

static void the_place_of_a_file_is_not_measured(void **state)
{
	(void)state;
	char here[129], there[129];

	assert_true(launch_measure(here, SANDBOX_PROBE, NULL));
	assert_true(launch_measure(there, in_folder("parley-enclave"), folder));
	assert_string_equal(here, there);
}

static void each_changed_file_is_another_measurement(void **state)
{
	(void)state;
	char good[129], changed[129];
	struct problem problem = {0};
	struct image image;

	assert_true(launch_measure(good, in_folder("parley-enclave"), folder));
	assert_int_equal(image_load(&image, SANDBOX_PROBE, NULL, &problem), ST_OK);
	assert_true(image.n >= 4); /* the executable, its loader, libc, and libraries of ours */
	for (size_t i = 0; i < image.n; i++) {
		change(in_folder(image.file[i].name));
		assert_true(launch_measure(changed, in_folder("parley-enclave"), folder));
		assert_string_not_equal(changed, good);
		fill_folder();
	}
	image_clear(&image);
	assert_true(launch_measure(changed, in_folder("parley-enclave"), folder));
	assert_string_equal(changed, good);
}

static void the_configuration_is_measured(void **state)
{
	(void)state;
	char command[512], text[65536];
	uint8_t profile[HASH_LEN];
	char hex[2 * HASH_LEN + 1], want[256];

	snprintf(command, sizeof command, PARLEY_BIN_DIR "/parley-launch --measure --json --enclave '%s'", SANDBOX_PROBE);
	FILE *f = popen(command, "r");
	assert_non_null(f);
	text[fread(text, 1, sizeof text - 1, f)] = 0;
	assert_int_equal(pclose(f), 0);
	launch_profile_hash(profile);
	hex_encode(hex, slice_of(profile, sizeof profile));
	snprintf(want, sizeof want, "{\"name\":\"/configuration\",\"hash\":\"%s\"}", hex);
	assert_non_null(strstr(text, want));
	/* and it counts: the files alone have another measurement */
	struct problem problem = {0};
	struct image image;
	struct att_measured files[IMAGE_FILES_MAX];
	uint8_t without[HASH_LEN];
	assert_int_equal(image_load(&image, SANDBOX_PROBE, NULL, &problem), ST_OK);
	for (size_t i = 0; i < image.n; i++) {
		files[i].name = image.file[i].name;
		memcpy(files[i].hash, image.file[i].hash, HASH_LEN);
	}
	att_soft_measurement(without, files, image.n);
	assert_memory_not_equal(without, image.measurement, HASH_LEN);
	image_clear(&image);
}

static void a_missing_file_or_no_elf_is_not_launched(void **state)
{
	(void)state;
	char hex[129];

	assert_false(launch_measure(hex, in_folder("parley-enclave"), "/nonexistent"));
	assert_false(launch_measure(hex, "/etc/passwd", NULL));
	assert_false(launch_measure(hex, "/nonexistent", NULL));
	unlink(in_folder("libc.so.6"));
	assert_false(launch_measure(hex, in_folder("parley-enclave"), folder));
	fill_folder();
}

/* The claims of evidence that the real launcher signed, judged as a peer judges them. */
static enum status judge(const char *evidence, size_t len, const char *measurement, struct att_finding *finding)
{
	uint8_t root[ED25519_PUBLIC_LEN], sk[ED25519_SECRET_LEN], seed[ED25519_SEED_LEN], report_data[HASH_LEN];
	struct tee_set set = {.not_after = INT64_MAX, .n_values = 1, .values = {{.reg = TEE_REG_CODE, .len = HASH_LEN}}};
	const struct tee_rules rules = {0};
	struct att_claims claims;

	for (uint8_t i = 0; i < sizeof seed; i++)
		seed[i] = i;
	ed25519_keypair(root, sk, seed);
	memset(report_data, 'r', sizeof report_data);
	assert_int_equal(hex_decode(set.values[0].bytes, HASH_LEN, measurement), ST_OK);
	const struct att_reference ref = {.kind = TEE_SOFTWARE, .root = root, .sets = &set, .n_sets = 1, .rules = &rules, .max_age_s = 60};
	const struct att_input in = {.evidence = slice_of(evidence, len), .root = root, .now = {time(NULL), time(NULL)}};
	return att_verify(&claims, TEE_SOFTWARE, &in, &ref, report_data, finding);
}

static void evidence_of_a_changed_library_is_refused(void **state)
{
	(void)state;
	char good[129], evidence[8192];
	struct att_finding finding = {0}, refused = {0};
	size_t len;
	int host;

	assert_true(launch_measure(good, in_folder("parley-enclave"), folder));
	char enclave[512];

	snprintf(enclave, sizeof enclave, "%s", in_folder("parley-enclave"));
	const struct launch_options options = {.enclave = enclave, .libraries = folder};
	pid_t launcher = launch(&host, &options);
	assert_int_equal(launch_ask(launcher, host, 'E', evidence, sizeof evidence, &len), 0);
	assert_int_equal(judge(evidence, len, good, &finding), ST_OK);
	change(in_folder("libsodium.so.23"));
	launcher = launch(&host, &options);
	assert_int_equal(launch_ask(launcher, host, 'E', evidence, sizeof evidence, &len), 0); /* it runs, and says what it is */
	assert_int_equal(judge(evidence, len, good, &refused), ST_ATT_MEASUREMENT);
	fill_folder();
}

/* The launcher measures, then opens the root's key: a pipe in the key's place stops it exactly in between. */
static void a_file_swapped_after_measuring_is_not_what_runs(void **state)
{
	(void)state;
	char good[129], evidence[8192], key[512], enclave[512];
	struct att_finding finding = {0};
	size_t len;
	int host;

	snprintf(key, sizeof key, "%s", in_folder("key"));
	snprintf(enclave, sizeof enclave, "%s", in_folder("parley-enclave"));
	assert_true(launch_measure(good, enclave, folder));
	assert_int_equal(mkfifo(key, 0600), 0);
	pid_t launcher = launch(&host, &(struct launch_options){.enclave = enclave, .libraries = folder, .key = key});
	int pipe = open(key, O_WRONLY); /* returns when the launcher opens the other end */
	assert_true(pipe >= 0);
	assert_int_equal(unlink(key), 0); /* it opens the key once more after the start: that will be another pipe */
	assert_int_equal(mkfifo(key, 0600), 0);
	copy_file(in_folder("other"), "/bin/false");
	assert_int_equal(rename(in_folder("other"), enclave), 0); /* another file in its place */
	change(in_folder("libsodium.so.23"));                     /* the same file with other bytes */
	unlink(in_folder("libc.so.6"));
	assert_int_equal(write(pipe, LAUNCH_KEY_LINE, sizeof LAUNCH_KEY_LINE - 1), sizeof LAUNCH_KEY_LINE - 1);
	close(pipe);
	pipe = open(key, O_WRONLY);
	assert_int_equal(write(pipe, LAUNCH_KEY_LINE, sizeof LAUNCH_KEY_LINE - 1), sizeof LAUNCH_KEY_LINE - 1);
	close(pipe);
	assert_int_equal(launch_ask(launcher, host, 'E', evidence, sizeof evidence, &len), 0);
	assert_int_equal(judge(evidence, len, good, &finding), ST_OK);
	unlink(key);
	fill_folder();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_place_of_a_file_is_not_measured), cmocka_unit_test(each_changed_file_is_another_measurement),
	    cmocka_unit_test(the_configuration_is_measured), cmocka_unit_test(a_missing_file_or_no_elf_is_not_launched),
	    cmocka_unit_test(evidence_of_a_changed_library_is_refused),
	    cmocka_unit_test(a_file_swapped_after_measuring_is_not_what_runs),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
