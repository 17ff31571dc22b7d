/*
 * One error type. Every function that can fail returns it; hostile input is always a value, never an assert.
 * The table in status_table.h gives each value a class, a stable code that users may rely on, the exit code of
 * `parley`, a title and a fix. Codes are never renumbered.
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

#define MUST_USE __attribute__((warn_unused_result))

enum status_class {
	CLASS_OK,
	CLASS_CALLER, /* our caller's fault: usage, a policy or a data file that is wrong */
	CLASS_PEER,   /* a peer, its host or the coordinator sent something it must not send */
	CLASS_ENV,    /* the environment: retry may help */
	CLASS_BUG,    /* ours */
};

/* Exit codes of the `parley` programs (docs/ERRORS.md). */
enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_SIM_SAFETY = 10, /* `parley sim` only */
	EXIT_CODE_SIM_LIVENESS = 11,
	EXIT_CODE_SIM_DETERMINISM = 12,
	EXIT_CODE_SIM_COST = 13,
	EXIT_CODE_USAGE = 64,
	EXIT_CODE_DATA = 65,
	EXIT_CODE_NO_INPUT = 66,
	EXIT_CODE_UNAVAILABLE = 69,
	EXIT_CODE_BUG = 70,
	EXIT_CODE_OS = 71,
	EXIT_CODE_CANT_CREATE = 73,
	EXIT_CODE_IO = 74,
	EXIT_CODE_AGAIN = 75,
	EXIT_CODE_PROTOCOL = 76,
	EXIT_CODE_POLICY = 77,
	EXIT_CODE_CONFIG = 78,
	EXIT_CODE_ATTESTATION = 79,
	EXIT_CODE_ABORTED = 80,
	EXIT_CODE_DEADLINE = 124,
};

enum status {
#define X(name, class_, code, exit_, title, fix) name,
#include "base/status_table.h"
#undef X
	STATUS_COUNT
};

/* All return static strings or values and accept any number: an unknown one is reported as BUG-0001. */
const char *status_code(enum status st);  /* "ATT-0004" */
const char *status_name(enum status st);  /* "ST_ATT_MEASUREMENT" */
const char *status_title(enum status st); /* one sentence, no full stop */
const char *status_fix(enum status st);   /* what to do about it */
int status_exit(enum status st);
enum status_class status_class_of(enum status st);
/* The status with this stable code, or ST_BUG when there is none: for codes that arrive over a wire. */
enum status status_from_code(const char *code);

/* The one macro that hides control flow: stores into the local `st` and leaves by the local label `out`. */
#define TRY(expr)                                                                                                      \
	do {                                                                                                           \
		st = (expr);                                                                                           \
		if (st != ST_OK)                                                                                       \
			goto out;                                                                                      \
	} while (0)

#endif
