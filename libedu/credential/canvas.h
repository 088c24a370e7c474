/* What is drawn on: pages of PDF by cairo and pango, with the tree of tags that readers for the
 * blind follow. Lengths are points, from the top left corner. Only for pdf.c and its like. */
#ifndef EI_CANVAS_H
#define EI_CANVAS_H

#include "credential/credential.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#define PAGE_WIDTH 595.28
#define PAGE_HEIGHT 841.89
#define MARGIN 48.0
#define CONTENT_WIDTH (PAGE_WIDTH - 2 * MARGIN)
#define BOTTOM (PAGE_HEIGHT - MARGIN)
/* 0.5 mm: telephones read modules from 0.4 mm on. */
#define MODULE (0.5 * 72 / 25.4)
/* Bytes of one text: what is longer fits on no page, and pango takes its time to say so. */
#define TEXT_MAX 4000

typedef struct colour {
    double red, green, blue;
} colour;

extern const colour ei_ink, ei_grey, ei_accent, ei_pale;

typedef struct style {
    double size;
    bool is_bold;
    colour with;
} style;

typedef struct figure {
    size_t section, place; /* which child of the document, and which of that one's */
    const char *alternative;
    double box[4]; /* left, bottom, right, top, as PDF counts: from the bottom */
} figure;

typedef struct attachment {
    size_t page; /* on which the paper begins that it belongs to, from 0 */
    const char *name, *about, *text;
} attachment;

/* A list that grows. */
typedef struct growing {
    void *items;
    size_t count, room;
} growing;

/* Texts that papers of one file share are laid out once; a slot holds the last that fell into it.
 */
#define LAYOUT_SLOTS 512
typedef struct layout_slot {
    PangoLayout *layout; /* NULL: empty */
    int width;
    double size;
    bool is_bold;
} layout_slot;

typedef struct canvas {
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoContext *pango;
    PangoFontDescription *fonts[2];
    PangoAttrList *ways; /* no glyph for two letters, no hyphens that the text has not */
    layout_slot slots[LAYOUT_SLOTS];
    ei_buffer drawn;  /* what cairo writes */
    ei_arena *arena;  /* of what is added when all is drawn */
    ei_buffer behind; /* this page's background, in PDF's operators */
    const char *language, *title, *author;
    edu_time made;
    int depth;               /* of open tags */
    size_t sections, places; /* tags begun so far below the document, below its last child */
    growing backgrounds;     /* const char *, one a page */
    growing figures, attachments;
    bool failed;
} canvas;

/* What a file says of itself; the texts stay the caller's. */
typedef struct file_about {
    const char *language, *title, *author;
    edu_time made; /* none: now */
} file_about;

void ei_canvas_open(canvas *on, const file_about *about);
/* The file with all that cairo does not write; lets go of everything, after a failure too. */
edu_status ei_canvas_close(canvas *on, ei_buffer *out, edu_error *error);
void ei_canvas_abandon(canvas *on);

/* Not to be changed; g_object_unref. */
PangoLayout *ei_canvas_lay(canvas *on, const char *text, double width, style with);
double ei_canvas_height(PangoLayout *layout);
void ei_canvas_show(canvas *on, PangoLayout *layout, double x, double y, colour with);
/* Lays out, shows and lets go; returns the height. */
double ei_canvas_text(canvas *on, const char *text, double x, double y, double width, style with);
/* The largest size up to with.size, and not below least, at which the text takes so many lines. */
style ei_canvas_fit(canvas *on, const char *text, double width, int lines, double least,
                    style with);
/* Ornament behind all that is on the page, which readers leave out. */
void ei_canvas_behind(canvas *on, double x, double y, double width, double height, colour with);
void ei_canvas_qr(canvas *on, int width, const uint8_t *modules, double x, double y,
                  const char *alternative);
void ei_canvas_begin(canvas *on, const char *tag);
void ei_canvas_end(canvas *on, const char *tag);
void ei_canvas_page(canvas *on);
size_t ei_canvas_pages(const canvas *on); /* those that are finished */
/* Texts are copied. */
void ei_canvas_attach(canvas *on, const char *name, const char *about, const char *text);

bool ei_canvas_bounded(const char *text);

/* ---- pdf_finish.c ---- */

/* Adds to what cairo has drawn: language, title, metadata, backgrounds, alternatives of figures,
 * attached files. */
edu_status ei_pdf_finish(const canvas *on, ei_buffer *out, edu_error *error);

#endif
