/* produce/guest.h: configfs-tsm as TDX and SNP guests have it, /dev/sev-guest, and every way in which they may answer, or not. */
#include "fake_files.h"

#include "base/reader.h"
#include "produce/guest.h"

enum { INBLOB, OUTBLOB, PROVIDER, AUXBLOB, GENERATION };
static uint8_t report_data[REPORT_DATA_LEN], tdx4[5000], tdx5[5070], snp[SNP_REPORT_LEN], table[24 * 3 + 40];

/* The kernel's count, as the file has it when it is opened; others may write in between. */
static bool show_generation(struct fake_files *f, struct fake_file *file)
{
	if (file != &f->file[GENERATION])
		return true;
	snprintf(f->generation_text, sizeof f->generation_text, "%llu\n", (unsigned long long)f->generation);
	file->content = slice_str(f->generation_text);
	return true;
}

static struct fake_files guest(const char *provider, struct slice outblob)
{
	struct fake_files f = {.n = 5,
	    .bump_by = 1,
	    .generation = 4,
	    .on_open = show_generation,
	    .file = {[INBLOB] = {.name = "/inblob"},
		[OUTBLOB] = {.name = "/outblob", .content = outblob},
		[PROVIDER] = {.name = "/provider", .content = slice_str(provider)},
		[AUXBLOB] = {.name = "/auxblob"},
		[GENERATION] = {.name = "/generation"}}};

	return f;
}

static struct fake_files tdx_guest(void)
{
	struct fake_files f = guest("tdx_guest\n", slice_of(tdx4, sizeof tdx4));

	f.file[AUXBLOB].open_error = -ENOENT;
	return f;
}

static struct fake_files snp_guest(void)
{
	struct fake_files f = guest("sev_guest\n", slice_of(snp, sizeof snp));

	f.file[AUXBLOB].content = slice_of(table, sizeof table);
	return f;
}

struct made {
	enum tee_kind kind;
	struct buf evidence, table;
	struct problem p;
};

static enum status produce(struct made *m, struct fake_files *f)
{
	const struct device_calls d = fake_device(f);

	*m = (struct made){0};
	enum status st = produce_guest(&m->kind, &m->evidence, &m->table, &d, report_data, &m->p);
	assert_int_equal(f->open_now, 0);
	assert_int_equal(f->rmdirs, f->mkdirs);
	return st;
}

static void clear(struct made *m, struct fake_files *f)
{
	buf_clear(&m->evidence);
	buf_clear(&m->table);
	fake_clear(f);
}

static void refuses(struct fake_files f, const char *why)
{
	struct made m;

	assert_int_equal(produce(&m, &f), ST_TEE);
	if (!strstr(m.p.message, why))
		fail_msg("\"%s\" does not say \"%s\"", m.p.message, why);
	assert_int_equal(m.evidence.len + m.table.len + m.kind, 0);
	clear(&m, &f);
}

static void a_tdx_guest_gives_its_quote(void **state)
{
	struct fake_files f = tdx_guest();
	struct made m;

	(void)state;
	assert_int_equal(produce(&m, &f), ST_OK);
	assert_int_equal(m.kind, TEE_TDX);
	assert_slice_equal(buf_view(&m.evidence), slice_of(tdx4, sizeof tdx4));
	assert_int_equal(m.table.len, 0);
	assert_slice_equal(buf_view(&f.file[INBLOB].written), slice_of(report_data, 64));
	clear(&m, &f);
	f = tdx_guest();
	f.file[OUTBLOB].content = slice_of(tdx5, sizeof tdx5);
	assert_int_equal(produce(&m, &f), ST_OK);
	assert_slice_equal(buf_view(&m.evidence), slice_of(tdx5, sizeof tdx5));
	clear(&m, &f);
}

static void an_snp_guest_gives_report_and_table(void **state)
{
	struct fake_files f = snp_guest();
	struct guest_certificates c;
	struct made m;

	(void)state;
	assert_int_equal(produce(&m, &f), ST_OK);
	assert_int_equal(m.kind, TEE_SNP);
	assert_slice_equal(buf_view(&m.evidence), slice_of(snp, sizeof snp));
	assert_slice_equal(buf_view(&m.table), slice_of(table, sizeof table));
	assert_int_equal(guest_certificates_parse(&c, buf_view(&m.table)), ST_OK);
	assert_slice_equal(c.vcek, slice_of(table + 72, 30));
	assert_slice_equal(c.ark, slice_of(table + 102, 10));
	assert_int_equal(c.vlek.len + c.ask.len + c.crl.len, 0);
	clear(&m, &f);
	f = snp_guest();
	f.file[AUXBLOB].content.len = 0;
	assert_int_equal(produce(&m, &f), ST_OK);
	assert_int_equal(m.table.len, 0);
	clear(&m, &f);
}

