#include "proto/wire.h"

const char *session_state_name(enum session_state s)
{
	static const char *const names[] = {[S_CREATED] = "CREATED", [S_ENROLLING] = "ENROLLING", [S_ADMITTED] = "ADMITTED",
	    [S_COMMITTED] = "COMMITTED", [S_RUNNING] = "RUNNING", [S_RELEASING] = "RELEASING", [S_DONE] = "DONE",
	    [S_ABORTED] = "ABORTED"};

	return s >= S_CREATED && s <= S_ABORTED ? names[s] : "?";
}

const char *wire_message_name(enum wire_message_kind k)
{
	static const char *const names[] = {[WM_ENROL] = "ENROL", [WM_HELLO] = "HELLO", [WM_EVIDENCE] = "EVIDENCE",
	    [WM_ADMITTED] = "ADMITTED", [WM_COMMITTED] = "COMMITTED", [WM_STEP] = "STEP", [WM_CONFIRM] = "CONFIRM",
	    [WM_PART] = "PART", [WM_RECEIPT] = "RECEIPT", [WM_FAULT] = "FAULT", [WM_FINISHED] = "FINISHED",
	    [WM_PEERS] = "PEERS", [WM_HELLOS] = "HELLOS", [WM_EVIDENCES] = "EVIDENCES", [WM_ALL_ADMITTED] = "ALL_ADMITTED",
	    [WM_ALL_COMMITTED] = "ALL_COMMITTED", [WM_GRANT] = "GRANT", [WM_RELEASE] = "RELEASE", [WM_BUNDLE] = "BUNDLE",
	    [WM_ABORT] = "ABORT", [WM_DONE] = "DONE", [WM_RENEWAL] = "RENEWAL", [WM_RENEWALS] = "RENEWALS"};

	if ((k >= WM_ENROL && k <= WM_RENEWAL) || (k >= WM_PEERS && k <= WM_RENEWALS))
		return names[k];
	return "?";
}
