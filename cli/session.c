/* parley session start, list, show, watch, abort: what a coordinator knows of its sessions. */
#include "policy_common.h"

#include "coordinator/client.h"

static json_t *view_json(const struct wire_session_view *v)
{
	char hex[2 * WIRE_SESSION_LEN + 1];
	json_t *parties = json_array();

	hex_encode(hex, slice_of(v->session, WIRE_SESSION_LEN));
	for (uint32_t i = 0; i < v->n_parties; i++)
		json_array_append_new(parties, json_pack("{s:s,s:s,s:i,s:b}", "id", v->parties[i].id, "last",
		    v->parties[i].last ? wire_message_name(v->parties[i].last) : "", "step", (int)v->parties[i].step, "refused", (int)v->parties[i].refused));
	json_t *doc = json_pack("{s:s,s:i,s:s,s:s,s:i,s:i,s:b,s:o}", "session", hex, "attempt", (int)v->attempt, "policy", v->policy, "state",
	    session_state_name(v->state), "step", (int)v->step, "steps", (int)v->steps, "debug_insecure", (int)v->debug_insecure, "parties", parties);
	if (v->state == S_ABORTED) {
		put_text(doc, "code", v->code);
		put_text(doc, "blame", v->blame);
		put_text(doc, "message", v->message);
	}
	return doc;
}

static void say_view(const struct cli *cli, const struct wire_session_view *v)
{
	char hex[2 * WIRE_SESSION_LEN + 1];

	hex_encode(hex, slice_of(v->session, WIRE_SESSION_LEN));
	say(cli, "%s attempt %u  %-20s %s", hex, v->attempt, v->policy, session_state_name(v->state));
	if (v->state == S_RUNNING)
		say(cli, " (step %u of %u)", v->step, v->steps);
	if (v->debug_insecure)
		say(cli, "  DEBUG: INSECURE");
	if (v->state == S_ABORTED)
		say(cli, "  %s%s%s: %s", v->code, v->blame[0] ? " at " : "", v->blame, v->message);
	say(cli, "\n");
}

/* One row a party, one column a peer: whom each enclave has verified. An enclave says ADMITTED only for all peers at once. */
static void say_matrix(const struct cli *cli, const struct wire_session_view *v)
{
	say(cli, "  %-12s", "admitted by");
	for (uint32_t i = 0; i < v->n_parties; i++)
		say(cli, " %-10s", v->parties[i].id);
	say(cli, " last message\n");
	for (uint32_t i = 0; i < v->n_parties; i++) {
		const struct wire_party_view *p = &v->parties[i];
		bool admitted = p->last >= WM_ADMITTED && p->last <= WM_RENEWAL && p->last != WM_FAULT;
		say(cli, "  %-12s", p->id);
		for (uint32_t j = 0; j < v->n_parties; j++)
			say(cli, " %-10s", i == j ? "-" : p->refused ? "refused" : admitted ? "yes" : "not yet");
		say(cli, " %s\n", p->last ? wire_message_name(p->last) : "none");
	}
}

enum status verb_session_start(struct cli *cli, int argc, char **argv)
{
	const char *policy = NULL, *url = NULL, *retry = NULL;
	const struct opt opts[] = {{"--policy", OPT_TEXT, &policy, true}, {"--coordinator", OPT_TEXT, &url, true}, {"--retry", OPT_TEXT, &retry, false}};
	struct coordinator_client *client = NULL;
	struct coordinator_started started;
	uint8_t retry_of[WIRE_SESSION_LEN];
	char hex[2 * WIRE_SESSION_LEN + 1];
	struct buf file = {0};
	enum status st;

	TRY(cli_options(cli, argc, argv, opts, 3, NULL, 0, 0));
	TRY(read_file(cli, &file, policy, 2 * POLICY_SEALED_MAX));
	TRY(coordinator_client_open(&client, url, &cli->problem));
	if (retry)
		TRY(coordinator_client_session(client, retry, retry_of, &cli->problem));
	TRY(coordinator_client_start(client, buf_view(&file), retry ? retry_of : NULL, &started, &cli->problem));
	hex_encode(hex, slice_of(started.session, WIRE_SESSION_LEN));
	cli->doc = json_pack("{s:s,s:i}", "session", hex, "attempt", (int)started.attempt);
	say(cli, "session %s attempt %u\nfollow it: parley session watch %.8s --coordinator %s\n", hex, started.attempt, hex, url);
out:
	coordinator_client_close(client);
	buf_clear(&file);
	return st;
}

