#include "policy/value.h"

enum { NAME_MAX_COMPARED = 64, SHOWN_MAX = 60 };

static uint8_t fold(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c - 'A' + 'a') : c;
}

int show_len(struct slice s)
{
	size_t n = s.len < SHOWN_MAX ? s.len : SHOWN_MAX;

	while (n < s.len && n > 0 && (s.ptr[n] & 0xc0) == 0x80)
		n--;
	return (int)n;
}

bool name_equal_folded(struct slice a, struct slice b)
{
	if (a.len != b.len)
		return false;
	for (size_t i = 0; i < a.len; i++)
		if (fold(a.ptr[i]) != fold(b.ptr[i]))
			return false;
	return true;
}

static size_t min3(size_t a, size_t b, size_t c)
{
	size_t m = a < b ? a : b;

	return m < c ? m : c;
}

/* Optimal string alignment: d[i][j] = distance of the first i letters of a and the first j of b. */
size_t name_distance(struct slice a, struct slice b)
{
	uint8_t d[NAME_MAX_COMPARED + 1][NAME_MAX_COMPARED + 1];

	if (a.len > NAME_MAX_COMPARED || b.len > NAME_MAX_COMPARED)
		return SIZE_MAX;
	for (size_t i = 0; i <= a.len; i++)
		d[i][0] = (uint8_t)i;
	for (size_t j = 0; j <= b.len; j++)
		d[0][j] = (uint8_t)j;
	for (size_t i = 1; i <= a.len; i++)
		for (size_t j = 1; j <= b.len; j++) {
			bool same = fold(a.ptr[i - 1]) == fold(b.ptr[j - 1]);
			size_t best = min3(d[i - 1][j] + 1u, d[i][j - 1] + 1u, d[i - 1][j - 1] + (size_t)!same);

			if (i > 1 && j > 1 && fold(a.ptr[i - 1]) == fold(b.ptr[j - 2]) &&
			    fold(a.ptr[i - 2]) == fold(b.ptr[j - 1]) && d[i - 2][j - 2] + 1u < best)
				best = d[i - 2][j - 2] + 1u;
			d[i][j] = (uint8_t)best;
		}
	return d[a.len][b.len];
}

int name_nearest(struct slice name, const struct slice *names, size_t n)
{
	size_t best = SIZE_MAX;
	int at = -1;

	for (size_t i = 0; i < n; i++) {
		size_t d = name_distance(name, names[i]);

		if (d < best) {
			best = d;
			at = (int)i;
		}
	}
	if (at >= 0 && best > 1 && best > (names[at].len + 2) / 3)
		return -1;
	return at;
}
