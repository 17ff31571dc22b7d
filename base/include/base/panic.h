/* A broken invariant of our own: print the place, never a value, and end the process. Not for hostile input. */
#ifndef BASE_PANIC_H
#define BASE_PANIC_H

_Noreturn void panic_at(const char *file, int line, const char *what);
#define panic(what) panic_at(__FILE__, __LINE__, what)
#define invariant(condition)                                                                                           \
	do {                                                                                                           \
		if (!(condition))                                                                                      \
			panic(#condition);                                                                             \
	} while (0)

#endif
