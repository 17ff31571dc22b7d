/* The network of world_channels: a queue per direction, a thread per party, a meddler on every frame. A party whose
 * admission has ended is gone: whoever waits for it gets ST_SES_PEER_LOST, as from a host whose coordinator aborts. */
#include "world.h"

#include <pthread.h>

enum { FRAMES_MAX = 8 };

struct meeting_wire {
	struct buf frames[FRAMES_MAX];
	unsigned sent, taken;
};

struct meeting_hall {
	struct world *w;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct meeting_wire wire[N][N]; /* [from][to] */
	bool gone[N];
};

struct seat {
	struct meeting_hall *hall;
	unsigned self;
	pthread_t thread;
};

static enum status hall_send(void *ctx, unsigned peer, struct slice frame)
{
	struct seat *s = ctx;
	struct meeting_hall *hall = s->hall;

	pthread_mutex_lock(&hall->lock);
	struct meeting_wire *wire = &hall->wire[s->self][peer];
	unsigned n = wire->sent;
	bool taken = n < FRAMES_MAX;
	if (taken) {
		buf_append(&wire->frames[n], frame.ptr, frame.len);
		taken = !wire->frames[n].failed;
	}
	if (taken) {
		if (hall->w->meddle)
			hall->w->meddle(hall->w->meddle_ctx, s->self, peer, n, &wire->frames[n]);
		wire->sent++;
	}
	pthread_cond_broadcast(&hall->changed);
	pthread_mutex_unlock(&hall->lock);
	return taken ? ST_OK : ST_NO_MEMORY;
}

static enum status hall_recv(void *ctx, unsigned peer, struct slice *frame)
{
	struct seat *s = ctx;
	struct meeting_hall *hall = s->hall;
	struct meeting_wire *wire = &hall->wire[peer][s->self];
	enum status st = ST_SES_PEER_LOST;

	pthread_mutex_lock(&hall->lock);
	for (;;) {
		while (wire->taken < wire->sent && wire->frames[wire->taken].len == 0)
			wire->taken++; /* dropped on the way */
		if (wire->taken < wire->sent) {
			*frame = buf_view(&wire->frames[wire->taken++]);
			st = ST_OK;
			break;
		}
		if (hall->gone[peer])
			break;
		pthread_cond_wait(&hall->changed, &hall->lock);
	}
	pthread_mutex_unlock(&hall->lock);
	return st;
}

static void *attend(void *ctx)
{
	struct seat *s = ctx;
	struct world *w = s->hall->w;
	struct channel_io io = {s, hall_send, hall_recv};
	unsigned i = s->self;

	w->problem[i] = (struct problem){0};
	if (w->takes_seat)
		w->takes_seat(i);
	w->st[i] = admission_channels(w->admission[i], &io, &w->handle[i], &w->admit[i], &w->problem[i]);
	pthread_mutex_lock(&s->hall->lock);
	s->hall->gone[i] = true;
	pthread_cond_broadcast(&s->hall->changed);
	pthread_mutex_unlock(&s->hall->lock);
	return NULL;
}

void world_channels(struct world *w)
{
	struct meeting_hall *hall = calloc(1, sizeof *hall);
	struct seat seats[N];

	assert_non_null(hall);
	hall->w = w;
	pthread_mutex_init(&hall->lock, NULL);
	pthread_cond_init(&hall->changed, NULL);
	for (unsigned i = 0; i < N; i++) {
		seats[i] = (struct seat){.hall = hall, .self = i};
		assert_int_equal(pthread_create(&seats[i].thread, NULL, attend, &seats[i]), 0);
	}
	for (unsigned i = 0; i < N; i++)
		pthread_join(seats[i].thread, NULL);
	for (unsigned from = 0; from < N; from++)
		for (unsigned to = 0; to < N; to++)
			for (unsigned n = 0; n < FRAMES_MAX; n++)
				buf_clear(&hall->wire[from][to].frames[n]);
	pthread_cond_destroy(&hall->changed);
	pthread_mutex_destroy(&hall->lock);
	free(hall);
	for (unsigned i = 0; i < N; i++)
		assert_int_equal(w->handle[i] != NULL, w->st[i] == ST_OK);
}
