#include "instant.h"

#include <inttypes.h>
#include <stdio.h>

enum { DAY_S = 86400, DAYS_PER_ERA = 146097, YEARS_PER_ERA = 400, DAYS_TO_1970 = 719468 /* from 0000-03-01 */ };
static const int64_t year_0_s = -62167219200, year_9999_end_s = 253402300799;

/* Hinnant, "chrono-compatible low-level date algorithms", civil_from_days: years begin in March. */
static void civil_from_days(int64_t days, unsigned *year, unsigned *month, unsigned *day)
{
	unsigned shifted =
	    (unsigned)(days + DAYS_TO_1970 + DAYS_PER_ERA); /* one era on, never negative from year 0 on */
	unsigned era = shifted / DAYS_PER_ERA, doe = shifted % DAYS_PER_ERA;
	unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;

	*day = doy - (153 * mp + 2) / 5 + 1;
	*month = mp < 10 ? mp + 3 : mp - 9;
	*year = yoe + era * YEARS_PER_ERA - YEARS_PER_ERA + (*month <= 2);
}

struct instant_text instant_show(int64_t seconds)
{
	struct instant_text t;
	unsigned year, month, day;

	if (seconds < year_0_s || seconds > year_9999_end_s) {
		snprintf(t.text, sizeof t.text, "@%" PRId64, seconds);
		return t;
	}
	int64_t days = (seconds - year_0_s) / DAY_S + year_0_s / DAY_S;
	unsigned in_day = (unsigned)(seconds - days * DAY_S);
	civil_from_days(days, &year, &month, &day);
	snprintf(t.text, sizeof t.text, "%04u-%02u-%02uT%02u:%02u:%02uZ", year % 10000, month % 100, day % 100,
	    in_day / 3600 % 24, in_day / 60 % 60, in_day % 60);
	return t;
}
