#include "fields.h"

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool hex_bytes(uint8_t *out, size_t len, struct slice text)
{
	if (text.len != 2 * len)
		return false;
	for (size_t i = 0; i < len; i++) {
		int high = hex_digit(text.ptr[2 * i]), low = hex_digit(text.ptr[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

void field_hex(struct json *j, void *bytes, size_t size)
{
	if (!hex_bytes(bytes, size, json_take_string(j)))
		json_fail(j, ST_FORMAT);
}

void field_uint(struct json *j, void *uint, size_t size)
{
	uint64_t v = json_u64(j, size == 1 ? UINT8_MAX : size == 2 ? UINT16_MAX : UINT32_MAX);

	if (size == 1)
		*(uint8_t *)uint = (uint8_t)v;
	else if (size == 2)
		*(uint16_t *)uint = (uint16_t)v;
	else
		*(uint32_t *)uint = (uint32_t)v;
}

/* Two digits of a date at `at`, -1 when they are none or above max. */
static int two(struct slice text, size_t at, int max)
{
	int tens = text.ptr[at] - '0', ones = text.ptr[at + 1] - '0';

	if (tens < 0 || tens > 9 || ones < 0 || ones > 9 || 10 * tens + ones > max)
		return -1;
	return 10 * tens + ones;
}

static int days_in(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* Days since 1970-01-01 of the proleptic Gregorian calendar; year 1970 and later. */
static int64_t days_since_1970(int year, int month, int day)
{
	int64_t before = year - 1, days = 365 * (before - 1969);

	days += before / 4 - 1969 / 4 - (before / 100 - 1969 / 100) + before / 400 - 1969 / 400;
	for (int m = 1; m < month; m++)
		days += days_in(year, m);
	return days + day - 1;
}

static bool parse_date(struct slice t, int64_t *out)
{
	static const char shape[] = "....-..-..T..:..:..Z";

	if (t.len != sizeof shape - 1)
		return false;
	for (size_t i = 0; i < t.len; i++)
		if (shape[i] != '.' && shape[i] != t.ptr[i])
			return false;
	int century = two(t, 0, 99), year = two(t, 2, 99), month = two(t, 5, 12), day = two(t, 8, 31);
	int hour = two(t, 11, 23), minute = two(t, 14, 59), second = two(t, 17, 59);
	if (century < 0 || year < 0 || month < 1 || day < 1 || hour < 0 || minute < 0 || second < 0)
		return false;
	year += 100 * century;
	if (year < 1970 || day > days_in(year, month))
		return false;
	*out = ((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
	return true;
}

void field_date(struct json *j, void *seconds, size_t size)
{
	(void)size;
	if (!parse_date(json_take_string(j), seconds))
		json_fail(j, ST_FORMAT);
}

/* The two TDRelaunchAdvised statuses are conclusions, no document states them. */
void field_status(struct json *j, void *status, size_t size)
{
	enum tee_status s;

	(void)size;
	if (!tee_status_from_name(&s, json_take_string(j)) || s == TEE_STATUS_TD_RELAUNCH_ADVISED ||
	    s == TEE_STATUS_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED)
		json_fail(j, ST_FORMAT);
	*(enum tee_status *)status = j->st == ST_OK ? s : TEE_STATUS_REVOKED;
}

static bool advisory_is_plain(struct slice id)
{
	for (size_t i = 0; i < id.len; i++)
		if (id.ptr[i] <= ' ' || id.ptr[i] == ',') /* json_take_string() gives printable ASCII */
			return false;
	return id.len >= 1 && id.len <= TEE_ADVISORY_MAX;
}

void field_advisories(struct json *j, void *advisories, size_t size)
{
	struct json before = *j;

	(void)size;
	json_enter_array(j);
	while (json_more(j))
		if (!advisory_is_plain(json_take_string(j)))
			json_fail(j, ST_FORMAT);
	if (j->st == ST_OK)
		*(struct slice *)advisories = json_value(&before);
}

void advisory_walk_init(struct advisory_walk *w, struct slice advisories)
{
	json_init(&w->j, advisories);
	if (advisories.len)
		json_enter_array(&w->j);
}

bool advisory_next(struct advisory_walk *w, struct slice *id)
{
	if (w->j.depth == 0 || !json_more(&w->j))
		return false;
	*id = json_take_string(&w->j);
	return w->j.st == ST_OK;
}

/* ---- levels of one ISV SVN ---- */
static void read_tcb(struct json *j, void *isv_svn, size_t size)
{
	static const struct json_field fields[] = {{"isvsvn", field_uint, 0, sizeof(uint16_t), false}};

	(void)size;
	json_fields(j, fields, 1, isv_svn);
}

static void ignore_date(struct json *j, void *member, size_t size)
{
	int64_t date;

	(void)member, (void)size;
	field_date(j, &date, sizeof date);
}

/* Sorted insertion, behind equals. */
static void insert(struct svn_levels *levels, struct svn_level level)
{
	size_t i = levels->n++;

	for (; i > 0 && levels->level[i - 1].isv_svn < level.isv_svn; i--)
		levels->level[i] = levels->level[i - 1];
	levels->level[i] = level;
}

void field_svn_levels(struct json *j, void *levels, size_t size)
{
	static const struct json_field fields[] = {
	    {"tcb", read_tcb, JSON_MEMBER(struct svn_level, isv_svn), false},
	    {"tcbDate", ignore_date, 0, 0, false},
	    {"tcbStatus", field_status, JSON_MEMBER(struct svn_level, status), false},
	    {"advisoryIDs", field_advisories, JSON_MEMBER(struct svn_level, advisories), true},
	};
	struct svn_levels *all = levels;

	(void)size;
	json_enter_array(j);
	while (json_more(j)) {
		struct svn_level level = {0};
		json_fields(j, fields, sizeof fields / sizeof fields[0], &level);
		if (all->n == SVN_LEVELS_MAX)
			json_fail(j, ST_TOO_LARGE);
		if (j->st == ST_OK)
			insert(all, level);
	}
}

const struct svn_level *svn_level_of(const struct svn_levels *levels, unsigned svn)
{
	for (size_t i = 0; i < levels->n; i++)
		if (levels->level[i].isv_svn <= svn)
			return &levels->level[i];
	return NULL;
}
