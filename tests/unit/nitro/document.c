#include "../../support/test.h"

#include "document.h"

static void reset(struct document *d, int part)
{
	buf_clear(&d->parts[part].value);
	d->parts[part].value = (struct buf){0};
}

void document_set(struct document *d, int part, struct slice cbor)
{
	reset(d, part);
	buf_append(&d->parts[part].value, cbor.ptr, cbor.len);
}

void document_set_hex(struct document *d, int part, const char *hex)
{
	struct slice bytes = test_hex(hex);

	document_set(d, part, bytes);
	free((void *)bytes.ptr);
}

void document_set_bytes(struct document *d, int part, struct slice bytes)
{
	reset(d, part);
	cbor_put_bytes(&d->parts[part].value, bytes);
}

void document_init(struct document *d)
{
	static const char *const keys[PARTS] = {"module_id", "digest", "timestamp", "pcrs", "certificate", "cabundle",
	    "public_key", "user_data", "nonce", NULL};
	uint8_t value[48];

	*d = (struct document){0};
	for (int i = 0; i < PARTS; i++)
		d->parts[i].key = keys[i];
	cbor_put_text(&d->parts[MODULE_ID].value, "i-0-enc0");
	cbor_put_text(&d->parts[DIGEST].value, "SHA384");
	cbor_put_u64(&d->parts[TIMESTAMP].value, 1717200000500);
	cbor_put_map(&d->parts[PCRS].value, 16);
	for (unsigned i = 0; i < 16; i++) {
		memset(value, i < 3 || i == 4 ? 0x10 + (int)i : 0, sizeof value);
		cbor_put_u64(&d->parts[PCRS].value, i);
		cbor_put_bytes(&d->parts[PCRS].value, slice_of(value, sizeof value));
	}
	document_set_hex(d, CERTIFICATE, "4130");
	document_set_hex(d, CABUNDLE, "8141ff");
	for (int i = PUBLIC_KEY; i <= NONCE; i++)
		document_set_hex(d, i, "f6");
}

void document_clear(struct document *d)
{
	for (int i = 0; i < PARTS; i++)
		reset(d, i);
}

struct buf document_payload(const struct document *d)
{
	struct buf out = {0};
	size_t n = 0;

	for (int i = 0; i < PARTS; i++)
		n += d->parts[i].key != NULL;
	if (d->definite)
		cbor_put_map(&out, n);
	else
		buf_append(&out, "\xbf", 1);
	for (int i = 0; i < PARTS; i++) {
		if (!d->parts[i].key)
			continue;
		cbor_put_text(&out, d->parts[i].key);
		buf_append(&out, d->parts[i].value.ptr, d->parts[i].value.len);
	}
	if (!d->definite)
		buf_append(&out, "\xff", 1);
	return out;
}

static void put_hex(struct buf *out, const char *hex, const char *otherwise)
{
	struct slice bytes = test_hex(hex ? hex : otherwise);

	buf_append(out, bytes.ptr, bytes.len);
	free((void *)bytes.ptr);
}

/* RFC 9052 section 4.4 */
static struct buf signature(const struct document *d, struct slice payload)
{
	struct buf covered = {0};

	if (!d->signer) {
		struct buf none = {0};
		memset(buf_extend(&none, 96), 0, 96);
		return none;
	}
	cbor_put_array(&covered, 4);
	cbor_put_text(&covered, "Signature1");
	put_hex(&covered, d->protected_header, "44a1013822");
	cbor_put_bytes(&covered, (struct slice){0});
	cbor_put_bytes(&covered, payload);
	struct buf sig = pki_raw_signature(d->signer, buf_view(&covered));
	buf_clear(&covered);
	return sig;
}

struct buf document_encode(const struct document *d)
{
	struct buf payload = document_payload(d), sig = signature(d, buf_view(&payload)), out = {0};

	put_hex(&out, d->tag, "");
	cbor_put_array(&out, 4);
	put_hex(&out, d->protected_header, "44a1013822");
	put_hex(&out, d->unprotected, "a0");
	cbor_put_bytes(&out, buf_view(&payload));
	cbor_put_bytes(&out, buf_view(&sig));
	buf_clear(&payload);
	buf_clear(&sig);
	return out;
}
