/*
 * parley-enclave: the trusted program. Started by a launcher that has measured it, with descriptor 3 to its host and
 * descriptor 4 to the TEE device. It takes no arguments and reads no environment: all it is told comes in frames.
 */
#include "program.h"

int main(void)
{
	const struct enclave_program program = {
	    .quote = tee_quote, .walls = sandbox_enter, .anchors = &att_anchors_production};

	enclave_session(&program);
}
