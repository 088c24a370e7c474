/* The driver for PostgreSQL. */
#ifndef EI_POSTGRESQL_DRIVER_H
#define EI_POSTGRESQL_DRIVER_H

#include "storage/storage.h"

extern const edu_driver ei_postgresql_driver;

#endif
