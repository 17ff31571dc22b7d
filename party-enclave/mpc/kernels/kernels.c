#include "kernels/kernels.h"

const struct mpc_kernels *mpc_kernels_best(void)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		return &mpc_kernels_avx2;
#endif
	return &mpc_kernels_scalar;
}

int poly_has_clmul(void)
{
#if defined(__x86_64__)
	return __builtin_cpu_supports("pclmul") != 0;
#else
	return 0;
#endif
}
