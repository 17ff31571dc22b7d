/*
 * Target: what lies below the signatures: quote parser, TCB info and QE identity, level matching, convergence, relaunch. Input: choices,
 * from which documents are written (structure-aware) and a quote is put together and damaged. Properties: the documents are
 * read; the verdict is that of the model below, which is written by sets of flags and a maximum instead of order and tables; a
 * quote that parses is tiled by its parts without a gap.
 */
#include "base/buf.h"
#include "base/panic.h"
#include "dcap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct choices {
	struct slice rest;
};
static unsigned choose(struct choices *c, unsigned n)
{
	if (c->rest.len == 0)
		return 0;
	c->rest.len--;
	return *c->rest.ptr++ % n;
}

static void require(bool fact, const char *what)
{
	if (!fact)
		panic(what);
}

/* ---- documents ---- */
enum { LEVELS = 5, MODULES = 3, SVNS = 3, PARTS = 3 };
static const unsigned sgx_at[PARTS] = {0, 1, 7}, tdx_at[PARTS] = {0, 1, 2}; /* components that are not always 0 */
struct level {
	uint8_t sgx[PARTS], tdx[PARTS];
	unsigned pce, status, advisory;
};
struct part {
	unsigned version, n;
	unsigned svn[SVNS], status[SVNS];
};
struct world {
	bool tdx, td15;
	unsigned n_levels, n_modules;
	struct level levels[LEVELS];
	struct part modules[MODULES], qe;
	struct level platform; /* what the platform has */
	uint8_t running[PARTS];
	unsigned qe_svn;
};
static const enum tee_status part_statuses[] = {TEE_STATUS_UP_TO_DATE, TEE_STATUS_OUT_OF_DATE, TEE_STATUS_REVOKED};
static const enum tee_status level_statuses[] = {TEE_STATUS_UP_TO_DATE, TEE_STATUS_SW_HARDENING_NEEDED,
    TEE_STATUS_CONFIGURATION_NEEDED, TEE_STATUS_CONFIGURATION_AND_SW_HARDENING_NEEDED, TEE_STATUS_OUT_OF_DATE,
    TEE_STATUS_OUT_OF_DATE_CONFIGURATION_NEEDED, TEE_STATUS_REVOKED};

static void choose_level(struct choices *c, struct level *l)
{
	for (unsigned i = 0; i < PARTS; i++) {
		l->sgx[i] = (uint8_t)choose(c, 4);
		l->tdx[i] = (uint8_t)choose(c, i == 1 ? 3 : 4);
	}
	l->pce = choose(c, 3);
	l->status = level_statuses[choose(c, 7)];
	l->advisory = choose(c, 4);
}

static void choose_part(struct choices *c, struct part *p)
{
	p->n = choose(c, SVNS + 1);
	for (unsigned i = 0; i < p->n; i++) {
		p->svn[i] = choose(c, 5);
		p->status[i] = part_statuses[choose(c, 3)];
	}
}

static bool has_version(const struct world *w, unsigned n, unsigned version)
{
	for (unsigned i = 0; i < n; i++)
		if (w->modules[i].version == version)
			return true;
	return false;
}

static void choose_world(struct choices *c, struct world *w)
{
	*w = (struct world){.tdx = choose(c, 4) != 0, .td15 = choose(c, 2)};
	w->n_levels = 1 + choose(c, LEVELS);
	for (unsigned i = 0; i < w->n_levels; i++)
		choose_level(c, &w->levels[i]);
	for (unsigned k = choose(c, MODULES + 1); w->tdx && k > 0; k--) {
		unsigned version = 1 + choose(c, 3);
		if (has_version(w, w->n_modules, version))
			continue;
		w->modules[w->n_modules].version = version;
		choose_part(c, &w->modules[w->n_modules++]);
	}
	choose_part(c, &w->qe);
	choose_level(c, &w->platform);
	for (unsigned i = 0; i < PARTS; i++)
		w->running[i] = (uint8_t)choose(c, 4);
	w->qe_svn = choose(c, 5);
}

