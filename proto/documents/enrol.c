/* ENROL and PEERS: where hosts listen for each other. Addresses are only routes; nobody is believed for one. */
#include "base/cbor.h"
#include "proto/documents.h"

void doc_put_enrol(struct buf *out, const struct doc_enrol *e)
{
	cbor_put_map(out, 5);
	cbor_put_u64(out, 1);
	cbor_put_bytes(out, slice_of(e->session, sizeof e->session));
	cbor_put_u64(out, 2);
	cbor_put_u64(out, e->attempt);
	cbor_put_u64(out, 3);
	cbor_put_text(out, e->id);
	cbor_put_u64(out, 4);
	cbor_put_bytes(out, slice_of(e->host_key, sizeof e->host_key));
	cbor_put_u64(out, 5);
	cbor_put_array(out, e->n_urls);
	for (size_t i = 0; i < e->n_urls; i++)
		cbor_put_text(out, e->urls[i]);
}

enum status doc_get_enrol(struct doc_enrol *out, struct slice payload)
{
	struct doc_enrol e = {0};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, payload);
	if (cbor_map(&r) != 5)
		cbor_fail(&r, ST_FORMAT);
	cbor_key(&r, 1);
	cbor_bytes_exact(&r, e.session, sizeof e.session);
	cbor_key(&r, 2);
	e.attempt = (uint32_t)cbor_u64_max(&r, UINT32_MAX);
	cbor_key(&r, 3);
	cbor_text_copy(&r, e.id, sizeof e.id);
	cbor_key(&r, 4);
	cbor_bytes_exact(&r, e.host_key, sizeof e.host_key);
	cbor_key(&r, 5);
	size_t n = cbor_array(&r);
	if (n > DOC_PARTIES_MAX)
		cbor_fail(&r, ST_TOO_LARGE);
	for (size_t i = 0; i < n && r.st == ST_OK; i++)
		cbor_text_copy(&r, e.urls[i], sizeof e.urls[i]);
	cbor_close(&r);
	cbor_close(&r);
	TRY(cbor_end(&r));
	e.n_urls = (uint8_t)n;
	*out = e;
out:
	return st;
}

void doc_put_peers(struct buf *out, const struct doc_peers *p)
{
	cbor_put_array(out, p->n);
	for (size_t i = 0; i < p->n; i++) {
		cbor_put_array(out, p->n);
		for (size_t j = 0; j < p->n; j++)
			cbor_put_text_slice(out, p->url[i][j]);
	}
}

/* A square: every party has one entry per party. */
static void read_row(struct cbor_reader *r, struct slice *row, size_t n)
{
	cbor_array_exact(r, n);
	for (size_t j = 0; j < n && r->st == ST_OK; j++) {
		row[j] = cbor_text(r);
		if (row[j].len > DOC_URL_MAX)
			cbor_fail(r, ST_TOO_LARGE);
	}
	cbor_close(r);
}

enum status doc_get_peers(struct doc_peers *out, struct slice body)
{
	struct doc_peers p = {0};
	struct cbor_reader r;
	enum status st;

	cbor_reader_init(&r, body);
	size_t n = cbor_array(&r);
	if (n > DOC_PARTIES_MAX)
		cbor_fail(&r, ST_TOO_LARGE);
	for (size_t i = 0; i < n && r.st == ST_OK; i++)
		read_row(&r, p.url[i], n);
	cbor_close(&r);
	TRY(cbor_end(&r));
	p.n = (uint8_t)n;
	*out = p;
out:
	return st;
}
