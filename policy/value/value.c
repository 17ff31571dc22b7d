#include "policy/value.h"

enum status value_parse_bool(int64_t *out, struct slice text)
{
	static const char *const forms[2][3] = {{"false", "f", "0"}, {"true", "t", "1"}};

	for (int v = 0; v < 2; v++)
		for (int i = 0; i < 3; i++)
			if (name_equal_folded(text, slice_str(forms[v][i]))) {
				*out = v;
				return ST_OK;
			}
	return ST_FORMAT;
}

enum status value_parse(int64_t *out, struct slice text, enum column_type type, unsigned scale)
{
	switch (type) {
	case COL_INT64:
		return value_parse_int(out, text);
	case COL_DECIMAL:
		return value_parse_decimal(out, text, scale);
	case COL_BOOL:
		return value_parse_bool(out, text);
	case COL_DATE:
		return value_parse_date(out, text);
	case COL_TIMESTAMP:
		return value_parse_timestamp(out, text);
	case COL_TEXT_DOMAIN:
	case COL_TEXT:
		break;
	}
	return ST_FORMAT;
}

void value_format(struct buf *out, int64_t code, enum column_type type, unsigned scale)
{
	switch (type) {
	case COL_DATE:
		value_format_date(out, code);
		return;
	case COL_TIMESTAMP:
		value_format_timestamp(out, code);
		return;
	case COL_BOOL:
		buf_append_str(out, code ? "true" : "false");
		return;
	default:
		value_format_decimal(out, code, type == COL_DECIMAL ? scale : 0);
	}
}

const char *value_type_name(enum column_type type)
{
	static const char *const names[] = {[COL_INT64] = "int64",
	    [COL_DECIMAL] = "decimal",
	    [COL_BOOL] = "bool",
	    [COL_DATE] = "date",
	    [COL_TIMESTAMP] = "timestamp",
	    [COL_TEXT_DOMAIN] = "text",
	    [COL_TEXT] = "text(n)"};

	return names[type];
}

const char *value_type_form(enum column_type type)
{
	static const char *const forms[] = {[COL_INT64] = "digits with an optional minus sign",
	    [COL_DECIMAL] = "digits with a point and no more decimals than the column has",
	    [COL_BOOL] = "true or false",
	    [COL_DATE] = "YYYY-MM-DD",
	    [COL_TIMESTAMP] = "YYYY-MM-DD HH:MM:SS (UTC)",
	    [COL_TEXT_DOMAIN] = "one of the values of the domain",
	    [COL_TEXT] = "text"};

	return forms[type];
}

void value_type_range(int64_t *lo, int64_t *hi, enum column_type type, unsigned precision)
{
	static const int64_t first_day = -719162, last_day = 2932896; /* 0001-01-01, 9999-12-31 */

	*lo = 0;
	*hi = 0;
	switch (type) {
	case COL_INT64:
		*hi = ((int64_t)1 << 62) - 1;
		*lo = -*hi;
		break;
	case COL_DECIMAL:
		*hi = value_pow10(precision) - 1;
		*lo = -*hi;
		break;
	case COL_BOOL:
		*hi = 1;
		break;
	case COL_DATE:
		*lo = first_day;
		*hi = last_day;
		break;
	case COL_TIMESTAMP:
		*lo = first_day * 86400;
		*hi = last_day * 86400 + 86399;
		break;
	case COL_TEXT_DOMAIN:
	case COL_TEXT:
		break;
	}
}