enum status verb_session_list(struct cli *cli, int argc, char **argv)
{
	static struct wire_session_view views[WIRE_VIEWS_MAX];
	const char *url = NULL;
	const struct opt opts[] = {{"--coordinator", OPT_TEXT, &url, true}};
	struct coordinator_client *client = NULL;
	size_t n = 0;
	enum status st;

	TRY(cli_options(cli, argc, argv, opts, 1, NULL, 0, 0));
	TRY(coordinator_client_open(&client, url, &cli->problem));
	TRY(coordinator_client_list(client, views, &n, &cli->problem));
	json_t *list = json_array();
	for (size_t i = 0; i < n; i++) {
		json_array_append_new(list, view_json(&views[i]));
		say_view(cli, &views[i]);
	}
	if (!n)
		say(cli, "no sessions\n");
	cli->doc = json_pack("{s:o}", "sessions", list);
out:
	coordinator_client_close(client);
	return st;
}

/* --coordinator URL and one session, as typed. */
static enum status one_session(struct cli *cli, int argc, char **argv, struct coordinator_client **client, uint8_t session[static WIRE_SESSION_LEN])
{
	const char *url = NULL, *text;
	const struct opt opts[] = {{"--coordinator", OPT_TEXT, &url, true}};
	enum status st;

	TRY(cli_options(cli, argc, argv, opts, 1, &text, 1, 1));
	TRY(coordinator_client_open(client, url, &cli->problem));
	TRY(coordinator_client_session(*client, text, session, &cli->problem));
out:
	return st;
}

enum status verb_session_show(struct cli *cli, int argc, char **argv)
{
	struct coordinator_client *client = NULL;
	uint8_t session[WIRE_SESSION_LEN];
	struct wire_session_view view;
	enum status st;

	TRY(one_session(cli, argc, argv, &client, session));
	TRY(coordinator_client_show(client, session, &view, &cli->problem));
	cli->doc = view_json(&view);
	say_view(cli, &view);
	say_matrix(cli, &view);
out:
	coordinator_client_close(client);
	return st;
}

struct watching {
	struct cli *cli;
	struct wire_session_view last;
};

static bool each_change(void *ctx, const struct wire_session_view *view)
{
	struct watching *w = ctx;

	w->last = *view;
	say_view(w->cli, view);
	return true;
}

static enum status judge_end(struct cli *cli, const struct wire_session_view *v)
{
	if (v->state != S_ABORTED)
		return ST_OK;
	return problem_set(&cli->problem, ST_SES_ABORTED, v->blame[0] ? v->blame : "session", status_fix(status_from_code(v->code)),
	    "aborted: %s [%s]", v->message, v->code);
}

enum status verb_session_watch(struct cli *cli, int argc, char **argv)
{
	struct coordinator_client *client = NULL;
	struct watching w = {.cli = cli};
	uint8_t session[WIRE_SESSION_LEN];
	enum status st;

	TRY(one_session(cli, argc, argv, &client, session));
	TRY(coordinator_client_watch(client, session, each_change, &w, &cli->problem));
	cli->doc = view_json(&w.last);
	st = judge_end(cli, &w.last);
out:
	coordinator_client_close(client);
	return st;
}

enum status verb_session_abort(struct cli *cli, int argc, char **argv)
{
	struct coordinator_client *client = NULL;
	uint8_t session[WIRE_SESSION_LEN];
	struct wire_session_view view;
	enum status st;

	TRY(one_session(cli, argc, argv, &client, session));
	TRY(coordinator_client_abort(client, session, &view, &cli->problem));
	cli->doc = view_json(&view);
	say_view(cli, &view);
out:
	coordinator_client_close(client);
	return st;
}
