/* Seeds for the fuzz targets of this folder: one well-formed input of each kind. make_proto_seeds FOLDER */
#include "proto/boundary.h"
#include "proto/wire.h"

#include <stdio.h>
#include <stdlib.h>

static const char *folder;

static void save(const char *target, const char *name, struct buf *bytes)
{
	char path[512];

	snprintf(path, sizeof path, "%s/%s/%s", folder, target, name);
	if (bytes->failed || file_write(path, buf_view(bytes), 0644) != ST_OK) {
		fprintf(stderr, "cannot write %s\n", path);
		exit(1);
	}
	buf_clear(bytes);
}

static void requests(void)
{
	static struct wire_request m = {.has_session = true, .attempt = 1, .party = "north", .hold_ms = 1000, .ack = 3, .n_messages = 2};
	static const uint8_t grant[] = {0x81, 0x08};
	static const char *const name[] = {"", "start", "find", "post", "show", "abort"};

	m.messages[0] = (struct wire_message){1, WM_STEP, slice_of(grant, sizeof grant)};
	m.messages[1] = (struct wire_message){2, WM_FAULT, slice_of(grant, 0)};
	m.body = slice_of(grant, sizeof grant);
	for (m.kind = WREQ_START; m.kind <= WREQ_ABORT; m.kind++) {
		struct buf b = {0};
		wire_request_encode(&b, &m);
		save("fuzz_wire_request", name[m.kind], &b);
	}
}

static void replies(void)
{
	static struct wire_reply m = {.code = "OK", .message = "all is well"};
	static const uint8_t grant[] = {0x81, 0x08};
	struct buf b = {0};

	wire_reply_encode(&b, &m);
	save("fuzz_wire_reply", "plain", &b);
	m.has_session = true;
	m.n_messages = 1;
	m.messages[0] = (struct wire_message){1, WM_GRANT, slice_of(grant, sizeof grant)};
	wire_reply_encode(&b, &m);
	save("fuzz_wire_reply", "messages", &b);
	m.n_views = 1;
	m.views[0] = (struct wire_session_view){.attempt = 1, .policy = "wage-gap", .state = S_ABORTED, .code = "ATT-0004", .blame = "south",
	    .message = "it runs something else", .created_s = -1, .n_parties = 1, .parties = {{.id = "north", .last = WM_STEP, .step = 3}}};
	wire_reply_encode(&b, &m);
	save("fuzz_wire_reply", "view", &b);
}

static struct buf begin(uint8_t choice)
{
	struct buf b = {0};

	buf_append(&b, &choice, 1);
	return b;
}

static void frames(void)
{
	static const uint8_t values[16] = {1}, known[2] = {1, 0};
	uint8_t header[FRAME_HEADER_LEN];
	struct buf b = begin(0);

	frame_header(header, FRAME_PEER, 1, 600);
	buf_append(&b, header, sizeof header);
	save("fuzz_boundary", "header", &b);
	b = begin(1);
	boundary_put_boot(&b, &(struct boundary_boot){.policy_file = slice_str("policy"), .attempt = 1, .id = "north", .time_s = 1750000000});
	save("fuzz_boundary", "boot", &b);
	b = begin(2);
	boundary_put_data(&b, &(struct boundary_data){1, 2, 0, 2, slice_of(values, 16), slice_of(known, 2)});
	save("fuzz_boundary", "data", &b);
	b = begin(3);
	boundary_put_bench(&b, &(struct boundary_bench){1, 0, 1000});
	save("fuzz_boundary", "bench", &b);
	b = begin(4);
	boundary_put_quote(&b, &(struct boundary_quote){1, slice_str("evidence"), slice_str("bundle")});
	save("fuzz_boundary", "quote", &b);
	b = begin(5);
	boundary_put_step(&b, &(struct boundary_step){3, 2, 400, 500, slice_str("document")});
	save("fuzz_boundary", "step", &b);
	b = begin(6);
	boundary_put_mark(&b, &(struct boundary_mark){1, 2, 3, 4});
	save("fuzz_boundary", "mark", &b);
	b = begin(7);
	boundary_put_renewal(&b, &(struct boundary_renewal){.epoch = 1, .earliest_s = 1750000300, .latest_s = 1750000302, .n_nonces = 3,
	    .nonces = {{1}, {2}, {3}}, .quote = {1, slice_str("evidence"), slice_str("bundle")}});
	save("fuzz_boundary", "renewal", &b);
}

static void lists(void)
{
	const struct slice items[2] = {slice_str("first"), slice_str("second")};
	const struct doc_evidence evidence[2] = {{1, items[0], items[1], items[0]}, {1, items[1], items[0], {0}}};
	static struct doc_peers peers = {.n = 2};
	struct buf b = begin(0);

	doc_put_list(&b, items, 2);
	save("fuzz_documents", "list", &b);
	b = begin(1);
	doc_put_evidences(&b, evidence, 2);
	save("fuzz_documents", "evidences", &b);
	b = begin(2);
	doc_put_part(&b, 2, items[0]);
	save("fuzz_documents", "part", &b);
	b = begin(3);
	doc_put_evidence(&b, &evidence[0]);
	save("fuzz_documents", "evidence", &b);
	b = begin(10);
	doc_put_renewal(&b, 1, &evidence[0]);
	save("fuzz_documents", "renewal", &b);
	b = begin(11);
	doc_put_renewals(&b, 2, evidence, 2);
	save("fuzz_documents", "renewals", &b);
	peers.url[0][1] = peers.url[1][0] = slice_str("tcp://127.0.0.1:7000");
	b = begin(5);
	doc_put_peers(&b, &peers);
	save("fuzz_documents", "peers", &b);
	b = begin(8);
	doc_put_bundle(&b, &(struct doc_bundle){.n_receipts = 2, .n_parts = 1, .receipts = {items[0], items[1]}, .sender = {1}, .part = {items[0]}});
	save("fuzz_documents", "bundle", &b);
}

static void statements(void)
{
	static struct doc_enrol enrol = {.attempt = 1, .id = "north", .n_urls = 2, .urls = {"", "tcp://127.0.0.1:7001"}};
	struct doc_step step = {.id = "south", .step = 40};
	struct buf b = begin(4);

	doc_put_enrol(&b, &enrol);
	save("fuzz_documents", "enrol", &b);
	b = begin(6);
	doc_put_step(&b, &step);
	save("fuzz_documents", "step", &b);
	b = begin(7);
	doc_put_confirm(&b, &step);
	save("fuzz_documents", "confirm", &b);
	b = begin(9);
	doc_put_fault(&b, &(struct doc_fault){"ATT-0004", "west", "it runs something else"});
	save("fuzz_documents", "fault", &b);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 64;
	folder = argv[1];
	requests();
	replies();
	frames();
	lists();
	statements();
	return 0;
}
