/* Refusals: which check failed, what it expected, what it got. Text is made printable here, wherever it came from. */
#include "verifier.h"

#include <stdarg.h>
#include <stdio.h>

static const char *const names[ATT_CHECK_COUNT_] = {
    [ATT_CHECK_FORM] = "form",
    [ATT_CHECK_ROOT] = "root",
    [ATT_CHECK_CHAIN] = "chain",
    [ATT_CHECK_VALIDITY] = "validity",
    [ATT_CHECK_SIGNATURE] = "signature",
    [ATT_CHECK_REVOCATION] = "revocation",
    [ATT_CHECK_COLLATERAL] = "collateral",
    [ATT_CHECK_QE] = "qe",
    [ATT_CHECK_PLATFORM_ID] = "platform-id",
    [ATT_CHECK_TCB_LEVEL] = "tcb-level",
    [ATT_CHECK_TDX_MODULE] = "tdx-module",
    [ATT_CHECK_ATTRIBUTES] = "attributes",
    [ATT_CHECK_BINDING] = "report-data",
    [ATT_CHECK_MEASUREMENT] = "measurement",
    [ATT_CHECK_AGE] = "age",
    [ATT_CHECK_DEBUG] = "debug",
    [ATT_CHECK_TCB_STATUS] = "tcb-status",
    [ATT_CHECK_ADVISORY] = "advisory",
    [ATT_CHECK_TCB_MINIMUM] = "tcb-minimum",
    [ATT_CHECK_PLATFORM] = "platform",
    [ATT_CHECK_KIND] = "kind",
};

const char *att_check_name(enum att_check c)
{
	return c >= 0 && c < ATT_CHECK_COUNT_ ? names[c] : "?";
}

/* A certificate may call itself anything: what a person reads is one line of printable ASCII. */
static void make_printable(char *text)
{
	for (char *p = text; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
}

enum status att_refuse(
    struct att_finding *f, enum status st, enum att_check check, const char *expected, const char *got, ...)
{
	va_list args;

	if (f->st != ST_OK)
		return st;
	f->st = st;
	f->check = check;
	snprintf(f->expected, sizeof f->expected, "%s", expected);
	va_start(args, got);
	vsnprintf(f->got, sizeof f->got, got, args);
	va_end(args);
	make_printable(f->expected);
	make_printable(f->got);
	return st;
}

/* As much of the bytes as fits behind the text that is there already. */
static void append_hex(char *text, size_t cap, struct slice bytes)
{
	size_t used = strlen(text), room = used + sizeof "..." < cap ? (cap - used - sizeof "...") / 2 : 0;
	size_t shown = bytes.len < room ? bytes.len : room;

	hex_encode(text + used, slice_of(bytes.ptr, shown));
	if (shown < bytes.len && room)
		memcpy(text + used + 2 * shown, "...", sizeof "...");
}

enum status att_refuse_bytes(struct att_finding *f, enum status st, enum att_check check, const char *what,
    struct slice expected, struct slice got)
{
	if (f->st != ST_OK)
		return st;
	att_refuse(f, st, check, what, "%s", what);
	strncat(f->expected, " ", sizeof f->expected - strlen(f->expected) - 1);
	strncat(f->got, " ", sizeof f->got - strlen(f->got) - 1);
	append_hex(f->expected, sizeof f->expected, expected);
	append_hex(f->got, sizeof f->got, got);
	return st;
}

bool att_is_temporary(enum status st)
{
	return st == ST_ATT_COLLATERAL || st == ST_ATT_VALIDITY || st == ST_ATT_EXPIRED || st == ST_NO_MEMORY;
}

static bool is_about_evidence(enum status st)
{
	return strncmp(status_code(st), "ATT-", 4) == 0;
}

void att_advice(char *out, size_t cap, enum status st)
{
	const char *outlook = !is_about_evidence(st) ? ""
			      : att_is_temporary(st) ? " (temporary: a new attempt can help)"
						     : " (permanent: a new attempt alone does not help)";

	snprintf(out, cap, "%s%s", status_fix(st), outlook);
}

enum status att_problem(struct problem *p, const struct att_finding *f, const char *where)
{
	char fix[256];

	att_advice(fix, sizeof fix, f->st);
	return problem_set(p, f->st, where, fix, "%s: expected %s, got %s%s%s%s", att_check_name(f->check), f->expected,
	    f->got, f->policy_key[0] ? " (policy: " : "", f->policy_key, f->policy_key[0] ? ")" : "");
}
