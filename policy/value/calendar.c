/* Proleptic Gregorian days, after Hinnant, "chrono-compatible low-level date algorithms", days_from_civil. */
#include "policy/value.h"

enum { DAY_S = 86400, YEAR_MIN = 1, YEAR_MAX = 9999 };

struct civil {
	int64_t year, month, day;
};

static int64_t days_from_civil(struct civil c)
{
	int64_t y = c.year - (c.month <= 2);
	int64_t era = y / 400, year_of_era = y - era * 400; /* years are positive */
	int64_t day_of_year = (153 * (c.month + (c.month > 2 ? -3 : 9)) + 2) / 5 + c.day - 1;
	int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

	return era * 146097 + day_of_era - 719468;
}

static struct civil civil_from_days(int64_t days)
{
	int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
	struct civil c = {.day = doy - (153 * mp + 2) / 5 + 1, .month = mp < 10 ? mp + 3 : mp - 9};

	c.year = yoe + era * 400 + (c.month <= 2);
	return c;
}

/* Exactly n digits at p. */
static bool digits(int64_t *out, const uint8_t *p, size_t n)
{
	int64_t v = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] < '0' || p[i] > '9')
			return false;
		v = v * 10 + (p[i] - '0');
	}
	*out = v;
	return true;
}

static int64_t days_in_month(int64_t year, int64_t month)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

enum status value_parse_date(int64_t *out, struct slice text)
{
	struct civil c;

	if (text.len != 10 || text.ptr[4] != '-' || text.ptr[7] != '-')
		return ST_FORMAT;
	if (!digits(&c.year, text.ptr, 4) || !digits(&c.month, text.ptr + 5, 2) || !digits(&c.day, text.ptr + 8, 2))
		return ST_FORMAT;
	if (c.year < YEAR_MIN || c.month < 1 || c.month > 12 || c.day < 1 || c.day > days_in_month(c.year, c.month))
		return ST_FORMAT;
	*out = days_from_civil(c);
	return ST_OK;
}

enum status value_parse_timestamp(int64_t *out, struct slice text)
{
	int64_t days, hour, minute, second;

	if (text.len == 20 && text.ptr[19] == 'Z')
		text.len--;
	if (text.len != 19 || (text.ptr[10] != 'T' && text.ptr[10] != ' ') || text.ptr[13] != ':' ||
	    text.ptr[16] != ':')
		return ST_FORMAT;
	if (value_parse_date(&days, slice_of(text.ptr, 10)) != ST_OK)
		return ST_FORMAT;
	if (!digits(&hour, text.ptr + 11, 2) || !digits(&minute, text.ptr + 14, 2) ||
	    !digits(&second, text.ptr + 17, 2))
		return ST_FORMAT;
	if (hour > 23 || minute > 59 || second > 59)
		return ST_FORMAT;
	*out = days * DAY_S + hour * 3600 + minute * 60 + second;
	return ST_OK;
}

void value_format_date(struct buf *out, int64_t days)
{
	struct civil c = civil_from_days(days);

	buf_printf(out, "%04lld-%02lld-%02lld", (long long)c.year, (long long)c.month, (long long)c.day);
}

void value_format_timestamp(struct buf *out, int64_t seconds)
{
	int64_t days = seconds / DAY_S - (seconds % DAY_S < 0), rest = seconds - days * DAY_S;

	value_format_date(out, days);
	buf_printf(out, "T%02lld:%02lld:%02lldZ", (long long)(rest / 3600), (long long)(rest / 60 % 60),
	    (long long)(rest % 60));
}
