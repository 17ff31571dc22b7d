#include "hub.h"

#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum status transport_new(struct transport **out)
{
	struct transport *t = malloc(sizeof *t);

	if (!t)
		return ST_NO_MEMORY;
	t->event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (t->event_fd < 0) {
		free(t);
		return ST_IO;
	}
	*out = t;
	return ST_OK;
}

void transport_free(struct transport *t)
{
	if (!t)
		return;
	close(t->event_fd);
	free(t);
}

int transport_fd(const struct transport *t)
{
	return t->event_fd;
}

void transport_drain(struct transport *t)
{
	uint64_t count;
	ssize_t n = read(t->event_fd, &count, sizeof count);

	(void)n; /* EAGAIN: nobody had woken us */
}

void hub_wake(struct transport *t)
{
	uint64_t one = 1;
	ssize_t n = write(t->event_fd, &one, sizeof one);

	(void)n; /* EAGAIN: the counter is full, so it is readable */
}
