/* RFC 3339, section 5.6, with its zone: "2025-07-01T00:00:00Z", proleptic Gregorian. No library call: timegm is not C. */
#include "collateral/import.h"

enum { DAY_S = 86400, DAYS_TO_1970 = 719468 /* from 0000-03-01 */ };

/* Digits stand where the pattern has '0'; other characters are themselves. */
static bool has_form(struct slice text, const char *pattern)
{
	if (text.len < strlen(pattern))
		return false;
	for (size_t k = 0; pattern[k]; k++)
		if (pattern[k] == '0' ? text.ptr[k] < '0' || text.ptr[k] > '9' : text.ptr[k] != (uint8_t)pattern[k])
			return false;
	return true;
}

static int number(const uint8_t *p, int digits)
{
	int n = 0;

	for (int k = 0; k < digits; k++)
		n = 10 * n + (p[k] - '0');
	return n;
}

static int days_in_month(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	return days[month - 1] + (month == 2 && leap);
}

/* Years begin in March, so that the leap day is the last. */
static int64_t days_from_civil(int year, int month, int day)
{
	int64_t y = year - (month <= 2);
	int64_t m = (month + 9) % 12;
	return 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - DAYS_TO_1970;
}

/* "Z" or "+HH:MM" */
static bool zone_seconds(int64_t *out, struct slice z)
{
	*out = 0;
	if (z.len == 1 && (z.ptr[0] == 'Z' || z.ptr[0] == 'z'))
		return true;
	if (z.len != 6 || !(has_form(z, "+00:00") || has_form(z, "-00:00")))
		return false;
	int hours = number(z.ptr + 1, 2), minutes = number(z.ptr + 4, 2);
	*out = (z.ptr[0] == '-' ? -60 : 60) * (60 * (int64_t)hours + minutes);
	return hours < 24 && minutes < 60;
}

enum status time_parse(int64_t *out, struct slice text)
{
	static const char form[] = "0000-00-00T00:00:00";
	size_t at = sizeof form - 1;
	int64_t zone;

	if (text.len <= at || !has_form(text, form))
		return ST_FORMAT;
	int year = number(text.ptr, 4), month = number(text.ptr + 5, 2), day = number(text.ptr + 8, 2);
	int hour = number(text.ptr + 11, 2), minute = number(text.ptr + 14, 2), second = number(text.ptr + 17, 2);
	if (month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) || hour > 23 || minute > 59 || second > 59)
		return ST_FORMAT;
	if (text.ptr[at] == '.') {
		size_t first = ++at;
		while (at < text.len && text.ptr[at] >= '0' && text.ptr[at] <= '9')
			at++;
		if (at == first)
			return ST_FORMAT;
	}
	if (!zone_seconds(&zone, slice_of(text.ptr + at, text.len - at)))
		return ST_FORMAT;
	*out = days_from_civil(year, month, day) * DAY_S + 3600 * hour + 60 * minute + second - zone;
	return ST_OK;
}
