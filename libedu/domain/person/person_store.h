/* What the files of this module share, and others ask of it. */
#ifndef EI_PERSON_STORE_H
#define EI_PERSON_STORE_H

#include <edu/person.h>
#include "domain/portal/portal.h"

/* Who is merged becomes the person they were merged into; others stay. was_merged may be NULL. */
edu_status ei_person_kept(edu_tx *tx, edu_id *person, bool *was_merged, edu_error *error);

/* EDU_E_DENIED unless the actor may look for duplicates at all. */
edu_status ei_person_require_keeper(edu_session *session, edu_tx *tx, edu_error *error);
edu_status ei_person_not_found(edu_error *error);

/* Makes the rows of one person another's, but for those of `person` and `merger`. */
edu_status ei_person_move(ei_command *command, edu_tx *tx, const edu_id *kept, const edu_id *merged,
                          edu_error *error);

#endif
