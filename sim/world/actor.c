/*
 * An actor is a thread that runs only while it holds the baton. The world's thread hands it over in actor_resume() and
 * gets it back when the actor waits or returns, so there is never more than one running thread and no race: the
 * simulation is single threaded in everything but the stacks.
 */
#include "world_private.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

struct actor {
	struct world *world;
	struct actor *next;
	pthread_t thread;
	sem_t run, rest; /* posted to hand the baton over, and back */
	void (*main)(void *ctx);
	void *ctx;
	bool done, closing;
};

static void take(sem_t *s)
{
	while (sem_wait(s) != 0)
		;
}

static void *thread_main(void *arg)
{
	struct actor *a = arg;

	take(&a->run);
	if (!a->closing)
		a->main(a->ctx);
	a->done = true;
	sem_post(&a->rest);
	return NULL;
}

enum status actor_new(struct actor **out, struct world *w, void (*main)(void *ctx), void *ctx)
{
	struct actor *a = calloc(1, sizeof *a);

	if (!a)
		return ST_NO_MEMORY;
	*a = (struct actor){.world = w, .next = w->actors, .main = main, .ctx = ctx};
	sem_init(&a->run, 0, 0);
	sem_init(&a->rest, 0, 0);
	if (pthread_create(&a->thread, NULL, thread_main, a) != 0) {
		free(a);
		return ST_NO_MEMORY;
	}
	w->actors = a;
	*out = a;
	return ST_OK;
}

void actor_resume(struct actor *a)
{
	if (a->done)
		return;
	sem_post(&a->run);
	take(&a->rest);
}

bool actor_wait(struct actor *a)
{
	if (a->closing)
		return false;
	sem_post(&a->rest);
	take(&a->run);
	return !a->closing;
}

bool actor_done(const struct actor *a)
{
	return a->done;
}

void actors_close(struct world *w)
{
	while (w->actors) {
		struct actor *a = w->actors;
		a->closing = true;
		actor_resume(a);
		pthread_join(a->thread, NULL);
		sem_destroy(&a->run);
		sem_destroy(&a->rest);
		w->actors = a->next;
		free(a);
	}
}
