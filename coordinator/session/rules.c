/*
 * Which message of a party may come when, and the states of the session in which it is permitted at all. Both must say
 * yes: a party can be ahead of the session (its COMMIT may overtake a slow host's ADMIT), never of its own order.
 */
#include "machine.h"

enum { STATEMENT = DOC_STATEMENT_MAX, EVIDENCE = DOC_EVIDENCE_MAX + DOC_COLLATERAL_MAX + DOC_STATEMENT_MAX + 64 };

/* clang-format off */
static const struct rule rules[] = {
	/* message      sender is at   all were told   then it is at  signed under         at most */
	{WM_ENROL,     PH_NONE,       PH_NONE,        PH_ENROLLED,   DOC_ENROL_LABEL,     STATEMENT},
	{WM_HELLO,     PH_ENROLLED,   PH_NONE,        PH_HELLO,      "parley/hello/v1",   STATEMENT},
	{WM_EVIDENCE,  PH_HELLO,      PH_HELLO,       PH_EVIDENCE,   NULL,                EVIDENCE},
	{WM_ADMITTED,  PH_EVIDENCE,   PH_EVIDENCE,    PH_ADMITTED,   "parley/admit/v1",   STATEMENT},
	{WM_COMMITTED, PH_ADMITTED,   PH_EVIDENCE,    PH_COMMITTED,  "parley/commit/v1",  STATEMENT},
	{WM_STEP,      PH_COMMITTED,  PH_COMMITTED,   PH_COMMITTED,  DOC_STEP_LABEL,      STATEMENT}, /* the last: PH_STEPPED */
	{WM_RENEWAL,   PH_COMMITTED,  PH_COMMITTED,   PH_COMMITTED,  NULL,                EVIDENCE}, /* between steps */
	{WM_CONFIRM,   PH_STEPPED,    PH_COMMITTED,   PH_CONFIRMED,  DOC_CONFIRM_LABEL,   STATEMENT},
	{WM_PART,      PH_CONFIRMED,  PH_CONFIRMED,   PH_CONFIRMED,  NULL,                SESSION_PART_MAX},
	{WM_RECEIPT,   PH_CONFIRMED,  PH_CONFIRMED,   PH_RECEIPT,    "parley/receipt/v1", STATEMENT},
	{WM_FINISHED,  PH_RECEIPT,    PH_RECEIPT,     PH_FINISHED,   NULL,                1},
	{WM_FAULT,     PHASES,        PH_NONE,        PHASES,        NULL,                1024}, /* at any time, phase unchanged */
};
/* clang-format on */

const struct rule *rule_of(enum wire_message_kind kind)
{
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		if (rules[i].kind == kind)
			return &rules[i];
	return NULL;
}

static bool all_parts_here(const struct session *s, unsigned party)
{
	return s->member[party].parts == s->facts.recipients;
}

bool rule_permits(const struct session *s, unsigned party, const struct rule *rule)
{
	if (rule->kind == WM_FAULT)
		return s->member[party].phase > PH_NONE && s->member[party].phase < PH_FINISHED;
	if (s->member[party].phase != rule->from || s->announced < rule->announced)
		return false;
	return rule->kind != WM_RECEIPT || all_parts_here(s, party);
}

const char *phase_message(enum phase phase)
{
	static const char *const names[PHASES] = {
	    [PH_ENROLLED] = "ENROL",
	    [PH_HELLO] = "HELLO",
	    [PH_EVIDENCE] = "EVIDENCE",
	    [PH_ADMITTED] = "ADMITTED",
	    [PH_COMMITTED] = "COMMITTED",
	    [PH_STEPPED] = "STEP",
	    [PH_CONFIRMED] = "CONFIRM",
	    [PH_RECEIPT] = "RECEIPT",
	    [PH_FINISHED] = "FINISHED",
	};
	return phase < PHASES && names[phase] != NULL ? names[phase] : "message";
}
