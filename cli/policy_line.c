/* Which line of the policy decided a refusal: the key that the refusal names, found in the source that the policy carries. */
#include "policy_common.h"

#include <stdio.h>
#include <string.h>

bool policy_line(char out[static POLICY_LINE_MAX], const struct policy *p, const char *party, const char *key)
{
	struct manifest_place place;

	if (!p->source_yaml.len || !manifest_key_place(&place, p->source_yaml, party, key))
		return false;
	if (place.is_written)
		snprintf(out, POLICY_LINE_MAX, "%s, line %u column %u", place.path, place.line, place.column);
	else
		snprintf(out, POLICY_LINE_MAX, "%s is not written, line %u column %u is nearest", place.path, place.line, place.column);
	return true;
}

/* Whom the refusal is about; "" when it does not say. */
static const char *party_in(const char *where, const struct policy *p)
{
	const char *at = strstr(where, "party ");

	for (unsigned i = 0; at && i < p->n_parties; i++) {
		size_t len = strlen(p->parties[i].id);
		char after = strncmp(at + 6, p->parties[i].id, len) == 0 ? at[6 + len] : 'x';
		if (after == 0 || after == ' ' || after == ',' || after == ':')
			return p->parties[i].id;
	}
	return "";
}

void add_policy_line(struct problem *problem, const struct policy *p)
{
	static const char mark[] = " (policy: ";
	char *at = strstr(problem->message, mark), key[64], line[POLICY_LINE_MAX];
	size_t len = at ? strcspn(at + sizeof mark - 1, ")") : 0;

	if (!at || len >= sizeof key || at[sizeof mark - 1 + len] != ')')
		return;
	snprintf(key, sizeof key, "%.*s", (int)len, at + sizeof mark - 1);
	if (policy_line(line, p, party_in(problem->where, p), key))
		snprintf(at, sizeof problem->message - (size_t)(at - problem->message), " (policy: %s)", line);
}