static void spread(uint8_t out[static 16], const unsigned at[static PARTS], const uint8_t v[static PARTS])
{
	memset(out, 0, 16);
	for (unsigned i = 0; i < PARTS; i++)
		out[at[i]] = v[i];
}

static void put_components(
    struct buf *b, const char *name, const unsigned at[static PARTS], const uint8_t v[static PARTS])
{
	uint8_t all[16];

	spread(all, at, v);
	buf_printf(b, "\"%s\":[", name);
	for (unsigned i = 0; i < 16; i++)
		buf_printf(b, "%s{\"svn\":%u}", i ? "," : "", all[i]);
	buf_append_str(b, "],");
}

static void put_svn_levels(struct buf *b, const struct part *p)
{
	buf_append_str(b, "\"tcbLevels\":[");
	for (unsigned i = 0; i < p->n; i++)
		buf_printf(b, "%s{\"tcb\":{\"isvsvn\":%u},\"tcbDate\":\"2024-02-29T00:00:00Z\",\"tcbStatus\":\"%s\"}",
		    i ? "," : "", p->svn[i], tee_status_name(p->status[i]));
	buf_append_str(b, "]}");
}

#define WINDOW                                                                                                         \
	"\"issueDate\":\"2025-01-01T00:00:00Z\",\"nextUpdate\":\"2025-01-31T00:00:00Z\",\"tcbEvaluationDataNumber\":"  \
	"17,"
#define ZERO_48 "000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
#define MODULE                                                                                                         \
	"\"mrsigner\":\"" ZERO_48 "\",\"attributes\":\"0000000000000000\",\"attributesMask\":\"FFFFFFFFFFFFFFFF\""

static void put_tcb_info(struct buf *b, const struct world *w)
{
	buf_printf(b,
	    "{\"id\":\"%s\",\"version\":3," WINDOW "\"fmspc\":\"00A067110000\",\"pceId\":\"0000\",\"tcbType\":0,",
	    w->tdx ? "TDX" : "SGX");
	if (w->tdx)
		buf_append_str(b, "\"tdxModule\":{" MODULE "},\"tdxModuleIdentities\":[");
	for (unsigned i = 0; i < w->n_modules; i++) {
		buf_printf(b, "%s{\"id\":\"TDX_%02X\"," MODULE ",", i ? "," : "", w->modules[i].version);
		put_svn_levels(b, &w->modules[i]);
	}
	buf_append_str(b, w->tdx ? "],\"tcbLevels\":[" : "\"tcbLevels\":[");
	for (unsigned i = 0; i < w->n_levels; i++) {
		const struct level *l = &w->levels[i];
		buf_append_str(b, i ? ",{\"tcb\":{" : "{\"tcb\":{");
		put_components(b, "sgxtcbcomponents", sgx_at, l->sgx);
		if (w->tdx)
			put_components(b, "tdxtcbcomponents", tdx_at, l->tdx);
		buf_printf(b, "\"pcesvn\":%u},\"tcbDate\":\"2024-02-29T00:00:00Z\",\"tcbStatus\":\"%s\"", l->pce,
		    tee_status_name(l->status));
		if (l->advisory)
			buf_printf(b, ",\"advisoryIDs\":[\"INTEL-SA-%05u\"]", l->advisory);
		buf_append_str(b, "}");
	}
	buf_append_str(b, "]}");
}

static void put_identity(struct buf *b, const struct world *w)
{
	buf_printf(b,
	    "{\"id\":\"%s\",\"version\":2," WINDOW "\"miscselect\":\"00000000\",\"miscselectMask\":\"FFFFFFFF\","
	    "\"attributes\":\"00000000000000000000000000000000\",\"attributesMask\":"
	    "\"FFFFFFFFFFFFFFFF0000000000000000\","
	    "\"mrsigner\":\"0000000000000000000000000000000000000000000000000000000000000000\",\"isvprodid\":0,",
	    w->tdx ? "TD_QE" : "QE");
	put_svn_levels(b, &w->qe);
}

