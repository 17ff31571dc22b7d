/*
 * The channel between host and enclave: frames on one stream socket (docs/PROTOCOL.md, section 6). This file names the
 * frame types, who may send them and in which states of the enclave the host's are permitted; boundary.c has the
 * table. Codec only: no I/O. Every byte is hostile to the enclave; the host treats the enclave's as merely wrong.
 */
#ifndef PROTO_BOUNDARY_H
#define PROTO_BOUNDARY_H

#include "base/buf.h"
#include "base/reader.h"
#include "proto/documents.h"

enum {
	FRAME_HEADER_LEN = 8,
	FRAME_BODY_MAX = (1 << 20) + (1 << 16),
};

enum frame_type {
	/* host → enclave */
	FRAME_BOOT = 1,  /* policy file, own id, session, attempt, time: struct boundary_boot */
	FRAME_HELLOS,    /* [HELLO…] as the coordinator sent it: doc_get_list */
	FRAME_EVIDENCES, /* [[kind, E, O, C]…]: doc_get_evidences */
	FRAME_PEER,      /* peer = party number: one channel frame, both directions */
	FRAME_DATA,      /* one chunk of one column: struct boundary_data */
	FRAME_DATA_END,  /* u32 total rows */
	FRAME_GRANT,     /* u32 highest step */
	FRAME_RELEASE,
	FRAME_BENCH,     /* struct boundary_bench; only under `debug: INSECURE` */
	FRAME_ABORT,     /* doc_fault */
	FRAME_TIME,      /* i64: this host's clock, in answer to CLOCK */
	FRAME_RENEWALS,  /* [epoch, [[kind, E, O, C]…]]: doc_get_renewals */
	FRAME_PROVIDED,  /* peer = provider number: its manifest, then its chunks, in order (provide/provide.h) */
	/* enclave → host */
	FRAME_HELLO = 32, /* HELLO payload, to be signed by the endorser */
	FRAME_EVIDENCE,   /* struct boundary_quote */
	FRAME_ADMITTED,   /* ADMIT */
	FRAME_COMMITTED,  /* COMMIT */
	FRAME_STEP,       /* STEP document, and per-op counters: struct boundary_step */
	FRAME_CONFIRMED,  /* CONFIRM */
	FRAME_PART,       /* peer = recipient number: sealed part */
	FRAME_RECEIPT,    /* RECEIPT; the enclave has wiped its keys and ends */
	FRAME_MARK,       /* bench: begin 0, end 1 with counters */
	FRAME_FAULT,      /* doc_fault; the enclave has wiped its keys and ends */
	FRAME_CLOCK,      /* empty: what time is it? */
	FRAME_RENEWAL,    /* struct boundary_renewal: evidence again, to be endorsed and posted */
};

struct frame {
	enum frame_type type;
	uint8_t peer;
	struct slice body;
};

/* States of the enclave, in order; the table in boundary.c says which host frames each permits. */
enum enclave_state { ENC_COLD, ENC_HELLO_SENT, ENC_EVIDENCE_SENT, ENC_CHANNELS, ENC_ADMITTED, ENC_COMMITTED, ENC_RUNNING,
	ENC_CONFIRMED, ENC_ENDED, ENC_STATES };
bool boundary_permits(enum enclave_state state, enum frame_type type);

void frame_header(uint8_t out[static FRAME_HEADER_LEN], enum frame_type type, uint8_t peer, size_t body_len);
/* ST_OK and type, peer, body length from a header; ST_FORMAT, ST_TOO_LARGE. */
MUST_USE enum status frame_header_parse(const uint8_t header[static FRAME_HEADER_LEN], enum frame_type *type, uint8_t *peer,
    size_t *body_len);

struct boundary_boot {
	struct slice policy_file;
	uint8_t session[DOC_SESSION_LEN];
	uint32_t attempt;
	char id[DOC_ID_MAX + 1];
	int64_t time_s; /* the host's clock; goes into HELLO and is judged by the peers */
};
struct boundary_data {
	uint16_t column;
	uint32_t total;           /* rows this party has: the same in every chunk */
	uint32_t first_row, rows; /* 1 to 65,536 rows in a chunk, chunks in order, column after column, in the plan's order */
	struct slice values;      /* rows x i64 little endian */
	struct slice known;       /* rows x u8 0/1, or empty: all known */
};
enum { BOUNDARY_ROWS_MAX = 65536 };
struct boundary_bench {
	uint8_t op; /* enum bench_op */
	uint32_t repetition, rows;
};
struct boundary_quote { /* FRAME_EVIDENCE */
	uint32_t kind;
	struct slice evidence;
	struct slice collateral; /* a bundle that the TEE itself had, or empty */
};
enum { BOUNDARY_NONCE_LEN = 32 };
struct boundary_renewal {
	uint32_t epoch;
	int64_t earliest_s, latest_s;  /* the clocks that the enclaves stated to each other */
	uint8_t roster[HASH_LEN];
	uint8_t n_nonces;
	uint8_t nonces[DOC_PARTIES_MAX][BOUNDARY_NONCE_LEN]; /* ascending */
	struct boundary_quote quote;
};
struct boundary_step {
	uint16_t op;            /* op id just completed */
	uint32_t rounds;
	uint64_t payload_bytes; /* sent by this party in this op */
	uint64_t wire_bytes;    /* frames sent to peers in this op */
	struct slice document;  /* STEP, to be posted */
};
struct boundary_mark {
	uint8_t end;
	uint32_t rounds;
	uint64_t payload_bytes, wire_bytes;
};

void boundary_put_boot(struct buf *out, const struct boundary_boot *m);
MUST_USE enum status boundary_get_boot(struct boundary_boot *m, struct slice body);
void boundary_put_data(struct buf *out, const struct boundary_data *m);
MUST_USE enum status boundary_get_data(struct boundary_data *m, struct slice body);
void boundary_put_bench(struct buf *out, const struct boundary_bench *m);
MUST_USE enum status boundary_get_bench(struct boundary_bench *m, struct slice body);
void boundary_put_quote(struct buf *out, const struct boundary_quote *m);
MUST_USE enum status boundary_get_quote(struct boundary_quote *m, struct slice body);
void boundary_put_renewal(struct buf *out, const struct boundary_renewal *m);
MUST_USE enum status boundary_get_renewal(struct boundary_renewal *m, struct slice body);
void boundary_put_time(struct buf *out, int64_t time_s);
MUST_USE enum status boundary_get_time(int64_t *time_s, struct slice body);
void boundary_put_step(struct buf *out, const struct boundary_step *m);
MUST_USE enum status boundary_get_step(struct boundary_step *m, struct slice body);
void boundary_put_mark(struct buf *out, const struct boundary_mark *m);
MUST_USE enum status boundary_get_mark(struct boundary_mark *m, struct slice body);
void boundary_put_u32(struct buf *out, uint32_t v); /* DATA_END: total rows; GRANT: highest step */
MUST_USE enum status boundary_get_u32(uint32_t *v, struct slice body);

const char *frame_name(enum frame_type type); /* "HELLOS"; "?" for none */

#endif
