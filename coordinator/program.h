/* What the program prints, as text for people or one JSON object a line (docs/COORDINATOR.md). */
#ifndef COORDINATOR_PROGRAM_H
#define COORDINATOR_PROGRAM_H

#include "coordinator/coordinator.h"

struct program_options {
	const char *listen, *journal;
	bool json, allow_filled_in, help;
};
MUST_USE enum status options_parse(struct program_options *out, int argc, char **argv, struct problem *problem);
void print_help(void);

struct printer {
	bool json;
	struct {
		uint8_t session[WIRE_SESSION_LEN];
		uint32_t attempt;
		enum session_state state;
	} last; /* what was printed last: people need not read every step */
};
void print_listening(const struct printer *p, const char *url, const char *journal, size_t sessions);
void print_session(void *printer, const struct wire_session_view *view);
void print_problem(const struct printer *p, const struct problem *problem);
void print_stopped(const struct printer *p);

#endif
