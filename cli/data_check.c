/* parley data check: an organisation's own file against the policy's columns, before any session. */
#include "policy_common.h"

#include "ingest/csv.h"

enum { DATA_MAX = 1 << 30 };

enum status verb_data_check(struct cli *cli, int argc, char **argv)
{
	struct loaded_policy *p = NULL;
	struct buf data = {0};
	struct ingest_table table = {0};
	const char *paths[2];
	enum status st;

	TRY(cli_options(cli, argc, argv, NULL, 0, paths, 2, 2));
	TRY(loaded_policy_new(&p));
	TRY(load_any(cli, p, paths[0]));
	TRY(read_file(cli, &data, paths[1], DATA_MAX));
	TRY(ingest_csv(&table, &p->policy, buf_view(&data), paths[1], &cli->problem));
	cli->doc = json_pack("{s:s,s:i,s:i}", "dataset", p->policy.dataset, "rows", (int)table.rows, "columns", (int)table.columns);
	say(cli, "%s: %u rows of %s, every value within its declared type and range\n", paths[1], table.rows, p->policy.dataset);
out:
	if (data.ptr)
		wipe(data.ptr, data.len);
	buf_clear(&data);
	ingest_table_clear(&table);
	loaded_policy_free(p);
	return st;
}
