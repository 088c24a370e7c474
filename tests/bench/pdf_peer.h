/* The floor: the same page by cairo and pango as their manuals have it. */
#ifndef PDF_PEER_H
#define PDF_PEER_H

#include "credential/credential.h"

typedef struct pdf_peer pdf_peer;

pdf_peer *pdf_peer_open(ei_buffer *out);
void pdf_peer_add(pdf_peer *peer, const ei_print *print);
void pdf_peer_close(pdf_peer *peer);

#endif