static void a_request_left_from_before_is_removed(void **state)
{
	struct fake_files f = tdx_guest();
	const struct device_calls d = fake_device(&f);
	struct made m = {0};

	(void)state;
	f.mkdir_eexist = 1;
	assert_int_equal(produce_guest(&m.kind, &m.evidence, &m.table, &d, report_data, &m.p), ST_OK);
	assert_int_equal(f.mkdirs, 1);
	assert_int_equal(f.rmdirs, 2);
	clear(&m, &f);
	f = tdx_guest();
	f.mkdir_eexist = 1000;
	m = (struct made){0};
	assert_int_equal(produce_guest(&m.kind, &m.evidence, &m.table, &d, report_data, &m.p), ST_TEE);
	clear(&m, &f);
}

/* Somebody else writes between our write and our reading. */
static bool interfere(struct fake_files *f, struct fake_file *file)
{
	if (file == &f->file[OUTBLOB] && f->pauses < 2)
		f->generation++;
	return show_generation(f, file);
}

static bool always_interfere(struct fake_files *f, struct fake_file *file)
{
	if (file == &f->file[OUTBLOB])
		f->generation++;
	return show_generation(f, file);
}

static void asks_again_when_the_generation_changed(void **state)
{
	struct fake_files f = tdx_guest();
	struct made m;

	(void)state;
	f.on_open = interfere;
	assert_int_equal(produce(&m, &f), ST_OK);
	assert_int_equal(f.pauses, 2);
	assert_int_equal(m.evidence.len, sizeof tdx4); /* once, not three times */
	clear(&m, &f);
	f = tdx_guest();
	f.on_open = always_interfere;
	refuses(f, "an answer of our own request");
	f = tdx_guest();
	f.bump_by = 0; /* the write was lost when the file was closed */
	refuses(f, "an answer of our own request");
	f = tdx_guest();
	f.file[OUTBLOB].busy = 1000;
	refuses(f, "busy");
}

static bool strange_generation(struct fake_files *f, struct fake_file *file)
{
	if (file == &f->file[GENERATION])
		file->content = slice_str("-1\n");
	return true;
}

static void refuses_a_generation_that_is_no_number(void **state)
{
	struct fake_files f = tdx_guest();

	(void)state;
	f.on_open = strange_generation;
	refuses(f, "Protocol error");
}

static void refuses_another_provider(void **state)
{
	(void)state;
	refuses(guest("arm_cca_guest\n", slice_of(snp, sizeof snp)), "arm_cca_guest");
	refuses(guest("", slice_of(snp, sizeof snp)), "not understood");
	refuses(guest("tdx_guest\x1b", slice_of(tdx4, sizeof tdx4)), "tdx_guest?");
	refuses(guest("tdx_guest\n", slice_of(snp, 600)), "only 600 bytes");
	refuses(guest("sev_guest\n", slice_of(tdx4, sizeof tdx4)), "not 1184");
}

static void refuses_other_report_data_and_lengths(void **state)
{
	struct fake_files f = tdx_guest();
	uint8_t other[sizeof tdx4];

	(void)state;
	memcpy(other, tdx4, sizeof other);
	other[568 + 63] ^= 0x80;
	f.file[OUTBLOB].content = slice_of(other, sizeof other);
	refuses(f, "other report data");
	other[0] = 3;
	refuses(guest("tdx_guest\n", slice_of(other, sizeof other)), "version 3");
	f = snp_guest();
	memcpy(other, snp, sizeof snp);
	other[0x50] ^= 1;
	f.file[OUTBLOB].content = slice_of(other, sizeof snp);
	refuses(f, "other report data");
	for (size_t n = 0; n < SNP_REPORT_LEN; n += 37) {
		f = snp_guest();
		f.file[OUTBLOB].content.len = n;
		refuses(f, "not 1184");
	}
}

