/* ATTESTATION_REPORT of SEV-SNP firmware (AMD 56860, section 7.3), little endian. */
#include "show.h"

static const struct show_field report[] = {
    {"version", 0x000, 4, SHOW_LE},
    {"guest_svn", 0x004, 4, SHOW_LE},
    {"policy", 0x008, 8, SHOW_LE_HEX},
    {"family_id", 0x010, 16, SHOW_HEX},
    {"image_id", 0x020, 16, SHOW_HEX},
    {"vmpl", 0x030, 4, SHOW_LE},
    {"signature_algorithm", 0x034, 4, SHOW_LE},
    {"current_tcb", 0x038, 8, SHOW_HEX},
    {"platform_info", 0x040, 8, SHOW_LE_HEX},
    {"flags", 0x048, 4, SHOW_LE_HEX},
    {"report_data", 0x050, 64, SHOW_HEX},
    {"measurement", 0x090, 48, SHOW_HEX},
    {"host_data", 0x0c0, 32, SHOW_HEX},
    {"id_key_digest", 0x0e0, 48, SHOW_HEX},
    {"author_key_digest", 0x110, 48, SHOW_HEX},
    {"report_id", 0x140, 32, SHOW_HEX},
    {"report_id_ma", 0x160, 32, SHOW_HEX},
    {"reported_tcb", 0x180, 8, SHOW_HEX},
    {"cpuid_family", 0x188, 1, SHOW_LE_HEX},
    {"cpuid_model", 0x189, 1, SHOW_LE_HEX},
    {"cpuid_stepping", 0x18a, 1, SHOW_LE_HEX},
    {"chip_id", 0x1a0, 64, SHOW_HEX},
    {"committed_tcb", 0x1e0, 8, SHOW_HEX},
    {"current_firmware", 0x1e8, 3, SHOW_HEX},
    {"committed_firmware", 0x1ec, 3, SHOW_HEX},
    {"launch_tcb", 0x1f0, 8, SHOW_HEX},
    {"launch_mitigations", 0x1f8, 8, SHOW_LE_HEX},
    {"current_mitigations", 0x200, 8, SHOW_LE_HEX},
    {"signature_r", 0x2a0, 72, SHOW_HEX},
    {"signature_s", 0x2e8, 72, SHOW_HEX},
};
enum { POLICY_DEBUG_BYTE = 0x00a, POLICY_DEBUG_BIT = 3, FLAGS = 0x048, REPORT_LEN = 0x4a0 };

void show_snp(struct show *s, struct slice evidence)
{
	static const char *const keys[8] = {[0] = "VCEK", [1] = "VLEK", [7] = "none"};

	if (!show_table(s, "report", evidence, report, sizeof report / sizeof *report))
		return;
	const char *key = keys[evidence.ptr[FLAGS] >> 2 & 7];
	show_text(s, "signing_key", "%s", key ? key : "reserved");
	show_text(s, "debug", evidence.ptr[POLICY_DEBUG_BYTE] >> POLICY_DEBUG_BIT & 1 ? "yes: the host can read this guest's memory" : "no");
	if (evidence.len != REPORT_LEN)
		show_text(s, "length", "%zu bytes; a report has %d", evidence.len, REPORT_LEN);
}
