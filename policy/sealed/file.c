/*
 * The file: the payload alone before anybody has signed, a COSE_Sign over it from the first signature on (RFC 9052,
 * section 4.1, has no COSE_Sign without signatures).
 */
#include "base/cbor.h"

#include "fields.h"

enum { ENVELOPE_MAX = 4096 }; /* COSE_SIGNERS_MAX signatures and their heads */

struct signed_file {
	struct slice payload;
	struct cose_signature sigs[COSE_SIGNERS_MAX];
	size_t n;
};

static bool is_signed(struct slice file)
{
	struct cbor_reader r;

	cbor_reader_init(&r, file);
	return cbor_is_tag(&r);
}

static enum status parse(struct slice file, struct signed_file *out)
{
	enum status st = ST_OK;

	out->n = 0;
	out->payload = file;
	if (file.len > POLICY_SEALED_MAX + ENVELOPE_MAX)
		return ST_PLAN_LIMIT;
	if (is_signed(file))
		st = cose_sign_parse(file, &out->payload, out->sigs, &out->n);
	if (st != ST_OK)
		return st == ST_TOO_LARGE ? ST_PLAN_LIMIT : ST_PLAN_FORMAT;
	if (out->payload.len == 0)
		return ST_PLAN_FORMAT;
	return out->payload.len > POLICY_SEALED_MAX ? ST_PLAN_LIMIT : ST_OK;
}

static const uint8_t *source_key(const struct policy *p, unsigned source, bool endorse)
{
	if (source < p->n_parties)
		return endorse ? p->parties[source].endorse : p->parties[source].approve;
	return endorse ? p->providers[source - p->n_parties].endorse : p->providers[source - p->n_parties].approve;
}

/* The source with this approve (or endorse) key; -1: none. */
static int key_owner(const struct policy *p, const uint8_t key[static ED25519_PUBLIC_LEN], bool endorse)
{
	for (unsigned i = 0; i < policy_sources(p); i++) {
		if (memcmp(source_key(p, i, endorse), key, ED25519_PUBLIC_LEN) == 0)
			return (int)i;
	}
	return -1;
}

static int approver(const struct policy *p, const uint8_t key[static ED25519_PUBLIC_LEN])
{
	return key_owner(p, key, false);
}

static bool is_endorse_key(const struct policy *p, const uint8_t key[static ED25519_PUBLIC_LEN])
{
	return key_owner(p, key, true) >= 0;
}

enum status policy_file_parse(struct slice file, struct slice *payload)
{
	struct signed_file f;
	enum status st;

	TRY(parse(file, &f));
	*payload = f.payload;
out:
	return st;
}

static enum status check_signature(
    const struct policy *p, const struct signed_file *f, size_t k, uint32_t *signers, struct problem *problem)
{
	const struct cose_signature *sig = &f->sigs[k];
	int party = approver(p, sig->kid);
	enum status st;

	if (party < 0 && is_endorse_key(p, sig->kid))
		return problem_set(
		    problem, ST_KEY_ROLE, "policy file", NULL, "an endorse key has signed; approve keys sign policies");
	if (party < 0)
		return problem_set(problem, ST_POLICY_UNSIGNED, "policy file", NULL,
		    "signature %zu is by a key that is no party's approve key", k + 1);
	st = cose_sign_check(sig, POLICY_APPROVE_LABEL, f->payload);
	if (st == ST_NO_MEMORY)
		return problem_default(problem, st, "policy file");
	if (st != ST_OK)
		return problem_set(problem, ST_POLICY_UNSIGNED, "policy file", NULL, "the signature of %s is wrong",
		    policy_source_id(p, (unsigned)party));
	*signers |= UINT32_C(1) << party;
	return ST_OK;
}

enum status policy_file_verify(const struct policy *p, struct slice file, struct problem *problem)
{
	struct signed_file f;
	uint32_t signers = 0;
	enum status st = parse(file, &f);

	TRY(problem_default(problem, st, "policy file"));
	for (size_t k = 0; k < f.n; k++)
		TRY(check_signature(p, &f, k, &signers, problem));
	for (unsigned i = 0; i < policy_sources(p); i++) {
		if (!(signers >> i & 1))
			return problem_set(
			    problem, ST_POLICY_UNSIGNED, "policy file", NULL, "%s has not signed", policy_source_id(p, i));
	}
	st = p->n_parties > 0 ? ST_OK : problem_default(problem, ST_POLICY_UNSIGNED, "policy file");
out:
	return st;
}

enum status policy_file_signers(const struct policy *p, struct slice file, uint32_t *signers)
{
	struct signed_file f;
	uint32_t found = 0;
	enum status st;

	TRY(parse(file, &f));
	for (size_t k = 0; k < f.n; k++) {
		st = check_signature(p, &f, k, &found, NULL);
		if (st == ST_NO_MEMORY)
			goto out;
	}
	st = ST_OK;
	*signers = found;
out:
	return st;
}

/* Adds or replaces, keeping the order of key ids. */
static enum status insert(struct signed_file *f, const struct cose_signature *sig)
{
	size_t k = 0;

	while (k < f->n && memcmp(f->sigs[k].kid, sig->kid, ED25519_PUBLIC_LEN) < 0)
		k++;
	if (k == f->n || memcmp(f->sigs[k].kid, sig->kid, ED25519_PUBLIC_LEN) != 0) {
		if (f->n == COSE_SIGNERS_MAX)
			return ST_PLAN_LIMIT;
		memmove(&f->sigs[k + 1], &f->sigs[k], (f->n - k) * sizeof *f->sigs);
		f->n++;
	}
	f->sigs[k] = *sig;
	return ST_OK;
}

enum status policy_file_sign(
    struct buf *out, const struct policy *p, struct slice file, const uint8_t sk[static ED25519_SECRET_LEN])
{
	const uint8_t *pk = sk + ED25519_SEED_LEN; /* libsodium's layout: seed, public key */
	struct signed_file f;
	struct cose_signature sig;
	enum status st;

	if (approver(p, pk) < 0)
		return is_endorse_key(p, pk) ? ST_KEY_ROLE : ST_KEY;
	TRY(parse(file, &f));
	TRY(cose_sign_make(&sig, POLICY_APPROVE_LABEL, f.payload, sk));
	TRY(insert(&f, &sig));
	cose_sign_encode(out, f.payload, f.sigs, f.n);
	st = buf_status(out);
out:
	return st;
}

void policy_file_wrap(struct buf *out, struct slice payload)
{
	buf_append(out, payload.ptr, payload.len);
}

void policy_hash(uint8_t out[static HASH_LEN], struct slice payload)
{
	hash_one(out, "parley/policy/v1", payload);
}

void plan_hash(uint8_t out[static HASH_LEN], struct slice plan_bytes)
{
	hash_one(out, "parley/plan/v1", plan_bytes);
}

unsigned policy_sources(const struct policy *p)
{
	return (unsigned)p->n_parties + p->n_providers;
}

const char *policy_source_id(const struct policy *p, unsigned source)
{
	if (source < p->n_parties)
		return p->parties[source].id;
	return source < policy_sources(p) ? p->providers[source - p->n_parties].id : "";
}

int policy_source_index(const struct policy *p, const char *id)
{
	for (unsigned i = 0; i < policy_sources(p); i++) {
		if (strcmp(policy_source_id(p, i), id) == 0)
			return (int)i;
	}
	return -1;
}

int policy_party_index(const struct policy *p, const char *id)
{
	for (int i = 0; i < p->n_parties; i++) {
		if (strcmp(p->parties[i].id, id) == 0)
			return i;
	}
	return -1;
}
