/* Heap sort (Williams, CACM 1964; Floyd's bottom-up heap construction): children of item i are 2i + 1 and 2i + 2. */
#include "base/sort.h"

#include <stdint.h>

struct heap {
	uint8_t *items;
	size_t n, size;
	int (*compare)(const void *a, const void *b);
};

static uint8_t *item(const struct heap *h, size_t i)
{
	return h->items + i * h->size;
}

static void swap(const struct heap *h, size_t i, size_t j)
{
	uint8_t *a = item(h, i), *b = item(h, j);

	for (size_t k = 0; k < h->size; k++) {
		uint8_t byte = a[k];

		a[k] = b[k];
		b[k] = byte;
	}
}

/* Moves item i down until no child is greater. */
static void sift_down(const struct heap *h, size_t i)
{
	for (size_t child = 2 * i + 1; child < h->n; child = 2 * i + 1) {
		if (child + 1 < h->n && h->compare(item(h, child), item(h, child + 1)) < 0)
			child++;
		if (h->compare(item(h, i), item(h, child)) >= 0)
			return;
		swap(h, i, child);
		i = child;
	}
}

void sort_in_place(void *items, size_t n, size_t size, int (*compare)(const void *a, const void *b))
{
	struct heap h = {.items = items, .n = n, .size = size, .compare = compare};

	for (size_t i = n / 2; i-- > 0;)
		sift_down(&h, i);
	while (h.n > 1) {
		h.n--;
		swap(&h, 0, h.n);
		sift_down(&h, 0);
	}
}
