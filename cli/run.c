/* parley run: any policy, all its parties on this machine. */
#include "rehearse.h"

enum status verb_run(struct cli *cli, int argc, char **argv)
{
	struct opt_many data = {0};
	const char *policy, *out_path = NULL, *keep = NULL;
	const struct opt opts[] = {{"--data", OPT_MANY, &data, false}, {"--out", OPT_TEXT, &out_path, false}, {"--keep", OPT_TEXT, &keep, false}};
	enum status st = cli_options(cli, argc, argv, opts, 3, &policy, 1, 1);

	return st == ST_OK ? rehearse(cli, policy, &data, keep, out_path, true) : st;
}
