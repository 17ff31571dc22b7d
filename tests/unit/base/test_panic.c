#include "../../support/test.h"

#include "base/panic.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void panic_prints_the_place_and_aborts(void **state)
{
	char text[256] = "";
	int pipe_fd[2], status;

	(void)state;
	assert_int_equal(pipe(pipe_fd), 0);
	pid_t pid = fork();
	if (pid == 0) {
		dup2(pipe_fd[1], 2);
		signal(SIGABRT, SIG_DFL);
		invariant(1 + 1 == 2);
		invariant(1 + 1 == 3);
		_exit(0);
	}
	close(pipe_fd[1]);
	assert_true(read(pipe_fd[0], text, sizeof text - 1) > 0);
	close(pipe_fd[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
	assert_non_null(strstr(text, "BUG-0001"));
	assert_non_null(strstr(text, "test_panic.c"));
	assert_non_null(strstr(text, "1 + 1 == 3"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(panic_prints_the_place_and_aborts)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
