/*
 * Deadlines, and who is behind. While organisations still have to start their hosts only the session's deadline runs;
 * from then on the slowest party has deadlines.step for each of its phases and steps. A quick party that runs ahead in
 * its window does not buy time for a slow one.
 */
#include <stdio.h>

#include "machine.h"

bool is_committed(const struct session *s)
{
	return s->announced >= PH_RECEIPT;
}

enum phase slowest_phase(const struct session *s)
{
	enum phase least = PHASES;

	for (unsigned i = 0; i < s->facts.n_parties; i++)
		if (s->member[i].phase < least)
			least = s->member[i].phase;
	return least;
}

uint32_t slowest_step(const struct session *s)
{
	uint32_t least = UINT32_MAX;

	for (unsigned i = 0; i < s->facts.n_parties; i++)
		if (s->member[i].step < least)
			least = s->member[i].step;
	return least;
}

bool is_renewing(const struct session *s)
{
	for (unsigned i = 0; i < s->facts.n_parties; i++)
		if (s->member[i].epoch > s->epoch)
			return true;
	return false;
}

/* Phase, then renewed evidence, then step within it: nobody is further behind than this party. */
bool is_slowest(const struct session *s, unsigned party)
{
	const struct member *m = &s->member[party];

	if (m->phase != slowest_phase(s))
		return false;
	if (is_renewing(s))
		return m->epoch == s->epoch;
	for (unsigned i = 0; i < s->facts.n_parties; i++)
		if (s->member[i].phase == m->phase && s->member[i].step < m->step)
			return false;
	return true;
}

static int64_t after(int64_t from_s, uint32_t seconds)
{
	return seconds == 0 || from_s > INT64_MAX - seconds ? INT64_MAX : from_s + seconds;
}

int64_t session_deadline_s(const struct session *s)
{
	int64_t whole, step;

	if (session_is_over(s))
		return INT64_MAX;
	whole = after(s->created_s, s->facts.session_deadline_s);
	if (s->announced < PH_ENROLLED)
		return whole;
	step = after(s->progress_s, s->facts.step_deadline_s);
	return step < whole ? step : whole;
}

/* "no STEP 12 from west" */
static void name_the_slowest(char *out, size_t cap, const struct session *s, const char **blame)
{
	const char *list = "", *separator = "";
	char names[3 * (POLICY_ID_MAX + 3) + 1] = "";
	unsigned n = 0, last = 0;

	for (unsigned i = 0; i < s->facts.n_parties; i++) {
		if (!is_slowest(s, i))
			continue;
		size_t used = strlen(names);
		snprintf(names + used, sizeof names - used, "%s%s", separator, s->facts.party[i].id);
		separator = ", ";
		last = i;
		n++;
	}
	list = names;
	enum phase next = s->member[last].phase + 1;
	if (is_renewing(s))
		snprintf(out, cap, "no RENEWAL %u of its evidence from %s", s->epoch + 1, list);
	else if (next == PH_STEPPED)
		snprintf(out, cap, "no STEP %u from %s", s->member[last].step + 1, list);
	else
		snprintf(out, cap, "no %s from %s", phase_message(next), list);
	*blame = n == 1 ? s->facts.party[last].id : "";
}

bool session_judge_time(const struct session *s, int64_t now_s, struct session_event *event)
{
	int64_t deadline = session_deadline_s(s);
	const char *blame;
	char behind[192];

	if (deadline == INT64_MAX || now_s < deadline)
		return false;
	abort_event(event, s, now_s, is_renewing(s) ? ST_ATT_REATTEST : ST_SES_DEADLINE, "");
	if (is_committed(s)) {
		event->kind = SE_CLOSE;
		return true;
	}
	name_the_slowest(behind, sizeof behind, s, &blame);
	snprintf(event->abort.blame, sizeof event->abort.blame, "%s", blame);
	snprintf(event->abort.message, sizeof event->abort.message, "a deadline passed: %s", behind);
	return true;
}

/* Valid UTF-8 in, valid UTF-8 out: C0, DEL and C1 controls become spaces, and a character that was cut in half at the end
 * goes, so that what a party wrote can neither steer a terminal nor spoil a document. */
void clean_text(char *text)
{
	size_t len = strlen(text), start = len;

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i], next = (unsigned char)text[i + 1];
		if (c < ' ' || c == 0x7f)
			text[i] = ' ';
		else if (c == 0xc2 && next >= 0x80 && next < 0xa0)
			text[i] = text[i + 1] = ' ';
	}
	while (start > 0 && ((unsigned char)text[start - 1] & 0xc0) == 0x80)
		start--;
	if (start == 0 || ((unsigned char)text[start - 1] & 0x80) == 0)
		return;
	unsigned char lead = (unsigned char)text[start - 1];
	size_t want = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
	if (len - start < want)
		text[start - 1] = '\0';
}

/* For bytes that nobody has checked. */
void clean_ascii(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}