static void refuses_endless_attributes(void **state)
{
	struct fake_files f = snp_guest();

	(void)state;
	f.n = 2; /* outblob is the last and never ends; what follows is not reached */
	f.file[0] = (struct fake_file){.name = "/generation", .content = slice_str("1")};
	f.on_open = NULL;
	f.endless = true;
	f.file[1] = (struct fake_file){.name = "/inblob"};
	refuses(f, "No such file");
	f = snp_guest();
	struct fake_file aux = f.file[AUXBLOB];
	f.file[AUXBLOB] = f.file[GENERATION];
	f.file[GENERATION] = aux;
	f.on_open = NULL;
	f.file[AUXBLOB].content = slice_str("5");
	f.endless = true;
	refuses(f, "too large");
}

static void refuses_tables_that_are_not_well_formed(void **state)
{
	struct guest_certificates c;
	uint8_t other[sizeof table];

	(void)state;
	for (size_t n = 1; n < sizeof table; n++)
		assert_int_equal(guest_certificates_parse(&c, slice_of(table, n)), ST_FORMAT);
	for (size_t at = 16; at < 24; at++) { /* offset and length of the first */
		memcpy(other, table, sizeof other);
		other[at] |= 0x80;
		assert_int_equal(guest_certificates_parse(&c, slice_of(other, sizeof other)), ST_FORMAT);
	}
	memcpy(other, table, sizeof other);
	other[16] = 71; /* inside the head */
	assert_int_equal(guest_certificates_parse(&c, slice_of(other, sizeof other)), ST_FORMAT);
	memcpy(other, table, sizeof other);
	memcpy(other + 24, table, 16); /* two VCEKs */
	assert_int_equal(guest_certificates_parse(&c, slice_of(other, sizeof other)), ST_FORMAT);
	struct fake_files f = snp_guest();
	f.file[AUXBLOB].content = slice_of(other, sizeof other);
	refuses(f, "table is not well-formed");
	assert_int_equal(guest_certificates_parse(&c, (struct slice){0}), ST_OK);
}

/* ---- /dev/sev-guest ---- */
struct sev {
	int open_error, error, busy;
	uint32_t vmm, status, size;
	bool old; /* knows no extended request */
	bool no_room; /* the host's table never fits */
	bool echo_other;
	unsigned asked, open_now;
};

static int sev_open(void *ctx, const char *path, bool write)
{
	struct sev *s = ctx;

	if (strcmp(path, "/dev/sev-guest") != 0)
		return -ENOENT;
	assert_true(write);
	if (s->open_error)
		return s->open_error;
	s->open_now++;
	return 5;
}

static int sev_ioctl(void *ctx, int fd, unsigned long request, void *arg)
{
	struct sev_request *r = arg;
	struct sev_extended_request *x = (void *)(uintptr_t)r->request;
	struct sev_report_response *out = (void *)(uintptr_t)r->response;
	struct sev *s = ctx;
	uint8_t report[SNP_REPORT_LEN];

	assert_int_equal(fd, 5);
	assert_int_equal(r->message_version, 1);
	assert_memory_equal(x->data.user_data, report_data, 64);
	assert_int_equal(x->data.vmpl, 0);
	s->asked++;
	if (s->busy > 0 && s->busy--) {
		r->firmware_and_vmm_error = (uint64_t)SEV_VMM_BUSY << 32;
		return -EIO;
	}
	if (request == 0xc0205302) {
		if (s->old)
			return -ENOTTY;
		if (s->no_room) {
			r->firmware_and_vmm_error = (uint64_t)SEV_VMM_INVALID_LENGTH << 32;
			return -EIO;
		}
		assert_int_equal(x->certificates_len, 0x4000);
		memcpy((void *)(uintptr_t)x->certificates, table, sizeof table);
	} else {
		assert_int_equal(request, 0xc0205300);
	}
	if (s->error) {
		r->firmware_and_vmm_error = (uint64_t)s->vmm << 32;
		return s->error;
	}
	memcpy(report, snp, sizeof report);
	report[0x50] ^= s->echo_other;
	put_u32le(out->data, s->status);
	put_u32le(out->data + 4, s->size ? s->size : SNP_REPORT_LEN);
	memcpy(out->data + 32, report, sizeof report);
	return 0;
}

static void sev_close(void *ctx, int fd)
{
	(void)fd;
	((struct sev *)ctx)->open_now--;
}

static int no_mkdir(void *ctx, const char *path)
{
	(void)ctx, (void)path;
	return -ENOENT;
}

