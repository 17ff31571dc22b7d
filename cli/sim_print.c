/* What a simulation is told as: a table for people, a document for programs. */
#include "sim_run.h"

#include "receipt/receipt.h"

#include <inttypes.h>
#include <stdlib.h>

#define SECONDS(ns) ((double)(ns) / 1e9)

static json_t *per_party(const struct policy *p, const uint64_t *values)
{
	json_t *object = json_object();

	for (unsigned i = 0; i < p->n_parties; i++)
		put_u64(object, p->parties[i].id, values[i]);
	return object;
}

static uint64_t all_rows(const struct simulation *s)
{
	uint64_t rows = 0;

	for (unsigned i = 0; i < SIM_PARTIES; i++)
		rows += s->tables[i].rows;
	return rows;
}

static void print_head(const struct simulation *s)
{
	const struct policy *p = &s->policy->policy;

	say(s->cli, "%s: %u parties, %" PRIu64 " rows%s, seed %" PRIu64 "\n", p->name, p->n_parties, all_rows(s), s->data.n ? "" : " (random)", s->seed);
	say(s->cli, "links: %" PRIu64 " ms, ", s->latency_ms);
	if (s->bandwidth_mbit)
		say(s->cli, "%" PRIu64 " Mbit/s", s->bandwidth_mbit);
	else
		say(s->cli, "unlimited");
	say(s->cli, " each way; enclaves compute for %" PRIu64 " ns a byte sent\n\n", s->cpu_ns_per_byte);
}

static void print_steps(const struct simulation *s)
{
	const struct policy *p = &s->policy->policy;

	say(s->cli, "  %4s %-9s %6s", "op", "", "rounds");
	for (unsigned i = 0; i < p->n_parties; i++)
		say(s->cli, " %12.12s", p->parties[i].id);
	say(s->cli, "  done at\n");
	for (unsigned k = 0; k < p->plan.n_ops; k++) {
		const struct sim_step *step = &s->report.steps[k];
		if (!step->rounds && step->parties == p->n_parties)
			continue; /* local: nothing was sent */
		say(s->cli, "  %4u %-9s %6u", k + 1, plan_opcode_name(p->plan.ops[k].code), step->rounds);
		for (unsigned i = 0; i < p->n_parties; i++)
			say(s->cli, " %10" PRIu64 " B", step->payload_bytes[i]);
		say(s->cli, " %8.3f s\n", SECONDS(step->at_ns));
	}
	say(s->cli, "  %4s %-9s %6" PRIu64, "", "all", s->report.rounds);
	for (unsigned i = 0; i < p->n_parties; i++)
		say(s->cli, " %10" PRIu64 " B", s->report.payload_bytes[i]);
	say(s->cli, "\n");
}

static void print_totals(const struct simulation *s)
{
	const struct policy *p = &s->policy->policy;
	const struct sim_report *r = &s->report;
	char hex[2 * HASH_LEN + 1];

	say(s->cli, "\n  sent, with encryption, handshakes and barriers:\n");
	for (unsigned i = 0; i < p->n_parties; i++)
		say(s->cli, "    %-12s %10" PRIu64 " B in %" PRIu64 " messages to peers, %" PRIu64 " B to the coordinator\n", p->parties[i].id, r->wire_bytes[i],
		    r->peer_frames[i], r->mail_bytes[i]);
	say(s->cli, "\n  phase reached by all\n");
	for (size_t k = 0; k < r->n_phases; k++)
		say(s->cli, "    %-12s %8.3f s\n", r->phases[k].name, SECONDS(r->phases[k].at_ns));
	hex_encode(hex, slice_of(r->transcript, HASH_LEN));
	say(s->cli, "\npredicted time: %.3f s\ntranscript: %s\n", SECONDS(r->finished_ns), hex);
}

