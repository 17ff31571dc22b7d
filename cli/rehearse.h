/* `parley run` and `parley demo`: a whole session on this machine, its result opened and its receipt verified. */
#ifndef CLI_REHEARSE_H
#define CLI_REHEARSE_H

#include "cli.h"

/* Puts the document that the README of cli describes into cli->doc; the table goes to standard output, to out_path too when not NULL. */
MUST_USE enum status rehearse(struct cli *cli, const char *policy_path, const struct opt_many *data, const char *keep, const char *out_path,
    bool explain);

#endif
