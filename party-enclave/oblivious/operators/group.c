/*
 * GROUP: the selector matrix, one bit per row and group, from the bits of the key columns and their known bits by one
 * shared decode tree (circuits/decode.h). MASK: every column AND one bit.
 *
 *   GROUP  1 + ceil(log2 c) rounds, c = bits of the keys that tell groups apart; about G + 2 sqrt(G) ANDs a row
 *   MASK   1 round, G ANDs a row
 *
 * A row where `sel` is 0 is in no group, whatever its keys; a row where it is 1 is in exactly one.
 */
#include "base/sort.h"
#include "circuits/decode.h"
#include "exec/run.h"

/* A bit of the key string: bit `bit` of key `key`'s code as its column encodes it, or whether it is known. */
struct key_bit {
	uint8_t key;
	bool is_known_bit;
	uint8_t bit;
};

struct strings {
	struct key_bit column[DECODE_COLUMNS];
	unsigned columns;
	uint64_t pattern[DECODE_PATTERNS]; /* ascending */
	uint16_t group[DECODE_PATTERNS]; /* whose */
};

static uint64_t key_bit_of(const struct plan *p, struct key_bit b, uint32_t code)
{
	const struct plan_column *column = &p->columns[p->keys[b.key].column];
	bool is_null = column->nullable && code + 1 == p->keys[b.key].size;

	if (is_null)
		return 0;
	return b.is_known_bit || (uint64_t)(column->lo + code) >> b.bit & 1;
}

/* true when the bit tells nothing that bits [from, s->columns) of this key do not: constant, equal or complement. */
static bool is_redundant(const struct plan *p, const struct strings *s, unsigned from, struct key_bit b)
{
	uint32_t size = p->keys[b.key].size;
	bool constant = true;

	for (uint32_t v = 1; v < size && constant; v++)
		constant = key_bit_of(p, b, v) == key_bit_of(p, b, 0);
	for (unsigned k = from; k < s->columns && !constant; k++) {
		uint64_t differs = key_bit_of(p, b, 0) ^ key_bit_of(p, s->column[k], 0);

		constant = true;
		for (uint32_t v = 1; v < size && constant; v++)
			constant = (key_bit_of(p, b, v) ^ key_bit_of(p, s->column[k], v)) == differs;
	}
	return constant;
}

static bool choose(const struct plan *p, struct strings *s, unsigned from, struct key_bit b)
{
	if (is_redundant(p, s, from, b))
		return true;
	if (s->columns == DECODE_COLUMNS)
		return false;
	s->column[s->columns++] = b;
	return true;
}

/* Bits that tell groups apart. The type of the column's value has its width and sign; above its width nothing is new. */
static bool choose_columns(const struct plan *p, struct strings *s)
{
	s->columns = 0;
	for (uint8_t key = 0; key < p->n_keys; key++) {
		const struct plan_column *column = &p->columns[p->keys[key].column];
		unsigned from = s->columns,
			 w = plan_width(column->lo < 0 ? column->lo : 0, column->hi > 0 ? column->hi : 0);

		if (column->nullable && !choose(p, s, from, (struct key_bit){key, true, 0}))
			return false;
		for (unsigned b = w; b-- > 0;)
			if (!choose(p, s, from, (struct key_bit){key, false, (uint8_t)b}))
				return false;
	}
	return true;
}

static uint64_t pattern_of(const struct plan *p, const struct strings *s, uint32_t group)
{
	uint32_t code[PLAN_KEYS_MAX];
	uint64_t pattern = 0;

	for (unsigned k = p->n_keys; k-- > 0; group /= p->keys[k].size)
		code[k] = group % p->keys[k].size;
	for (unsigned k = 0; k < s->columns; k++)
		pattern |= key_bit_of(p, s->column[k], code[s->column[k].key]) << k;
	return pattern;
}

struct entry {
	uint64_t pattern;
	uint16_t group;
};

static int by_pattern(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	return (x->pattern > y->pattern) - (x->pattern < y->pattern);
}

