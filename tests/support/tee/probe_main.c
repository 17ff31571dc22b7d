/* tee_probe nitro|sgx|guest: one producer on the real system calls. Report data is 64 bytes of 0x01, 0x02 …; standard output gets u32 LE kind,
 * u32 LE length, evidence, and the certificate table; a refusal's sentence goes to standard error. */
#include "base/reader.h"
#include "base/tee.h"
#include "produce/guest.h"
#include "produce/nitro.h"
#include "produce/sgx.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
	struct buf evidence = {0}, table = {0};
	enum tee_kind kind = TEE_NITRO;
	struct problem p = {0};
	uint8_t report_data[REPORT_DATA_LEN], head[8];
	const char *which = argc == 2 ? argv[1] : "";
	enum status st = ST_ARGUMENT;

	for (int i = 0; i < REPORT_DATA_LEN; i++)
		report_data[i] = (uint8_t)(i + 1);
	if (strcmp(which, "nitro") == 0) {
		st = produce_nitro(&evidence, &device_system, report_data, &p);
	} else if (strcmp(which, "sgx") == 0) {
		kind = TEE_SGX;
		st = produce_sgx(&evidence, &device_system, report_data, &p);
	} else if (strcmp(which, "guest") == 0) {
		st = produce_guest(&kind, &evidence, &table, &device_system, report_data, &p);
	}
	if (st != ST_OK) {
		fprintf(stderr, "%s: %s [%s]\n", p.where, p.message, status_code(st));
		return status_exit(st);
	}
	put_u32le(head, (uint32_t)kind);
	put_u32le(head + 4, (uint32_t)evidence.len);
	fwrite(head, 1, sizeof head, stdout);
	fwrite(evidence.ptr, 1, evidence.len, stdout);
	if (table.len)
		fwrite(table.ptr, 1, table.len, stdout);
	buf_clear(&evidence);
	buf_clear(&table);
	return fflush(stdout) == 0 ? 0 : 74;
}