/* ---- the model ---- */
enum flag { HARDENING = 1, CONFIGURATION = 2, OUT_OF_DATE = 4, REVOKED = 8, RELAUNCH = 16 };
struct verdict {
	enum status st;
	enum att_check check;
	unsigned flags, advisory;
};

static unsigned flags_of(unsigned status)
{
	static const unsigned flags[TEE_STATUS_COUNT_] = {
	    [TEE_STATUS_SW_HARDENING_NEEDED] = HARDENING,
	    [TEE_STATUS_CONFIGURATION_NEEDED] = CONFIGURATION,
	    [TEE_STATUS_CONFIGURATION_AND_SW_HARDENING_NEEDED] = CONFIGURATION | HARDENING,
	    [TEE_STATUS_OUT_OF_DATE] = OUT_OF_DATE,
	    [TEE_STATUS_OUT_OF_DATE_CONFIGURATION_NEEDED] = OUT_OF_DATE | CONFIGURATION,
	    [TEE_STATUS_TD_RELAUNCH_ADVISED] = RELAUNCH,
	    [TEE_STATUS_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED] = RELAUNCH | CONFIGURATION,
	    [TEE_STATUS_REVOKED] = REVOKED,
	};
	return flags[status];
}

/* Out of date swallows what hardening would be needed. */
static unsigned with(unsigned flags, unsigned part)
{
	flags |= part;
	return flags & OUT_OF_DATE ? flags & ~(unsigned)HARDENING : flags;
}

/* Highest SVN not above `svn`, of equal ones the first in the document; -1: none. */
static int best_svn(const struct part *p, unsigned svn)
{
	int best = -1;

	for (unsigned i = 0; i < p->n; i++)
		if (p->svn[i] <= svn && (best < 0 || p->svn[i] > p->svn[best]))
			best = (int)i;
	return best;
}

static const struct part *module_of(const struct world *w, unsigned version)
{
	for (unsigned i = 0; i < w->n_modules; i++)
		if (w->modules[i].version == version)
			return &w->modules[i];
	return NULL;
}

/* One number that orders levels: SGX components, PCESVN, TDX components, each below 16. */
static uint64_t rank(const struct level *l, bool tdx)
{
	uint64_t r = 0;

	for (unsigned i = 0; i < PARTS; i++)
		r = r << 4 | l->sgx[i];
	r = r << 4 | l->pce;
	for (unsigned i = 0; i < PARTS; i++)
		r = r << 4 | (tdx ? l->tdx[i] : 0);
	return r;
}

static const struct level *best_level(const struct world *w, bool ask_tdx)
{
	const struct level *best = NULL, *have = &w->platform;

	for (unsigned i = 0; i < w->n_levels; i++) {
		const struct level *l = &w->levels[i];
		bool fits = have->pce >= l->pce;
		for (unsigned k = 0; k < PARTS; k++) {
			fits = fits && have->sgx[k] >= l->sgx[k];
			if (ask_tdx && (k == 2 || have->tdx[1] == 0))
				fits = fits && have->tdx[k] >= l->tdx[k];
		}
		if (fits && (!best || rank(l, w->tdx) > rank(best, w->tdx)))
			best = l;
	}
	return best;
}

static const struct level *top_level(const struct world *w)
{
	const struct level *best = &w->levels[0];

	for (unsigned i = 1; i < w->n_levels; i++)
		if (rank(&w->levels[i], w->tdx) > rank(best, w->tdx))
			best = &w->levels[i];
	return best;
}

/* Is what runs now the newest? 1, 0; -1 when its version is unknown. */
static int running_is_newest(const struct world *w)
{
	const struct level *top = top_level(w);
	unsigned newest = top->tdx[0];

	if (w->running[1]) {
		const struct part *m = module_of(w, w->running[1]);
		if (!m || m->n == 0)
			return -1;
		newest = 0;
		for (unsigned i = 0; i < m->n; i++)
			newest = m->svn[i] > newest ? m->svn[i] : newest;
	}
	return w->running[0] >= newest && w->running[2] >= top->tdx[2];
}

