/* Which line of the policy decided a refusal: the key that the refusal names, found in the source that the policy carries. */
#include "policy_common.h"

#include <stdio.h>
#include <string.h>

struct slice policy_source(const struct loaded_policy *p)
{
	return p->payload.len ? buf_view(&p->file) : p->policy.source_yaml;
}

bool policy_line(char out[static POLICY_LINE_MAX], struct slice source, const char *party, const char *key)
{
	struct manifest_place place;

	if (!source.len || !manifest_key_place(&place, source, party, key))
		return false;
	if (place.is_written)
		snprintf(out, POLICY_LINE_MAX, "%s, line %u column %u", place.path, place.line, place.column);
	else
		snprintf(out, POLICY_LINE_MAX, "%s is not written, line %u column %u is nearest", place.path,
		    place.line, place.column);
	return true;
}

/* Whom the refusal is about; "" when it does not say. */
static const char *party_in(const char *where, const struct policy *p)
{
	const char *named = strstr(where, "party "), *at = named ? named + strlen("party ") : where;

	for (unsigned i = 0; i < p->n_parties; i++) {
		size_t len = strlen(p->parties[i].id);

		if (strncmp(at, p->parties[i].id, len) == 0 && strchr(" ,:", at[len])) /* or the end */
			return p->parties[i].id;
	}
	return "";
}

void add_policy_line(struct problem *problem, const struct policy *p, struct slice source)
{
	static const char mark[] = " (policy: ";
	char *at = strstr(problem->message, mark), key[64], line[POLICY_LINE_MAX];
	size_t len = at ? strcspn(at + sizeof mark - 1, ")") : 0;

	if (!at || len >= sizeof key || at[sizeof mark - 1 + len] != ')')
		return;
	snprintf(key, sizeof key, "%.*s", (int)len, at + sizeof mark - 1);
	if (policy_line(line, source, party_in(problem->where, p), key))
		snprintf(at, sizeof problem->message - (size_t)(at - problem->message), " (policy: %s)", line);
}
