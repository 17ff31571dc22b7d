/* libcurl, with everything switched off that one GET does not need. */
#include "fetch/fetch.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <strings.h>

enum { HEADER_MAX = 65536, CONNECT_TIMEOUT_S = 10 };

struct exchange {
	struct buf body, value;
	const char *header;
	size_t max, header_bytes;
	bool too_large;
};

static size_t take_body(char *bytes, size_t size, size_t n, void *ctx)
{
	struct exchange *x = ctx;

	if (size * n > x->max - x->body.len) {
		x->too_large = true;
		return 0; /* libcurl ends the exchange */
	}
	buf_append(&x->body, bytes, size * n);
	return x->body.failed ? 0 : size * n;
}

/* "Name: value\r\n"; a status line begins the headers of one more answer (100 Continue), so the last one counts. */
static size_t take_header(char *bytes, size_t size, size_t n, void *ctx)
{
	struct exchange *x = ctx;
	size_t len = size * n, name = x->header ? strlen(x->header) : 0;

	x->header_bytes += len;
	if (x->header_bytes > HEADER_MAX) {
		x->too_large = true;
		return 0;
	}
	if (!name || len <= name + 1 || bytes[name] != ':' || strncasecmp(bytes, x->header, name) != 0)
		return len;
	size_t from = name + 1, to = len;
	while (from < to && (bytes[from] == ' ' || bytes[from] == '\t'))
		from++;
	while (to > from && (bytes[to - 1] == '\r' || bytes[to - 1] == '\n'))
		to--;
	buf_reset(&x->value);
	buf_append(&x->value, bytes + from, to - from);
	return x->value.failed ? 0 : len;
}

static bool set_up(CURL *c, const struct fetch *f, struct exchange *x, char *error)
{
	error[0] = 0;
	return curl_easy_setopt(c, CURLOPT_URL, f->url) == CURLE_OK && curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK && curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK &&
	       (!f->ca_file || curl_easy_setopt(c, CURLOPT_CAINFO, f->ca_file) == CURLE_OK) && curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_TIMEOUT, (long)f->timeout_s) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT, (long)CONNECT_TIMEOUT_S) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED) == CURLE_OK && curl_easy_setopt(c, CURLOPT_USERAGENT, "parley") == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take_body) == CURLE_OK && curl_easy_setopt(c, CURLOPT_WRITEDATA, x) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_HEADERFUNCTION, take_header) == CURLE_OK && curl_easy_setopt(c, CURLOPT_HEADERDATA, x) == CURLE_OK &&
	       curl_easy_setopt(c, CURLOPT_ERRORBUFFER, error) == CURLE_OK;
}

static enum status refuse(struct problem *p, const struct fetch *f, enum status st, const char *what)
{
	return problem_set(p, st, f->url, NULL, "%s", what);
}

static enum status judge(const struct fetch *f, const struct exchange *x, CURLcode code, long http, const char *error, struct problem *p)
{
	char what[CURL_ERROR_SIZE + 64];

	if (x->body.failed || x->value.failed || code == CURLE_OUT_OF_MEMORY)
		return ST_NO_MEMORY;
	if (x->too_large)
		return refuse(p, f, ST_COL_ANSWER, "the answer is larger than such a document");
	if (code == CURLE_UNSUPPORTED_PROTOCOL || code == CURLE_URL_MALFORMAT)
		return problem_set(p, ST_NET_ADDRESS, f->url, "write https://HOST", "not an address that can be fetched from");
	if (code != CURLE_OK) {
		snprintf(what, sizeof what, "%s", error[0] ? error : curl_easy_strerror(code));
		return refuse(p, f, ST_COL_OUTAGE, what);
	}
	if (http == 200)
		return ST_OK;
	snprintf(what, sizeof what, "the service answered with HTTP status %ld", http);
	if (http == 429 || http >= 500)
		return refuse(p, f, ST_COL_OUTAGE, what);
	if (http == 400 || http == 404 || http == 410)
		return refuse(p, f, ST_COL_ABSENT, what);
	if (http >= 300 && http < 400)
		return refuse(p, f, ST_COL_ANSWER, "the service sends elsewhere (a redirect), which is never followed");
	return refuse(p, f, ST_COL_ANSWER, what);
}

enum status fetch_get(struct buf *body, struct buf *value, const struct fetch *f, struct problem *p)
{
	struct exchange x = {.header = f->header, .max = f->max};
	char error[CURL_ERROR_SIZE];
	CURL *c = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK ? curl_easy_init() : NULL;
	long http = 0;
	enum status st = ST_NO_MEMORY;

	if (c && set_up(c, f, &x, error)) {
		CURLcode code = curl_easy_perform(c);
		curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, &http);
		st = judge(f, &x, code, http, error, p);
	}
	if (st == ST_OK) {
		buf_append(body, x.body.ptr, x.body.len);
		buf_append(value, x.value.ptr, x.value.len);
		st = body->failed || value->failed ? ST_NO_MEMORY : ST_OK;
	}
	buf_clear(&x.body);
	buf_clear(&x.value);
	curl_easy_cleanup(c);
	return st;
}