static json_t *steps_json(const struct simulation *s)
{
	const struct policy *p = &s->policy->policy;
	json_t *list = json_array();

	for (unsigned k = 0; k < p->plan.n_ops; k++) {
		const struct sim_step *step = &s->report.steps[k];
		json_t *op = json_object();
		put_u64(op, "id", k + 1);
		put_text(op, "op", plan_opcode_name(p->plan.ops[k].code));
		put_u64(op, "rounds", step->rounds);
		json_object_set_new(op, "bytes_sent", per_party(p, step->payload_bytes));
		json_object_set_new(op, "done_at_seconds", json_real(SECONDS(step->at_ns)));
		json_array_append_new(list, op);
	}
	return list;
}

static json_t *link_json(const struct link_spec *link)
{
	json_t *object = json_object();

	json_object_set_new(object, "latency_ms", json_real((double)link->latency_ns / 1e6));
	put_u64(object, "bits_per_second", link->bits_per_s); /* 0: unlimited */
	return object;
}

static void make_document(const struct simulation *s)
{
	const struct policy *p = &s->policy->policy;
	const struct sim_report *r = &s->report;
	json_t *doc = s->cli->doc = json_object(), *links = json_object(), *phases = json_object();

	put_text(doc, "policy", p->name);
	put_u64(doc, "seed", s->seed);
	put_u64(doc, "rows", all_rows(s));
	put_u64(doc, "rounds", r->rounds);
	json_object_set_new(doc, "seconds_predicted", json_real(SECONDS(r->finished_ns)));
	for (size_t k = 0; k < r->n_phases; k++)
		json_object_set_new(phases, r->phases[k].name, json_real(SECONDS(r->phases[k].at_ns)));
	json_object_set_new(doc, "phases", phases);
	json_object_set_new(doc, "payload_bytes_sent", per_party(p, r->payload_bytes));
	json_object_set_new(doc, "bytes_sent", per_party(p, r->wire_bytes));
	json_object_set_new(doc, "coordinator_bytes_sent", per_party(p, r->mail_bytes));
	json_object_set_new(doc, "coordinator_bytes_received", per_party(p, r->mail_bytes_in));
	json_object_set_new(doc, "operators", steps_json(s));
	json_object_set_new(doc, "transcript", json_hex(slice_of(r->transcript, HASH_LEN)));
	json_object_set_new(links, "parties", link_json(&s->config.party_link));
	json_object_set_new(links, "coordinator", link_json(&s->config.coordinator_link));
	put_u64(links, "cpu_ns_per_byte", s->cpu_ns_per_byte);
	json_object_set_new(doc, "links", links);
	json_object_set_new(doc, "defaults", json_lines(buf_view(&s->policy->filled_in)));
}

void simulation_print(const struct simulation *s)
{
	make_document(s);
	print_head(s);
	print_steps(s);
	print_totals(s);
}

enum status simulation_print_result(const struct simulation *s)
{
	const struct policy *p = &s->policy->policy;
	uint64_t *words = calloc((size_t)result_words(&p->plan) * p->plan.groups, sizeof *words);
	struct result_table table = {0};
	struct buf text = {0}, csv = {0};
	unsigned recipient = 0;
	enum status st = ST_OK;

	if (!words)
		return ST_NO_MEMORY;
	while (recipient + 1u < p->n_parties && !(p->recipients >> recipient & 1))
		recipient++;
	TRY(sim_open_result(words, p, buf_view(&s->payload), &s->keys, &s->report, recipient, &s->cli->problem));
	TRY(result_table_new(&table, p, words));
	result_table_text(&text, &table);
	result_table_csv(&csv, &table);
	TRY(buf_status(&text));
	TRY(buf_status(&csv));
	say(s->cli, "\nresult, as %s opens it:\n", p->parties[recipient].id);
	say_bytes(s->cli, buf_view(&text));
	put_u64(s->cli->doc, "result_rows", table.rows);
	json_object_set_new(s->cli->doc, "csv", json_stringn((const char *)csv.ptr, csv.len));
out:
	result_table_clear(&table);
	buf_clear(&text);
	buf_clear(&csv);
	free(words);
	return st;
}
