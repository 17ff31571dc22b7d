/*
 * The data of the examples, made up and the same every time: example_data DIR writes DIR/EXAMPLE/PARTY.csv.
 * Integers only and a generator of its own (splitmix64: Steele, Lea, Flood, OOPSLA 2014), so that every machine and
 * every C library writes the same bytes; the test `example_data` compares them with the files in this folder.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- chance ---- */
static uint64_t rng_state;

static uint64_t next_u64(void)
{
	uint64_t z = rng_state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static unsigned below(unsigned bound)
{
	return (unsigned)(next_u64() % bound);
}

static int chance(unsigned percent)
{
	return below(100) < percent;
}

/* Bell-shaped between 0 and 4 * spread: the sum of four draws. */
static unsigned bell(unsigned spread)
{
	return below(spread + 1) + below(spread + 1) + below(spread + 1) + below(spread + 1);
}

/* weights end with 0; gives an index */
static unsigned weighted(const unsigned *weights)
{
	unsigned total = 0, i, drawn;

	for (i = 0; weights[i] > 0; i++)
		total += weights[i];
	drawn = below(total);
	for (i = 0; drawn >= weights[i]; i++)
		drawn -= weights[i];
	return i;
}

static void put_cents(FILE *f, unsigned cents)
{
	fprintf(f, "%u.%02u", cents / 100, cents % 100);
}

/* ---- wage-gap: hardly anybody works in the east ---- */
static void wage_gap(FILE *f, unsigned party)
{
	static const char *const regions[] = {"n", "s", "e", "w"};
	static const unsigned rows[] = {420, 380, 300}, pay[] = {300000, 0, 120000, 450000};
	static const unsigned weights[3][5] = {{700, 150, 5, 145, 0}, {120, 750, 5, 125, 0}, {100, 150, 10, 740, 0}};

	fprintf(f, "region,salary\n");
	for (unsigned i = 0; i < rows[party]; i++) {
		unsigned region = weighted(weights[party]);

		fprintf(f, "%s,", regions[region]);
		put_cents(f, 2900000 + pay[region] + bell(900000));
		fprintf(f, "\n");
	}
}

/* ---- hospital-outcomes ---- */
static void put_day_of(FILE *f, unsigned year, unsigned day_of_year)
{
	static const unsigned months[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	unsigned month = 0;

	for (; day_of_year >= months[month]; month++)
		day_of_year -= months[month];
	fprintf(f, "%u-%02u-%02u", year, month + 1, day_of_year + 1);
}

static void hospital(FILE *f, unsigned party)
{
	static const char *const treatments[] = {"medication", "physiotherapy", "surgery", "palliative", "gene therapy"};
	static const char *const ages[] = {"0-17", "18-39", "40-64", "65-79", "80+"};
	static const unsigned rows[] = {640, 510, 450}, treatment_weights[] = {400, 300, 250, 45, 5, 0},
			      age_weights[] = {8, 20, 35, 25, 12, 0}, stay[] = {3, 5, 4, 9, 6},
			      recovery[] = {70, 62, 78, 4, 40}, known[] = {95, 93, 90, 11, 80};

	fprintf(f, "treatment,age_range,admitted,prior_visits,days,recovered\n");
	for (unsigned i = 0; i < rows[party]; i++) {
		unsigned treatment = weighted(treatment_weights), age = weighted(age_weights);

		fprintf(f, "%s,%s,", treatments[treatment], ages[age]);
		put_day_of(f, chance(8) ? 2024 : 2025, below(365));
		fprintf(f, ",");
		if (!chance(6))
			fprintf(f, "%u", bell(4));
		fprintf(f, ",");
		if (chance(known[treatment])) /* else still in hospital, or moved elsewhere */
			fprintf(f, "%u", bell(stay[treatment]) + (chance(3) ? 40 : 0));
		fprintf(f, ",%s\n", chance(recovery[treatment]) ? "true" : "false");
	}
}

/* ---- fraud-statistics ---- */
static void fraud(FILE *f, unsigned party)
{
	static const char *const categories[] = {"electronics", "fuel", "gambling", "gift cards", "groceries", "hotels",
	    "jewellery", "restaurants", "software", "travel"};
	static const unsigned rows[] = {900, 800, 700}, weights[] = {14, 10, 6, 8, 20, 7, 3, 16, 8, 8, 0},
			      typical[] = {12000, 3500, 7000, 9000, 4000, 15000, 26000, 4200, 9000, 24000},
			      risk[] = {22, 9, 30, 45, 6, 15, 30, 8, 18, 28};

	fprintf(f, "category,amount,fee,abroad,flagged\n");
	for (unsigned i = 0; i < rows[party]; i++) {
		unsigned category = weighted(weights), amount = 200 + bell(typical[category]);

		if (chance(5))
			amount *= 9;
		fprintf(f, "%s,", categories[category]);
		put_cents(f, amount);
		fprintf(f, ",");
		put_cents(f, 25 + amount / 200 + below(40));
		fprintf(f, ",%s", chance(18) ? "true" : "false");
		fprintf(f, ",%s\n", chance(risk[category]) ? "true" : "false");
	}
}

/* ---- files ---- */
static const char *const parties[] = {"north", "south", "west"};
static const struct example {
	const char *name;
	uint64_t seed;
	void (*write)(FILE *f, unsigned party);
} examples[] = {{"wage-gap", 1, wage_gap}, {"hospital-outcomes", 2, hospital}, {"fraud-statistics", 3, fraud}};

static int write_example(const char *dir, const struct example *e)
{
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", dir, e->name);
	if (mkdir(path, 0777) != 0 && errno != EEXIST)
		return -1;
	rng_state = e->seed;
	for (unsigned party = 0; party < 3; party++) {
		FILE *f;

		snprintf(path, sizeof path, "%s/%s/%s.csv", dir, e->name, parties[party]);
		f = fopen(path, "w");
		if (!f)
			return -1;
		e->write(f, party);
		if (fclose(f) != 0)
			return -1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 2) {
		fprintf(stderr, "usage: %s DIR\n", argv[0]);
		return 64;
	}
	for (size_t i = 0; i < sizeof examples / sizeof examples[0]; i++)
		if (write_example(argv[1], &examples[i]) != 0) {
			perror(argv[1]);
			return 73;
		}
	return 0;
}
