/* The seeds of fuzz_hello, fuzz_evidence, fuzz_channel_read and fuzz_endorse_request: make_channel_seeds FOLDER */
#include "fixture.h"

#include "channel/endorse.h"
#include "eat.h"
#include "proto/documents.h"

#include <stdio.h>

static const char *folder;

static void seed(const char *target, const char *name, struct slice bytes)
{
	char path[1024];

	snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
	PROPERTY(file_write(path, bytes, 0644) == ST_OK);
}

static void hello_seeds(const struct fixture *f)
{
	seed("fuzz_hello", "south", buf_view(&f->payload[1]));
	seed("fuzz_hello", "north", buf_view(&f->payload[0]));
}

static void evidence_seeds(const struct fixture *f)
{
	struct att_claims c = f->claims[1];
	struct buf payload = {0};

	eat_encode(&payload, &c);
	seed("fuzz_evidence", "claims", buf_view(&payload));
	buf_reset(&payload);
	c.debug = c.memory_unlocked = true;
	eat_encode(&payload, &c);
	seed("fuzz_evidence", "claims-debug", buf_view(&payload));
	seed("fuzz_evidence", "document", buf_view(&f->evidence[1]));
	buf_clear(&payload);
}

static void channel_seeds(void)
{
	uint8_t bytes[3 + 80] = {0, 80, 0};

	for (uint8_t choice = 0; choice < 8; choice++) {
		char name[] = "choice-0";
		bytes[0] = choice;
		name[7] = (char)('0' + choice);
		seed("fuzz_channel_read", name, slice_of(bytes, sizeof bytes));
	}
}

static void request_seeds(const struct fixture *f)
{
	struct slice docs[N] = {buf_view(&f->doc[0]), buf_view(&f->doc[1]), buf_view(&f->doc[2])};
	struct doc_enrol enrol = {.session = {7}, .attempt = 1, .id = "south", .n_urls = N};
	struct buf request = {0}, payload = {0};

	doc_put_enrol(&payload, &enrol);
	endorse_request_enrol(&request, buf_view(&payload));
	seed("fuzz_endorse_request", "enrol", buf_view(&request));
	buf_reset(&request);
	endorse_request_hello(&request, buf_view(&f->payload[1]));
	seed("fuzz_endorse_request", "hello", buf_view(&request));
	buf_reset(&request);
	endorse_request_evidence(&request, docs, N, TEE_SOFTWARE, buf_view(&f->evidence[1]), (struct slice){0});
	seed("fuzz_endorse_request", "evidence", buf_view(&request));
	buf_reset(&request);
	struct renewal r = {.epoch = 1, .time = {FIXTURE_NOW, FIXTURE_NOW + 1}, .nonces = {{1}, {2}, {3}}};
	endorse_request_renewal(&request, docs, N, f->sid, &r, TEE_SOFTWARE, buf_view(&f->evidence[1]), (struct slice){0});
	seed("fuzz_endorse_request", "renewal", buf_view(&request));
	buf_clear(&request);
	buf_clear(&payload);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 64;
	folder = argv[1];
	hello_seeds(fixture());
	evidence_seeds(fixture());
	channel_seeds();
	request_seeds(fixture());
	return 0;
}
