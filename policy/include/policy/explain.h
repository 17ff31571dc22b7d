/*
 * What a person signs, in words: the threat table of the actual policy, who learns what and through which operators,
 * which code on which platforms is admitted, what sizes and counts leak, what a stolen key costs, what was filled in. Pure. Costs (rounds, bytes) are the
 * engine's and are added by the caller.
 */
#ifndef POLICY_EXPLAIN_H
#define POLICY_EXPLAIN_H

#include "policy/sealed.h"

/* One statement. `section` is one of explain_sections[], statements of one section come together and in that order.
 * `name` is short ("one compute TEE broken, adversary only reads", "column mean"); `text` is a sentence or a chain. */
struct explain_sink {
	void *ctx;
	void (*item)(void *ctx, const char *section, const char *name, const char *text);
};
enum { EXPLAIN_SECTIONS = 8 };
extern const char *const explain_sections[EXPLAIN_SECTIONS];
/* {"policy", "evidence", "threats", "learns", "withheld", "leaks", "keys", "defaults"} */
const char *explain_section_title(const char *section); /* "Who learns what" */

/* filled_in: the list of policy_compile(), may be empty; when empty, the policy's own marker decides. */
void policy_explain_items(const struct explain_sink *sink, const struct policy *p, struct slice filled_in);
/* The same as text, about 72 columns wide. */
void policy_explain(struct buf *out, const struct policy *p, struct slice filled_in);

#endif
