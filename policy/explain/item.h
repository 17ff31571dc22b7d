/* Private to the explainer: one run and its sentences. */
#ifndef POLICY_EXPLAIN_ITEM_H
#define POLICY_EXPLAIN_ITEM_H

#include "policy/explain.h"
#include "policy/value.h"

struct explainer {
	const struct explain_sink *sink;
	const struct policy *p;
	const char *section;
	struct slice filled_in;
};

void explain_say(const struct explainer *e, const char *name, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* "north, south and west" */
void name_parties(const struct policy *p, uint32_t set, char *out, size_t cap);
/* "AVG(salary)" */
void name_aggregate(const struct policy *p, enum release_kind kind, uint16_t column, char *out, size_t cap);

void explain_evidence(const struct explainer *e);
void explain_threats(const struct explainer *e);
void explain_learns(const struct explainer *e);
void explain_withheld(const struct explainer *e);

#endif
