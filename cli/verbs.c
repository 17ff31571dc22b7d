#include "cli.h"

const struct verb verbs[] = {
	{"demo", NULL, verb_demo, "demo [--keep DIR]", "three organisations on this machine, end to end"},
	{"run", NULL, verb_run, "run POLICY --data PARTY.DATASET=FILE ... [--out FILE] [--keep DIR]", "any policy, all parties on this machine"},
	{"doctor", NULL, verb_doctor, "doctor [--tee KIND] [--collateral BUNDLE] [--policy FILE] [--at TIME] [--sysroot DIR]", "what is missing on this machine, each with its fix"},
	{"keys", "new", verb_keys_new, "keys new --party ID --out DIR [--image]", "an organisation's keys: approve, endorse, receive, tee-root; or one that signs images"},
	{"image", "build", verb_image_build, "image build --out DIR [--release NAME] [--enclave FILE] [--libraries DIR] [--kernel FILE [--init FILE] [--cmdline TEXT] [--nitro-enclave FILE] [--guest-enclave FILE] [--signing-cert FILE --signing-key FILE]] [--ovmf FILE --vcpus N ... --cpu TYPE] [--tdvf FILE] [--sigstruct FILE]", "a reproducible enclave image and its measurements for every TEE"},
	{"image", "measure", verb_image_measure, "image measure DIR", "measure an image again and print what goes into reference_values"},
	{"image", "sign", verb_image_sign, "image sign DIR --key FILE", "sign an image's manifest"},
	{"image", "verify", verb_image_verify, "image verify DIR --signer KEY", "check signature, files and measurements of an image"},
	{"endorse", NULL, verb_endorse, "endorse --policy FILE --party ID --key FILE --listen ipc:///PATH --runs FILE [--max-runs N]", "sign session messages for one organisation"},
	{"policy", "check", verb_policy_check, "policy check FILE", "read a policy file and say what is wrong with it"},
	{"policy", "compile", verb_policy_compile, "policy compile FILE --out SEALED", "make the sealed policy that organisations sign"},
	{"policy", "explain", verb_policy_explain, "policy explain FILE", "who learns what, what breaks if whom is broken, and the cost"},
	{"policy", "diff", verb_policy_diff, "policy diff OLD NEW", "what changes for those who sign, statement by statement"},
	{"policy", "reference", verb_policy_reference, "policy reference import FILE.corim [--signer KEY] [--out FILE] | export POLICY --out FILE.corim [--release NAME] [--party ID] [--key FILE --issuer NAME]", "reference values from and to a CoRIM"},
	{"policy", "sign", verb_policy_sign, "policy sign SEALED --key FILE [--out FILE]", "recompile, compare, and add an approve signature"},
	{"policy", "show", verb_policy_show, "policy show SEALED [--plan]", "hashes, signers and sources of a sealed policy"},
	{"evidence", "verify", verb_evidence_verify, "evidence verify FILE [--tee nitro|sgx|tdx|snp|software|tpm] [--at TIME] [--collateral FILE]... [--endorsement FILE]... [--reference FILE]... [--policy FILE --party ID] [--root HEX] [--ear]", "what a document from the field proves, or why it is refused"},
	{"evidence", "show", verb_evidence_show, "evidence show FILE [--tee KIND]", "everything a document says, unverified"},
	{"collateral", "fetch", verb_collateral_fetch, "collateral fetch --out BUNDLE [--evidence FILE]... [--tee sgx|tdx --fmspc HEX...] [--tee snp --product NAME [--chip HEX --tcb N.N.N.N]] [--from URL] [--ca FILE] [--timeout S] [--at TIME]", "ask the vendors for certificates, CRLs and TCB information; nothing else goes online"},
	{"collateral", "show", verb_collateral_show, "collateral show BUNDLE [--at TIME]", "what a bundle holds, with dates"},
	{"collateral", "check", verb_collateral_check, "collateral check BUNDLE [--tee KIND] [--fmspc HEX] [--product NAME] [--at TIME]", "is it the vendors', of this time, and whole?"},
	{"data", "check", verb_data_check, "data check POLICY FILE", "check a CSV file against the policy's columns"},
	{"data", "submit", verb_data_submit, "data submit --policy SEALED --provider ID --data FILE --key FILE --coordinator URL [--session SESSION] [--wait S]", "verify the enclaves yourself, then seal them your rows: for those who run no enclave"},
	{"coordinator", "run", verb_coordinator_run, "coordinator run --listen URL --journal FILE", "sequence sessions; sees no input, share or result"},
	{"party", "run", verb_party_run, "party run --policy FILE --party ID --coordinator URL --endorser URL --data FILE (--tee-root FILE | --enclave ADDRESS) --out DIR [--collateral FILE]", "one organisation's enclave and host, for one session"},
	{"session", "start", verb_session_start, "session start --policy SEALED --coordinator URL [--retry SESSION]", "open a session of a policy that everybody has signed"},
	{"session", "list", verb_session_list, "session list --coordinator URL", "all sessions of a coordinator"},
	{"session", "show", verb_session_show, "session show SESSION --coordinator URL", "state, parties and reason of one session"},
	{"session", "watch", verb_session_watch, "session watch SESSION --coordinator URL", "follow one session to its end"},
	{"session", "abort", verb_session_abort, "session abort SESSION --coordinator URL", "end a session for everyone"},
	{"result", "open", verb_result_open, "result open FILE --key FILE [--policy-hash H] [--out FILE]", "verify the receipt, then open the result into CSV"},
	{"audit", "verify", verb_audit_verify, "audit verify FILE --policy-hash H [--ear]", "re-appraise a receipt offline"},
	{"sim", "run", verb_sim_run, "sim run POLICY [--data PARTY.DATASET=FILE ...] [--rows N] [--latency MS] [--bandwidth MBIT] [--seed S] [--cpu-ns-per-byte X] [--check-determinism]", "the same parties and coordinator in virtual time"},
	{"bench", NULL, verb_bench, "bench [--op mul,and,lt,eq,group] [--rows N]", "engine operations between real enclaves"},
	{"help", NULL, verb_help, "help", "this list"},
	{"version", NULL, verb_version, "version", "version of the programs"},
};
const size_t n_verbs = sizeof verbs / sizeof *verbs;

enum status verb_help(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	say(cli, "parley: organisations compute an agreed answer over data none of them will show\n\n");
	for (size_t i = 0; i < n_verbs; i++)
		say(cli, "  parley %s\n        %s\n", verbs[i].usage, verbs[i].summary);
	say(cli, "\nEvery verb takes --json and --help. Exit codes: docs/ERRORS.md.\n");
	return ST_OK;
}

enum status verb_version(struct cli *cli, int argc, char **argv)
{
	(void)argc;
	(void)argv;
	say(cli, "parley 0.1.0\n");
	cli->doc = json_pack("{s:s}", "version", "0.1.0");
	return cli->doc ? ST_OK : ST_NO_MEMORY;
}
