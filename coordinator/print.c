#include <stdio.h>

#include "program.h"

static void json_text(const char *text)
{
	putchar('"');
	for (const unsigned char *c = (const unsigned char *)text; *c; c++) {
		if (*c == '"' || *c == '\\')
			printf("\\%c", *c);
		else if (*c < ' ')
			printf("\\u%04x", *c);
		else
			putchar(*c);
	}
	putchar('"');
}

static void json_member(const char *key, const char *text)
{
	printf(",\"%s\":", key);
	json_text(text);
}

static void end_line(void)
{
	putchar('\n');
	fflush(stdout);
}

void print_listening(const struct printer *p, const char *url, const char *journal, size_t sessions)
{
	if (!p->json) {
		printf("listening on %s (journal %s, %zu sessions in it)", url, journal, sessions);
		end_line();
		return;
	}
	printf("{\"event\":\"listening\"");
	json_member("url", url);
	json_member("journal", journal);
	printf(",\"sessions\":%zu}", sessions);
	end_line();
}

static void session_as_json(const struct wire_session_view *v, const char *session)
{
	printf("{\"event\":\"session\"");
	json_member("session", session);
	printf(",\"attempt\":%u", v->attempt);
	json_member("policy", v->policy);
	json_member("state", session_state_name(v->state));
	printf(",\"step\":%u,\"steps\":%u,\"debug\":%s", v->step, v->steps, v->debug_insecure ? "true" : "false");
	if (v->state == S_ABORTED) {
		json_member("code", v->code);
		json_member("blame", v->blame);
		json_member("message", v->message);
	}
	putchar('}');
	end_line();
}

static void session_as_text(const struct wire_session_view *v, const char *session)
{
	printf("session %s attempt %u (%s): %s", session, v->attempt, v->policy, session_state_name(v->state));
	if (v->debug_insecure)
		printf(" [debug: INSECURE]");
	if (v->state == S_ABORTED)
		printf(" %s%s%s: %s", v->code, v->blame[0] ? " blame " : "", v->blame, v->message);
	end_line();
}

void print_session(void *ctx, const struct wire_session_view *v)
{
	struct printer *p = ctx;
	char session[2 * WIRE_SESSION_LEN + 1];
	bool is_news = p->last.state != v->state || p->last.attempt != v->attempt ||
		       memcmp(p->last.session, v->session, sizeof v->session) != 0;

	hex_encode(session, slice_of(v->session, sizeof v->session));
	if (p->json)
		session_as_json(v, session);
	else if (is_news)
		session_as_text(v, session);
	memcpy(p->last.session, v->session, sizeof v->session);
	p->last.attempt = v->attempt;
	p->last.state = v->state;
}

static void problem_as_json(const struct problem *problem, const char *fix)
{
	printf("{\"status\":\"error\"");
	json_member("code", status_code(problem->st));
	json_member("message", problem->message);
	json_member("where", problem->where);
	json_member("fix", fix);
	putchar('}');
	end_line();
}

void print_problem(const struct printer *p, const struct problem *problem)
{
	const char *fix = problem->fix[0] ? problem->fix : status_fix(problem->st);

	if (p->json) {
		problem_as_json(problem, fix);
		return;
	}
	fprintf(stderr, "parley-coordinator: %s%s%s [%s]\n", problem->where, problem->where[0] ? ": " : "",
	    problem->message, status_code(problem->st));
	if (fix[0])
		fprintf(stderr, "  fix: %s\n", fix);
}

void print_stopped(const struct printer *p)
{
	fputs(p->json ? "{\"event\":\"stopped\"}" : "stopped", stdout);
	end_line();
}
