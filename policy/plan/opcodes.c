#include "opcodes.h"

/* clang-format off */
static const struct operand_rule operand_rules[] = {
	[NOTHING]     = {0},
	[BITS]        = {KIND_BITS, 0, false},
	[BIT]         = {KIND_BITS, 0, true},
	[ROW_BITS]    = {KIND_BITS, SHAPE_ROWS, false},
	[ROW_BIT]     = {KIND_BITS, SHAPE_ROWS, true},
	[ROW_WORDS]   = {KIND_WORDS, SHAPE_ROWS, false},
	[GROUP_BITS]  = {KIND_BITS, SHAPE_GROUPS, false},
	[GROUP_BIT]   = {KIND_BITS, SHAPE_GROUPS, true},
	[GROUP_WORDS] = {KIND_WORDS, SHAPE_GROUPS, false},
	[MATRIX]      = {KIND_GROUPM, SHAPE_ROWS, false},
	[ALL_SUMS]    = {KIND_SUMS, SHAPE_GROUPS, false},
	[KEEP]        = {KIND_KEEP, SHAPE_GROUPS, false},
};

enum { MANY = PLAN_OPERANDS_MAX, LIN_USES = USES_IMM | USES_IMM2 | USES_IMM3 };

static const struct opcode_info table[OP_COUNT_] = {
	/*                name     operands  first, second, others              uses           result                      */
	[OP_VALID]    = {"VALID",    0, 0,    {NOTHING},                         0,             KIND_BITS,   SHAPE_ROWS,   infer_bit},
	[OP_COL]      = {"COL",      0, 0,    {NOTHING},                         USES_A,        KIND_BITS,   SHAPE_ROWS,   infer_column},
	[OP_KNOWN]    = {"KNOWN",    0, 0,    {NOTHING},                         USES_A,        KIND_BITS,   SHAPE_ROWS,   infer_known},
	[OP_COLW]     = {"COLW",     0, 0,    {NOTHING},                         USES_A,        KIND_WORDS,  SHAPE_ROWS,   infer_column},
	[OP_KNOWNW]   = {"KNOWNW",   0, 0,    {NOTHING},                         USES_A,        KIND_WORDS,  SHAPE_ROWS,   infer_known},
	[OP_CONST]    = {"CONST",    0, 0,    {NOTHING},                         USES_A | USES_IMM, KIND_BITS, 0,          infer_const},
	[OP_ADD]      = {"ADD",      2, 2,    {BITS, BITS},                      0,             KIND_BITS,   0,            infer_add},
	[OP_SUB]      = {"SUB",      2, 2,    {BITS, BITS},                      0,             KIND_BITS,   0,            infer_sub},
	[OP_MUL]      = {"MUL",      2, 2,    {BITS, BITS},                      0,             KIND_BITS,   0,            infer_mul},
	[OP_LT]       = {"LT",       2, 2,    {BITS, BITS},                      0,             KIND_BITS,   0,            infer_bit},
	[OP_EQ]       = {"EQ",       2, 2,    {BITS, BITS},                      0,             KIND_BITS,   0,            infer_bit},
	[OP_AND]      = {"AND",      2, 2,    {BIT, BIT},                        0,             KIND_BITS,   0,            infer_bit},
	[OP_OR]       = {"OR",       2, 2,    {BIT, BIT},                        0,             KIND_BITS,   0,            infer_bit},
	[OP_NOT]      = {"NOT",      1, 1,    {BIT},                             0,             KIND_BITS,   0,            infer_bit},
	[OP_GROUP]    = {"GROUP",    1, MANY, {ROW_BIT, ROW_BITS, ROW_BITS},     USES_A,        KIND_GROUPM, SHAPE_ROWS,   infer_group},
	[OP_MASK]     = {"MASK",     2, 2,    {MATRIX, ROW_BIT},                 0,             KIND_GROUPM, SHAPE_ROWS,   infer_bit},
	[OP_SUMS]     = {"SUMS",     1, MANY, {MATRIX, ROW_WORDS, ROW_WORDS},    0,             KIND_SUMS,   SHAPE_GROUPS, infer_sums},
	[OP_PICK]     = {"PICK",     1, 1,    {ALL_SUMS},                        USES_A,        KIND_WORDS,  SHAPE_GROUPS, infer_pick},
	[OP_LIN]      = {"LIN",      1, 2,    {GROUP_WORDS, GROUP_WORDS},        LIN_USES,      KIND_WORDS,  SHAPE_GROUPS, infer_lin},
	[OP_A2B]      = {"A2B",      1, 1,    {GROUP_WORDS},                     0,             KIND_BITS,   SHAPE_GROUPS, infer_same},
	[OP_MIN]      = {"MIN",      2, 2,    {MATRIX, ROW_BITS},                0,             KIND_BITS,   SHAPE_GROUPS, infer_extreme},
	[OP_MAX]      = {"MAX",      2, 2,    {MATRIX, ROW_BITS},                0,             KIND_BITS,   SHAPE_GROUPS, infer_extreme},
	[OP_AVG]      = {"AVG",      2, 2,    {GROUP_BITS, GROUP_BITS},          USES_IMM,      KIND_BITS,   SHAPE_GROUPS, infer_avg},
	[OP_KEY]      = {"KEY",      0, 0,    {NOTHING},                         USES_A,        KIND_BITS,   SHAPE_GROUPS, infer_key},
	[OP_SUPPRESS] = {"SUPPRESS", 1, 1,    {GROUP_BITS},                      USES_IMM,      KIND_KEEP,   SHAPE_GROUPS, infer_suppress},
	[OP_KEEPIF]   = {"KEEPIF",   2, 2,    {KEEP, GROUP_BIT},                 0,             KIND_KEEP,   SHAPE_GROUPS, infer_bit},
	[OP_TOP]      = {"TOP",      1, MANY, {KEEP, GROUP_BITS, GROUP_BITS},    USES_IMM,      KIND_KEEP,   SHAPE_GROUPS, infer_top},
	[OP_OUT]      = {"OUT",      2, 3,    {KEEP, GROUP_BITS, GROUP_BIT},     USES_A,        KIND_NONE,   SHAPE_GROUPS, infer_out},
	[OP_OUTKEEP]  = {"OUTKEEP",  1, 1,    {KEEP},                            0,             KIND_NONE,   SHAPE_GROUPS, NULL},
};
/* clang-format on */

const struct operand_rule *operand_rule(enum operand operand)
{
	return &operand_rules[operand];
}

const struct opcode_info *opcode_info(enum plan_opcode code)
{
	unsigned n = (unsigned)code;
	return n < OP_COUNT_ && table[n].name ? &table[n] : NULL;
}

const char *plan_opcode_name(enum plan_opcode code)
{
	const struct opcode_info *info = opcode_info(code);
	return info ? info->name : "?";
}