static struct verdict refused(enum status st, enum att_check check)
{
	return (struct verdict){.st = st, .check = check};
}

static struct verdict model(const struct world *w)
{
	int at = best_svn(&w->qe, w->qe_svn);
	unsigned module = 0;

	if (at < 0)
		return refused(ST_ATT_TCB, ATT_CHECK_QE);
	unsigned qe = flags_of(w->qe.status[at]);
	if (w->tdx && w->platform.tdx[1]) {
		const struct part *m = module_of(w, w->platform.tdx[1]);
		at = m ? best_svn(m, w->platform.tdx[0]) : -1;
		if (at < 0)
			return refused(ST_ATT_TCB, ATT_CHECK_TDX_MODULE);
		module = flags_of(m->status[at]);
	}
	const struct level *sgx = best_level(w, false), *level = best_level(w, w->tdx);
	if (!level)
		return refused(ST_ATT_TCB, ATT_CHECK_TCB_LEVEL);
	unsigned sgx_flags = flags_of(sgx->status), flags = with(flags_of(level->status), module);
	if (w->tdx && w->td15 && !(sgx_flags & (OUT_OF_DATE | REVOKED)) && qe == 0 && module == OUT_OF_DATE &&
	    (flags & (OUT_OF_DATE | REVOKED)) == OUT_OF_DATE) {
		int newest = running_is_newest(w);
		if (newest < 0)
			return refused(ST_ATT_TCB, ATT_CHECK_TDX_MODULE);
		if (newest)
			flags = RELAUNCH | ((flags | sgx_flags) & CONFIGURATION);
	}
	if (!(flags & RELAUNCH))
		flags = with(flags, qe);
	if ((flags | sgx_flags) & REVOKED)
		return refused(ST_ATT_REVOKED, ATT_CHECK_TCB_STATUS);
	return (struct verdict){.st = ST_OK, .flags = flags, .advisory = level->advisory};
}

/* ---- the code ---- */
static void check_judgement(const struct world *w)
{
	static const uint8_t zero[TDX_MR_LEN];
	static struct dcap d; /* large */
	uint8_t tee_tcb_svn[16], running[16];
	struct att_claims claims = {.valid_from = INT64_MIN, .valid_to = INT64_MAX};
	struct att_finding f = {0};
	struct buf info = {0}, identity = {0};

	memset(&d, 0, sizeof d);
	d.claims = &claims;
	d.f = &f;
	put_tcb_info(&info, w);
	put_identity(&identity, w);
	require(tcb_info_parse(&d.info, buf_view(&info)) == ST_OK, "a TCB info of ours is not read");
	require(qe_identity_parse(&d.identity, buf_view(&identity)) == ST_OK, "a QE identity of ours is not read");
	spread(d.pck.svn, sgx_at, w->platform.sgx);
	d.pck.pce_svn = (uint16_t)w->platform.pce;
	d.qe = (struct sgx_report){
	    .miscselect = zero, .attributes = zero, .mrsigner = zero, .isv_svn = (uint16_t)w->qe_svn};
	spread(tee_tcb_svn, tdx_at, w->platform.tdx);
	spread(running, tdx_at, w->running);
	struct tdx_report td = {.tee_tcb_svn = tee_tcb_svn,
	    .mr_signer_seam = zero,
	    .seam_attributes = zero,
	    .tee_tcb_svn_2 = w->td15 ? running : NULL};
	enum status st = dcap_judge_selected(&d, w->tdx ? &td : NULL);
	struct verdict want = model(w);
	require(
	    st == want.st && st == f.st && (st == ST_OK || f.check == want.check), "another verdict than the model's");
	if (st == ST_OK) {
		require(flags_of(claims.tcb_status) == want.flags, "another status than the model's");
		require(claims.n_advisories == (want.advisory != 0) && claims.evaluation == 17,
		    "another claim than the model's");
	}
	buf_clear(&info);
	buf_clear(&identity);
}

