/*
 * What the engine's operations cost, from public shapes only, exactly. Each function adds to `c`: rounds of dependent
 * messages, and the payload bytes that each party sends (record overhead not counted). The formula stands beside it.
 */
#ifndef MPC_COST_H
#define MPC_COST_H

#include "mpc/mpc.h"

struct mpc_cost {
	uint32_t rounds;
	uint64_t sent[MPC_PARTIES];
};

/* W(lanes) = 8 * ceil(lanes/64) bytes. Nothing (0 lanes, 0 gates) costs 0 rounds. An input of more than 1 MiB from one party costs
 * its receiver 8 bytes more for each 512 KiB but the last two (credits). */
void mpc_cost_input_bits(
    struct mpc_cost *c, const uint32_t blocks[static MPC_PARTIES], size_t planes); /* 1; planes * W(blocks[i]) */
void mpc_cost_input_words(struct mpc_cost *c, const uint32_t blocks[static MPC_PARTIES]); /* 1; 8 * blocks[i] */
void mpc_cost_and(struct mpc_cost *c, size_t gates, size_t lanes); /* 1; gates * W(lanes) each */
void mpc_cost_mul(struct mpc_cost *c, size_t n); /* 1; 8n each; dot with n results too */
void mpc_cost_a2b_summands(struct mpc_cost *c, size_t n, size_t planes); /* 1; party 0: planes * W(n) */
void mpc_cost_b2a(struct mpc_cost *c, size_t n, size_t lanes); /* 2; 8 * n * lanes each */
/* columns > 0: 3; 8n(lanes + columns) each. columns = 0: 2; 8n each, and 8 * n * lanes divided among the parties message by message. */
void mpc_cost_bit_sums(struct mpc_cost *c, size_t n, size_t lanes, size_t columns);
void mpc_cost_open(struct mpc_cost *c, size_t words); /* 1; 8 * words + 16 each */
void mpc_cost_barrier(struct mpc_cost *c); /* 1; 128 each */

#endif
