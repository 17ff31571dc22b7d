/* A policy with one column of every type: all that ingest looks at. */
#ifndef TEST_INGEST_SCHEMA_H
#define TEST_INGEST_SCHEMA_H

#include "policy/sealed.h"

enum { SCHEMA_REGION, SCHEMA_SALARY, SCHEMA_AGE, SCHEMA_FULL_TIME, SCHEMA_HIRED, SCHEMA_SEEN, SCHEMA_NOTE, SCHEMA_COLUMNS };
#define SCHEMA_HEADER "region,salary,age,full_time,hired,seen,note"

/* Static storage: region text [e,n,"s, x",w""q] · salary decimal(9,2) 0..1000000 · age int64 0..120 nullable ·
 * full_time bool nullable · hired date · seen timestamp nullable · note text(8) nullable. rows.max 5. */
struct policy *schema_of_every_type(void);
/* Only `region` of it, nullable. */
struct policy *schema_of_one_column(void);

#endif