static bool plan_strings(const struct plan *p, struct strings *s, struct decode *d, uint64_t *pool)
{
	struct entry entry[DECODE_PATTERNS];

	if (p->groups > DECODE_PATTERNS || !choose_columns(p, s))
		return false;
	for (uint32_t j = 0; j < p->groups; j++)
		entry[j] = (struct entry){pattern_of(p, s, j), (uint16_t)j};
	sort_in_place(entry, p->groups, sizeof *entry, by_pattern);
	for (uint32_t j = 0; j < p->groups; j++) {
		s->pattern[j] = entry[j].pattern;
		s->group[j] = entry[j].group;
	}
	return decode_plan(d, pool, s->pattern, p->groups, s->columns);
}

static struct effort group_effort(const struct plan *p, const struct plan_op *op)
{
	struct strings s;
	struct decode d;
	uint64_t pool[DECODE_POOL];

	(void)op;
	if (!plan_strings(p, &s, &d, pool))
		return (struct effort){.fixed = SIZE_MAX / 2}; /* such a plan does not run: exec_memory says so */
	return effort_hold(decode_effort(&d), 0, sizeof pool + p->groups * sizeof(struct mpc_plane) + 64);
}

/* Operands: sel, then for each key its value and, if nullable, its known bit. */
static void load_string(
    struct exec *x, const struct plan_op *op, const struct strings *s, size_t from, struct mpc_plane *bit)
{
	unsigned at[PLAN_KEYS_MAX], k = 1;

	for (unsigned key = 0; key < x->plan->n_keys; key++) {
		at[key] = k;
		k += 1 + x->plan->columns[x->plan->keys[key].column].nullable;
	}
	for (unsigned i = 0; i < s->columns; i++) {
		struct key_bit b = s->column[i];
		struct number n = operand_number(x, op, at[b.key] + b.is_known_bit, from);

		bit[i] = number_bit(&n, b.bit);
	}
}

static enum status group_run(struct exec *x, const struct plan_op *op, struct circuit *c, size_t from)
{
	size_t mark = arena_mark(c->arena), groups = x->plan->groups;
	uint64_t *pool = arena_take(c->arena, DECODE_POOL * sizeof *pool);
	struct mpc_plane *z = arena_take(c->arena, groups * sizeof *z), bit[DECODE_COLUMNS];
	struct strings s;
	struct decode d;
	enum status st = ST_NO_MEMORY;

	if (!pool || !z || !plan_strings(x->plan, &s, &d, pool))
		goto out;
	load_string(x, op, &s, from, bit);
	for (size_t j = 0; j < groups; j++)
		z[j] = plane_from(mpc_bits_plane(&value_of(x, op)->bits, s.group[j]), from);
	TRY(circuit_decode(c, &d, operand_bit(x, op, 0, from), bit, z));
out:
	arena_release(c->arena, mark);
	return st;
}

static struct effort mask_effort(const struct plan *p, const struct plan_op *op)
{
	(void)op;
	return effort_hold(effort_batch(p->groups), 0, gates_bytes(p->groups));
}

static enum status mask_run(struct exec *x, const struct plan_op *op, struct circuit *c, size_t from)
{
	const struct mpc_bits *m = &value_of(x, operand(x->plan, op, 0))->bits, *z = &value_of(x, op)->bits;
	struct mpc_plane b = operand_bit(x, op, 1, from);
	size_t mark = arena_mark(c->arena);
	struct gates g;
	enum status st;

	TRY(take_gates(c, &g, m->planes));
	for (size_t j = 0; j < m->planes; j++)
		gate_add(&g, (struct mpc_gate){.z = plane_from(mpc_bits_plane(z, j), from),
				 .x = plane_from(mpc_bits_plane(m, j), from),
				 .y = b});
	TRY(gates_run(c, &g));
out:
	arena_release(c->arena, mark);
	return st;
}

const struct operator operator_group = {.lanewise = {group_effort, group_run}};
const struct operator operator_mask = {.lanewise = {mask_effort, mask_run}};
