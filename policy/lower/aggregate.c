#include "lowering.h"

static bool is_nullable(const struct lowering *l, uint16_t column)
{
	return column != NO_COLUMN && l->p->columns[column].nullable;
}

bool is_nullable_aggregate(const struct lowering *l, enum release_kind kind, uint16_t column)
{
	return kind != REL_COUNT && kind != REL_KEY && is_nullable(l, column);
}

static int find_sum(const struct lowering *l, uint16_t column, bool known)
{
	for (int i = 0; i < l->n_sums; i++)
		if (l->sums_columns[i].column == column && l->sums_columns[i].known == known)
			return i;
	return -1;
}

static enum status need_sum(struct lowering *l, uint16_t column, bool known, uint32_t at)
{
	if (find_sum(l, column, known) >= 0)
		return ST_OK;
	if (l->n_sums == SUMS_COLUMNS_MAX)
		return sql_fault_set(l->fault, ST_SQL_UNSUPPORTED, at, "split the query in two",
		    "more than %d sums and counts of columns are not supported", SUMS_COLUMNS_MAX);
	l->sums_columns[l->n_sums++] = (struct sums_column){.column = column, .known = known, .at = at};
	return ST_OK;
}

enum status need_sums(struct lowering *l, enum release_kind kind, uint16_t column, uint32_t at)
{
	enum status st = ST_OK;

	if (kind == REL_SUM || kind == REL_AVG)
		TRY(need_sum(l, column, false, at));
	if (is_nullable_aggregate(l, kind, column))
		TRY(need_sum(l, column, true, at));
out:
	return st;
}

static uint16_t pick(struct lowering *l, uint16_t j)
{
	return emit1(l, OP_PICK, l->sums, j);
}

static uint16_t words_to_bits(struct lowering *l, uint16_t words)
{
	return emit1(l, OP_A2B, words, 0);
}

uint16_t emit_count(struct lowering *l)
{
	return words_to_bits(l, pick(l, 0));
}

uint16_t emit_known_count(struct lowering *l, uint16_t column)
{
	return is_nullable(l, column) ? pick(l, (uint16_t)(1 + find_sum(l, column, true))) : pick(l, 0);
}

uint16_t emit_sum_words(struct lowering *l, uint16_t column)
{
	return pick(l, (uint16_t)(1 + find_sum(l, column, false)));
}

/* NOT (known count < min_subjects) */
uint16_t emit_nonnull(struct lowering *l, uint16_t column)
{
	uint16_t threshold = emit_const(l, l->p->min_subjects, SHAPE_GROUPS);

	return bit_not(l, emit2(l, OP_LT, words_to_bits(l, emit_known_count(l, column)), threshold, 0));
}

static uint16_t emit_extreme(struct lowering *l, enum plan_opcode code, uint16_t column)
{
	uint16_t rows = l->group;

	if (is_nullable(l, column))
		rows = emit2(l, OP_MASK, l->group, emit0(l, OP_KNOWN, column), 0);
	return emit2(l, code, rows, emit0(l, OP_COL, column), 0);
}

/* Six digits after the point: scale 10^(6 - s). */
static uint16_t emit_avg(struct lowering *l, uint16_t column)
{
	uint16_t sum = words_to_bits(l, emit_sum_words(l, column)),
		 count = words_to_bits(l, emit_known_count(l, column));

	return emit2(l, OP_AVG, sum, count, value_pow10(6u - l->p->columns[column].scale));
}

uint16_t emit_aggregate(struct lowering *l, enum release_kind kind, uint16_t column)
{
	switch (kind) {
	case REL_COUNT_COLUMN:
		return words_to_bits(l, emit_known_count(l, column));
	case REL_SUM:
		return words_to_bits(l, emit_sum_words(l, column));
	case REL_AVG:
		return emit_avg(l, column);
	case REL_MIN:
		return emit_extreme(l, OP_MIN, column);
	case REL_MAX:
		return emit_extreme(l, OP_MAX, column);
	default:
		return emit_count(l);
	}
}
