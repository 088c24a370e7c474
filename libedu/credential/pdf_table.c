/* Tables on paper: each section begins on a page, and each page repeats the head. */
#include "credential/credential.h"

#ifdef EDU_HAVE_PDF
#include "credential/canvas.h"

#include <stdio.h>

#define COLUMNS_MAX 16
#define ROW_PADDING 4.0

typedef struct table_state {
    canvas *on;
    const ei_table *table;
    const ei_table_section *section;
    double y;
} table_state;

/* A row that is laid out. */
typedef struct row {
    PangoLayout *cells[COLUMNS_MAX];
    double height;
} row;

static void lay_row(table_state *at, const char *const *cells, style with, row *out)
{
    *out = (row){.height = 0};
    for (size_t i = 0; i < at->table->column_count; i++) {
        double width = at->table->columns[i].share * CONTENT_WIDTH;
        out->cells[i] = ei_canvas_lay(at->on, cells[i] ? cells[i] : "", width - 6, with);
        double own = ei_canvas_height(out->cells[i]);
        if (own > out->height)
            out->height = own;
    }
    out->height += 2 * ROW_PADDING;
}

/* Shows the row with a line below it, and lets go of it. */
static void show_row(table_state *at, row *shown, const char *tag, colour with, double line)
{
    double x = MARGIN;
    ei_canvas_begin(at->on, "TR");
    for (size_t i = 0; i < at->table->column_count; i++) {
        ei_canvas_begin(at->on, tag);
        ei_canvas_show(at->on, shown->cells[i], x + 3, at->y + ROW_PADDING, with);
        ei_canvas_end(at->on, tag);
        g_object_unref(shown->cells[i]);
        x += at->table->columns[i].share * CONTENT_WIDTH;
    }
    ei_canvas_end(at->on, "TR");
    at->y += shown->height;
    ei_canvas_behind(at->on, MARGIN, at->y, CONTENT_WIDTH, line, ei_grey);
}

static void show_text(table_state *at, const char *tag, const char *text, style with, double after)
{
    ei_canvas_begin(at->on, tag);
    at->y += ei_canvas_text(at->on, text, MARGIN, at->y, CONTENT_WIDTH, with) + after;
    ei_canvas_end(at->on, tag);
}

/* The title is a heading of the document where it stands first, and a mere line where it is
 * repeated. */
static void begin_page(table_state *at)
{
    const char *titles[COLUMNS_MAX];
    row head;
    bool is_first = ei_canvas_pages(at->on) == 0;
    at->y = MARGIN;
    ei_canvas_begin(at->on, "Sect");
    show_text(at, is_first ? "H1" : "P", at->table->title, (style){15, true, ei_ink}, 2);
    show_text(at, "P", at->table->subtitle, (style){10, false, ei_grey}, 8);
    show_text(at, "H2", at->section->title, (style){13, true, ei_accent}, 6);
    ei_canvas_begin(at->on, "Table");
    for (size_t i = 0; i < at->table->column_count; i++)
        titles[i] = at->table->columns[i].title;
    lay_row(at, titles, (style){9, true, ei_grey}, &head);
    show_row(at, &head, "TH", ei_grey, 1);
}

static void end_page(table_state *at)
{
    char number[32];
    ei_canvas_end(at->on, "Table");
    (void)snprintf(number, sizeof number, "%zu", ei_canvas_pages(at->on) + 1);
    ei_canvas_begin(at->on, "P");
    ei_canvas_text(at->on, number, PAGE_WIDTH - MARGIN - 20, BOTTOM + 14, 40,
                   (style){9, false, ei_grey});
    ei_canvas_end(at->on, "P");
    ei_canvas_end(at->on, "Sect");
    ei_canvas_page(at->on);
}

static void draw_row(table_state *at, const char *const *cells)
{
    row laid;
    lay_row(at, cells, (style){10, false, ei_ink}, &laid);
    if (at->y + laid.height > BOTTOM) {
        end_page(at);
        begin_page(at);
    }
    show_row(at, &laid, "TD", ei_ink, 0.4);
}

static bool is_bounded(const ei_table *table)
{
    bool good = ei_canvas_bounded(table->title) && ei_canvas_bounded(table->subtitle);
    for (size_t i = 0; good && i < table->column_count; i++)
        good = ei_canvas_bounded(table->columns[i].title);
    for (size_t i = 0; good && i < table->section_count; i++) {
        const ei_table_section *section = &table->sections[i];
        good = ei_canvas_bounded(section->title);
        for (size_t at = 0; good && at < section->rows * table->column_count; at++)
            good = ei_canvas_bounded(section->cells[at]);
    }
    return good;
}

edu_status ei_table_pdf(const ei_table *table, ei_buffer *out, edu_error *error)
{
    if (table->column_count > COLUMNS_MAX)
        return ei_fail(error, EDU_E_LIMIT, "credential.columns", NULL, "a table has 16 columns");
    if (!is_bounded(table))
        return ei_fail(error, EDU_E_LIMIT, "credential.page", NULL,
                       "the texts of the document are too long for paper");
    const file_about about = {table->language, table->title, "libedu", table->made};
    canvas on;
    ei_canvas_open(&on, &about);
    table_state at = {.on = &on, .table = table};
    for (size_t i = 0; i < table->section_count; i++) {
        at.section = &table->sections[i];
        begin_page(&at);
        for (size_t line = 0; line < at.section->rows; line++)
            draw_row(&at, at.section->cells + line * table->column_count);
        end_page(&at);
    }
    return ei_canvas_close(&on, out, error);
}
#endif
