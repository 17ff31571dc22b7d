/* Private to the lowering. */
#ifndef POLICY_LOWER_FACTS_H
#define POLICY_LOWER_FACTS_H

#include "lowering.h"

/* results, conditions, order and limit of l->p */
MUST_USE enum status declare_facts(struct lowering *l);

#endif
