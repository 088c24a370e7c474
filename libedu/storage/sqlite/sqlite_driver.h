/* The driver for SQLite. */
#ifndef EI_SQLITE_DRIVER_H
#define EI_SQLITE_DRIVER_H

#include "storage/storage.h"

extern const edu_driver ei_sqlite_driver;

#endif
