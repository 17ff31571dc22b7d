#include "image/bundle.h"

#include "base/cbor.h"

enum key { KEY_LABEL = 1, KEY_RELEASE, KEY_CMDLINE, KEY_VCPUS, KEY_CPU, KEY_PARTS, KEY_MEASUREMENTS };
enum { KEYS = KEY_MEASUREMENTS };

static size_t count_vcpus(const struct bundle_settings *s)
{
	size_t n = 0;

	while (n < BUNDLE_VCPUS_MAX && s->vcpus[n])
		n++;
	return n;
}

static void put_settings(struct buf *out, const struct bundle_settings *s)
{
	size_t n = count_vcpus(s);

	cbor_put_u64(out, KEY_RELEASE);
	cbor_put_text(out, s->release);
	cbor_put_u64(out, KEY_CMDLINE);
	cbor_put_text(out, s->cmdline);
	cbor_put_u64(out, KEY_VCPUS);
	cbor_put_array(out, n);
	for (size_t i = 0; i < n; i++)
		cbor_put_u64(out, s->vcpus[i]);
	cbor_put_u64(out, KEY_CPU);
	cbor_put_text(out, s->cpu);
}

static void put_parts(struct buf *out, const struct bundle_manifest *m)
{
	size_t n = 0;

	for (unsigned i = 1; i < PART_COUNT_; i++)
		n += m->part[i].size > 0;
	cbor_put_array(out, n);
	for (unsigned i = 1; i < PART_COUNT_; i++) {
		if (!m->part[i].size)
			continue;
		cbor_put_array(out, 3);
		cbor_put_u64(out, i);
		cbor_put_u64(out, m->part[i].size);
		cbor_put_bytes(out, slice_of(m->part[i].hash, HASH_LEN));
	}
}

static void put_measurement(struct buf *out, const struct bundle_measurement *m)
{
	cbor_put_array(out, 3);
	cbor_put_u64(out, m->kind);
	cbor_put_text(out, m->note);
	cbor_put_array(out, m->n_values);
	for (unsigned i = 0; i < m->n_values; i++) {
		cbor_put_array(out, 2);
		cbor_put_u64(out, m->values[i].reg);
		cbor_put_bytes(out, slice_of(m->values[i].bytes, m->values[i].len));
	}
}

void bundle_encode(struct buf *out, const struct bundle_manifest *m)
{
	cbor_put_map(out, KEYS);
	cbor_put_u64(out, KEY_LABEL);
	cbor_put_text(out, BUNDLE_LABEL);
	put_settings(out, &m->settings);
	cbor_put_u64(out, KEY_PARTS);
	put_parts(out, m);
	cbor_put_u64(out, KEY_MEASUREMENTS);
	cbor_put_array(out, m->n_measurements);
	for (size_t i = 0; i < m->n_measurements; i++)
		put_measurement(out, &m->measurement[i]);
}

static void get_settings(struct cbor_reader *r, struct bundle_settings *s)
{
	cbor_key(r, KEY_RELEASE);
	cbor_text_copy(r, s->release, sizeof s->release);
	cbor_key(r, KEY_CMDLINE);
	cbor_text_copy(r, s->cmdline, sizeof s->cmdline);
	cbor_key(r, KEY_VCPUS);
	size_t n = cbor_array(r);
	if (n > BUNDLE_VCPUS_MAX)
		cbor_fail(r, ST_TOO_LARGE);
	for (size_t i = 0; i < n && r->st == ST_OK; i++) {
		s->vcpus[i] = (uint32_t)cbor_u64_max(r, UINT32_MAX);
		if (s->vcpus[i] <= (i ? s->vcpus[i - 1] : 0))
			cbor_fail(r, ST_FORMAT);
	}
	cbor_close(r);
	cbor_key(r, KEY_CPU);
	cbor_text_copy(r, s->cpu, sizeof s->cpu);
}

static void get_parts(struct cbor_reader *r, struct bundle_manifest *m)
{
	size_t n = cbor_array(r);
	uint64_t before = 0;

	for (size_t i = 0; i < n && r->st == ST_OK; i++) {
		cbor_array_exact(r, 3);
		uint64_t part = cbor_u64_max(r, PART_COUNT_ - 1), size = cbor_u64_max(r, BUNDLE_PART_BYTES_MAX);
		if (part <= before || size == 0)
			cbor_fail(r, ST_FORMAT);
		before = part;
		m->part[part].size = size;
		cbor_bytes_exact(r, m->part[part].hash, HASH_LEN);
		cbor_close(r);
	}
	cbor_close(r);
}

static void get_value(struct cbor_reader *r, struct bundle_measurement *m)
{
	struct tee_value *v = &m->values[m->n_values];

	cbor_array_exact(r, 2);
	v->reg = (uint8_t)cbor_u64_max(r, TEE_REG_END_ - 1);
	struct slice bytes = cbor_bytes_max(r, TEE_VALUE_MAX);
	if (r->st == ST_OK && (bytes.len == 0 || bytes.len != tee_register_info(m->kind, v->reg).len || (m->n_values && v->reg <= v[-1].reg)))
		cbor_fail(r, ST_FORMAT);
	if (r->st == ST_OK) {
		memcpy(v->bytes, bytes.ptr, bytes.len);
		v->len = (uint8_t)bytes.len;
		m->n_values++;
	}
	cbor_close(r);
}

static void get_measurement(struct cbor_reader *r, struct bundle_measurement *m)
{
	cbor_array_exact(r, 3);
	uint64_t kind = cbor_u64_max(r, TEE_KIND_COUNT_ - 1);
	if (kind == 0)
		cbor_fail(r, ST_FORMAT);
	m->kind = (enum tee_kind)kind;
	cbor_text_copy(r, m->note, sizeof m->note);
	size_t n = cbor_array(r);
	if (n > BUNDLE_VALUES_MAX)
		cbor_fail(r, ST_TOO_LARGE);
	for (size_t i = 0; i < n && r->st == ST_OK; i++)
		get_value(r, m);
	cbor_close(r);
	cbor_close(r);
}

static void get_measurements(struct cbor_reader *r, struct bundle_manifest *m)
{
	size_t n = cbor_array(r);

	if (n > BUNDLE_MEASUREMENTS_MAX)
		cbor_fail(r, ST_TOO_LARGE);
	for (size_t i = 0; i < n && r->st == ST_OK; i++) {
		get_measurement(r, &m->measurement[i]);
		if (i && m->measurement[i].kind < m->measurement[i - 1].kind)
			cbor_fail(r, ST_FORMAT);
	}
	m->n_measurements = n;
	cbor_close(r);
}

enum status bundle_decode(struct bundle_manifest *out, struct slice manifest)
{
	struct bundle_manifest m = {0};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, manifest);
	if (cbor_map(&r) != KEYS)
		cbor_fail(&r, ST_FORMAT);
	cbor_key(&r, KEY_LABEL);
	struct slice label = cbor_text(&r);
	if (r.st == ST_OK && !slice_equal(label, slice_str(BUNDLE_LABEL)))
		cbor_fail(&r, ST_UNSUPPORTED);
	get_settings(&r, &m.settings);
	cbor_key(&r, KEY_PARTS);
	get_parts(&r, &m);
	cbor_key(&r, KEY_MEASUREMENTS);
	get_measurements(&r, &m);
	cbor_close(&r);
	st = cbor_end(&r);
	if (st == ST_OK)
		*out = m;
	return st;
}