static void sev_pause(void *ctx, unsigned ms)
{
	(void)ctx, (void)ms;
}

static enum status produce_sev(struct made *m, struct sev *s)
{
	const struct device_calls d = {
	    .ctx = s, .open = sev_open, .ioctl = sev_ioctl, .close = sev_close, .mkdir = no_mkdir, .pause = sev_pause};

	*m = (struct made){0};
	enum status st = produce_guest(&m->kind, &m->evidence, &m->table, &d, report_data, &m->p);
	assert_int_equal(s->open_now, 0);
	return st;
}

static void sev_gives(struct sev s, bool with_table, unsigned asked)
{
	struct guest_certificates c;
	struct made m;

	assert_int_equal(produce_sev(&m, &s), ST_OK);
	assert_int_equal(m.kind, TEE_SNP);
	assert_int_equal(s.asked, asked);
	assert_slice_equal(buf_view(&m.evidence), slice_of(snp, sizeof snp));
	assert_int_equal(guest_certificates_parse(&c, buf_view(&m.table)), ST_OK);
	assert_int_equal(c.vcek.len, with_table ? 30 : 0);
	buf_clear(&m.evidence);
	buf_clear(&m.table);
}

static void sev_refuses(struct sev s, const char *why)
{
	struct made m;

	assert_int_equal(produce_sev(&m, &s), ST_TEE);
	if (!strstr(m.p.message, why))
		fail_msg("\"%s\" does not say \"%s\"", m.p.message, why);
	assert_int_equal(m.evidence.len + m.table.len, 0);
}

static void the_device_stands_in_where_configfs_is_missing(void **state)
{
	(void)state;
	sev_gives((struct sev){0}, true, 1);
	sev_gives((struct sev){.busy = 2}, true, 3);
	sev_gives((struct sev){.old = true}, false, 2);
	sev_gives((struct sev){.no_room = true}, false, 2);
}

static void the_device_may_refuse(void **state)
{
	(void)state;
	sev_refuses((struct sev){.open_error = -ENOENT}, "no confidential guest");
	sev_refuses((struct sev){.open_error = -EACCES}, "Permission denied");
	sev_refuses((struct sev){.error = -EIO}, "Input/output");
	sev_refuses((struct sev){.busy = 1000}, "busy");
	sev_refuses((struct sev){.status = 0x16}, "0x16");
	sev_refuses((struct sev){.size = 1183}, "1183 bytes");
	sev_refuses((struct sev){.size = 5000}, "5000 bytes");
	sev_refuses((struct sev){.echo_other = true}, "other report data");
}

static void fill(void)
{
	static const uint8_t vcek[] = {
	    0x63, 0xda, 0x75, 0x8d, 0xe6, 0x64, 0x45, 0x64, 0xad, 0xc5, 0xf4, 0xb9, 0x3b, 0xe8, 0xac, 0xcd};
	static const uint8_t ark[] = {
	    0xc0, 0xb4, 0x06, 0xa4, 0xa8, 0x03, 0x49, 0x52, 0x97, 0x43, 0x3f, 0xb6, 0x01, 0x4c, 0xd0, 0xae};

	memset(report_data, 0x42, sizeof report_data);
	tdx4[0] = 4, tdx5[0] = 5;
	memcpy(tdx4 + 48 + 520, report_data, 64);
	memcpy(tdx5 + 54 + 520, report_data, 64);
	snp[0] = 3;
	memcpy(snp + 0x50, report_data, 64);
	memcpy(table, vcek, 16);
	table[16] = 72, table[20] = 30;
	memcpy(table + 24, ark, 16);
	table[40] = 102, table[44] = 10;
	memset(table + 72, 0x11, 40);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_tdx_guest_gives_its_quote),
	    cmocka_unit_test(an_snp_guest_gives_report_and_table),
	    cmocka_unit_test(a_request_left_from_before_is_removed),
	    cmocka_unit_test(asks_again_when_the_generation_changed),
	    cmocka_unit_test(refuses_a_generation_that_is_no_number),
	    cmocka_unit_test(refuses_another_provider),
	    cmocka_unit_test(refuses_other_report_data_and_lengths),
	    cmocka_unit_test(refuses_endless_attributes),
	    cmocka_unit_test(refuses_tables_that_are_not_well_formed),
	    cmocka_unit_test(the_device_stands_in_where_configfs_is_missing),
	    cmocka_unit_test(the_device_may_refuse),
	};
	fill();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
