/* parley evidence show: everything a document says, with nothing verified. */
#include "evidence.h"

#include "collateral/show.h"

#include <string.h>

struct telling {
	struct cli *cli;
	json_t *facts;
};

static void tell(void *ctx, const char *name, const char *value)
{
	struct telling *t = ctx;

	say(t->cli, "  %-28s %s\n", name, value);
	json_array_append_new(t->facts, json_pack("{s:s,s:s}", "name", name, "value", value));
}

static void show_certificates(struct telling *t, const struct collateral *c)
{
	struct att_bundle view;
	struct collateral_facts f;

	collateral_view(&view, c);
	for (size_t k = 0; k < view.n; k++)
		if (collateral_facts(&f, &view.items[k]) == ST_OK)
			tell(t, "beside_it", f.subject[0] ? f.subject : f.issuer);
}

enum status verb_evidence_show(struct cli *cli, int argc, char **argv)
{
	const char *path, *tee = NULL;
	const struct opt opts[] = {{"--tee", OPT_TEXT, &tee, false}};
	struct evidence_file file = {0};
	struct buf bytes = {0};
	enum tee_kind kind = 0;
	enum status st;

	TRY(cli_options(cli, argc, argv, opts, 1, &path, 1, 1));
	TRY(tee_option(cli, tee, &kind));
	TRY(read_file(cli, &bytes, path, COLLATERAL_FILE_MAX));
	TRY(evidence_import(&file, buf_view(&bytes), path, &cli->problem));
	struct slice evidence = buf_view(&file.bytes), inner = evidence_open_enclave(evidence);
	if (inner.len)
		evidence = inner;
	if (!tee)
		kind = evidence_kind(evidence);
	if (!kind)
		TRY(problem_set(&cli->problem, ST_COL_FILE, path, "name its kind with --tee to see it in that form", "it looks like no kind of evidence that is known"));
	struct telling t = {cli, json_array()};
	cli->doc = json_pack("{s:b,s:s,s:s,s:o}", "verified", 0, "tee", tee_name(kind), "form", evidence_form_name(file.form), "facts", t.facts);
	say(cli, "UNVERIFIED: what this %s document (%s) says of itself; `parley evidence verify` judges it\n", tee_name(kind), evidence_form_name(file.form));
	if (inner.len)
		tell(&t, "wrapper", "Open Enclave report: 16 bytes before the quote, which is shown; `evidence verify` takes the quote alone");
	evidence_show(kind, evidence, tell, &t);
	show_certificates(&t, &file.collateral);
out:
	buf_clear(&bytes);
	evidence_file_clear(&file);
	return st;
}
