/*
 * Target: the payload's parser and the claims, below the signature. The first byte chooses: 0, the rest is the payload; else the rest
 * is a script that writes one, field by field, mostly right. Properties: a payload that was written right is accepted and says
 * what was written; one that was written wrong is refused; claims agree with the document that they were taken from.
 */
#include "base/cbor.h"
#include "base/panic.h"
#include "base/reader.h"
#include "format.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const keys[] = {
    "module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle", "public_key", "user_data", "nonce"};
enum { FIELDS = 9, REQUIRED = 6 };

struct script {
	struct reader r;
	struct buf out;
	bool wrong;
	uint32_t written; /* fields */
	uint64_t timestamp;
	uint32_t pcrs;
	enum nitro_presence optional[3];
	size_t optional_len[3], n_bundle;
};

static void put_bytes(struct script *s, size_t len, size_t most)
{
	static const uint8_t bytes[2048];

	s->wrong |= len > most;
	cbor_put_bytes(&s->out, slice_of(bytes, len));
}

static void put_pcrs(struct script *s)
{
	size_t n = rd_u8(&s->r) % 34;

	cbor_put_map(&s->out, n);
	for (size_t i = 0; i < n; i++) {
		uint8_t index = rd_u8(&s->r) % 36, fill = rd_u8(&s->r), value[50];
		size_t len = fill % 64 == 63 ? 47 + fill / 64 : 48;
		memset(value, fill & 1 ? fill : 0, sizeof value);
		s->wrong |= index > 31 || len != 48 || s->pcrs >> (index % 32) & 1;
		s->pcrs |= index < 32 ? 1u << index : 0;
		cbor_put_u64(&s->out, index);
		cbor_put_bytes(&s->out, slice_of(value, len));
	}
	s->wrong |= (s->pcrs & 7) != 7;
}

static void put_bundle(struct script *s)
{
	size_t n = rd_u8(&s->r) % 10;

	s->wrong |= n == 0 || n > NITRO_BUNDLE_MAX;
	s->n_bundle = n;
	cbor_put_array(&s->out, n);
	for (size_t i = 0; i < n; i++) {
		size_t len = rd_u16le(&s->r) % 1040;
		s->wrong |= len == 0;
		put_bytes(s, len, NITRO_CERTIFICATE_MAX);
	}
}

static void put_optional(struct script *s, size_t which)
{
	size_t len = rd_u16le(&s->r) % 1040;

	s->optional[which] = len == 1039 ? NITRO_NULL : NITRO_BYTES;
	s->optional_len[which] = len == 1039 ? 0 : len;
	if (len == 1039)
		cbor_put_null(&s->out);
	else
		put_bytes(s, len, NITRO_FIELD_MAX);
}

static void put_value(struct script *s, size_t field)
{
	static const char text[] = "i-0123456789abcdef0-enc0123456789abcdef";
	size_t len;

	switch (field) {
	case 0:
		len = rd_u8(&s->r) % sizeof text;
		s->wrong |= len == 0;
		cbor_put_text_slice(&s->out, slice_of(text, len));
		break;
	case 1:
		len = rd_u8(&s->r);
		s->wrong |= len == 77;
		cbor_put_text(&s->out, len == 77 ? "SHA256" : "SHA384");
		break;
	case 2:
		s->timestamp = rd_u64le(&s->r);
		cbor_put_u64(&s->out, s->timestamp);
		break;
	case 3:
		put_pcrs(s);
		break;
	case 4:
		len = rd_u16le(&s->r) % 1040;
		s->wrong |= len == 0;
		put_bytes(s, len, NITRO_CERTIFICATE_MAX);
		break;
	case 5:
		put_bundle(s);
		break;
	default:
		put_optional(s, field - REQUIRED);
		break;
	}
}

/* A pair of the script's choice. */
static void put_pair(struct script *s)
{
	uint8_t choice = rd_u8(&s->r);
	size_t field = choice % FIELDS;

	if (choice >= 252) { /* a key that is none */
		s->wrong = true;
		cbor_put_text(&s->out, choice == 252 ? "" : "extra");
		cbor_put_null(&s->out);
		return;
	}
	s->wrong |= s->written >> field & 1;
	s->written |= 1u << field;
	cbor_put_text(&s->out, keys[field]);
	put_value(s, field);
}

static void write_payload(struct script *s)
{
	uint8_t head = rd_u8(&s->r);
	size_t pairs = 5 + head / 2 % 6;

	if (head & 1)
		cbor_put_map(&s->out, pairs);
	else
		buf_append(&s->out, "\xbf", 1);
	for (size_t i = 0; i < pairs; i++)
		put_pair(s);
	if (!(head & 1))
		buf_append(&s->out, "\xff", 1);
	s->wrong |= (s->written & ((1u << REQUIRED) - 1)) != (1u << REQUIRED) - 1;
}

static void says_what_was_written(const struct script *s, const struct nitro_document *doc)
{
	const struct nitro_optional *optional[] = {&doc->public_key, &doc->user_data, &doc->nonce};

	invariant(doc->timestamp_ms == s->timestamp && doc->pcrs == s->pcrs && doc->n_bundle == s->n_bundle);
	for (size_t i = 0; i < 3; i++)
		invariant(optional[i]->presence == s->optional[i] && optional[i]->bytes.len == s->optional_len[i]);
}

static bool is_zero(const uint8_t *pcr)
{
	static const uint8_t zeros[NITRO_PCR_LEN];

	return memcmp(pcr, zeros, sizeof zeros) == 0;
}

static void claims_agree(const struct nitro_document *doc)
{
	struct att_claims c = {.kind = TEE_NITRO};
	struct att_finding f = {0};
	unsigned zeros = is_zero(doc->pcr[0]) + is_zero(doc->pcr[1]) + is_zero(doc->pcr[2]);

	if (nitro_claims(&c, doc, &f) != ST_OK) {
		invariant(zeros == 1 || zeros == 2);
		return;
	}
	invariant(zeros == 0 || zeros == 3);
	invariant(c.debug == (zeros == 3) && c.n_values == __builtin_popcount(doc->pcrs));
	invariant((c.report_data_len == HASH_LEN) == (doc->user_data.bytes.len == HASH_LEN));
	invariant(c.issued_s >= 0 && c.instance_len == doc->module_id.len);
}

static void try_payload(struct slice payload, const struct script *s)
{
	struct nitro_document doc;
	struct att_finding f = {0};
	enum status st = nitro_parse_payload(&doc, payload, &f);

	invariant(st == ST_OK || (st == f.st && f.got[0]));
	if (s)
		invariant((st == ST_OK) == !s->wrong);
	if (st != ST_OK)
		return;
	if (s)
		says_what_was_written(s, &doc);
	claims_agree(&doc);
	invariant(nitro_parse_payload(&doc, slice_of(payload.ptr, payload.len - 1), &(struct att_finding){0}) != ST_OK);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct script s = {.r = {.rest = slice_of(data + 1, size ? size - 1 : 0)}};

	if (size == 0)
		return 0;
	if (data[0] == 0) {
		try_payload(s.r.rest, NULL);
		return 0;
	}
	write_payload(&s);
	if (!s.out.failed)
		try_payload(buf_view(&s.out), &s);
	buf_clear(&s.out);
	return 0;
}