/* ---- a quote, put together and damaged ---- */
static void put_le(struct buf *b, size_t v, size_t bytes)
{
	for (size_t i = 0; i < bytes; i++)
		buf_append(b, (uint8_t[]){(uint8_t)(v >> 8 * i)}, 1);
}

static void put_zeros(struct buf *b, size_t n)
{
	uint8_t *p = n ? buf_extend(b, n) : NULL;

	if (p)
		memset(p, 0, n);
}

static void put_quote(struct buf *b, struct choices *c)
{
	static const uint8_t vendor[16] = {
	    0x93, 0x9a, 0x72, 0x33, 0xf7, 0x9c, 0x4c, 0xa9, 0x94, 0x0a, 0x0d, 0xb3, 0x95, 0x7f, 0x06, 0x07};
	static const size_t bodies[] = {384, 584, 648};
	unsigned version = 3 + choose(c, 3), body = version == 3 ? 0 : choose(c, version == 4 ? 2 : 3);
	size_t auth = choose(c, 40), certification = choose(c, 200);
	size_t inner = 384 + 64 + 2 + auth + 2 + 4 + certification;

	put_le(b, version, 2);
	put_le(b, 2, 2);
	put_le(b, body ? 0x81 : 0, 4);
	put_zeros(b, 4);
	buf_append(b, vendor, sizeof vendor);
	put_zeros(b, 20);
	if (version == 5) {
		put_le(b, body + 1, 2);
		put_le(b, bodies[body], 4);
	}
	put_zeros(b, bodies[body]);
	put_le(b, 128 + (version == 3 ? inner : inner + 6), 4);
	put_zeros(b, 128);
	if (version > 3) {
		put_le(b, 6, 2);
		put_le(b, inner, 4);
	}
	put_zeros(b, 384 + 64);
	put_le(b, auth, 2);
	put_zeros(b, auth);
	put_le(b, 1 + choose(c, 5), 2);
	put_le(b, certification, 4);
	put_zeros(b, certification + choose(c, 9));
}

/* Every byte of what parses belongs to exactly one part, in order. */
static void check_tiling(const struct dcap_quote *q, struct slice all)
{
	const struct slice parts[] = {q->signed_part, q->signature, q->key, q->qe_report, q->qe_signature, q->qe_auth,
	    q->certification_data, q->padding};
	const size_t between[] = {0, 4, 0, q->version == 3 ? 0 : 6, 0, 2, 6, 0}; /* length and type fields in front */
	size_t at = 0;

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		at += between[i];
		require(parts[i].len == 0 || parts[i].ptr == all.ptr + at, "a part lies elsewhere");
		at += parts[i].len;
	}
	require(at == all.len, "a byte belongs to no part");
	require(q->body.ptr + q->body.len == q->signed_part.ptr + q->signed_part.len,
	    "the body does not end what is signed");
}

static void check_quote(struct choices *c)
{
	struct buf b = {0};
	struct dcap_quote q;
	unsigned damages;

	put_quote(&b, c);
	require(dcap_quote_parse(&q, buf_view(&b)) == ST_OK, "a quote of ours does not parse");
	check_tiling(&q, buf_view(&b));
	for (damages = choose(c, 4); damages > 0; damages--) {
		size_t at = (choose(c, 256) << 8 | choose(c, 256)) % b.len;
		b.ptr[at] = (uint8_t)choose(c, 256);
	}
	if (choose(c, 4) == 1)
		b.len -= choose(c, 256) % b.len;
	if (dcap_quote_parse(&q, buf_view(&b)) == ST_OK)
		check_tiling(&q, buf_view(&b));
	buf_clear(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct choices c = {.rest = slice_of(data, size)};
	struct world w;

	choose_world(&c, &w);
	check_judgement(&w);
	check_quote(&c);
	return 0;
}
