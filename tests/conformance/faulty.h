/* A driver around another: it counts what the port asks for, and fails where it is told to. With
 * the faults off it must be as good as the driver within. Addresses: "faulty:" before the other's.
 */
#ifndef FAULTY_H
#define FAULTY_H

#include <edu/sys/storage.h>

/* Makes it known under its scheme, around this driver. One in a process. */
edu_status faulty_register(const edu_driver *within, edu_error *error);

/* What the port has asked for so far: statements, steps, savepoints and their ends, scripts, and
 * the end of each command. */
int64_t faulty_operations(void);

/* Before the operation of this number (from 1, counted from now) is done, this is called; what it
 * returns, unless it is EDU_OK, is the operation's outcome. */
typedef edu_status (*faulty_fn)(void *context, edu_error *error);
void faulty_arm(int64_t operation, faulty_fn fault, void *context);
/* Whether the fault came; takes it back if not. */
bool faulty_disarm(void);

/* A fault for faulty_arm: a disk that fails. */
edu_status faulty_disk(void *context, edu_error *error);

#endif
