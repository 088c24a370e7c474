/* What the other files of this module need of the keys. */
#ifndef EI_KEYS_H
#define EI_KEYS_H

#include "security/security.h"

const uint8_t *ei_keys_wrapping(const ei_keys *keys); /* 32 bytes */

#endif
