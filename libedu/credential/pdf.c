/* Paper by cairo and pango: a document with a QR code, and tables. Lengths are points. */
#include <stdio.h>
#include <string.h>
#include "credential/credential.h"

#ifdef EDU_HAVE_PDF
#include <cairo-pdf.h>
#include <pango/pangocairo.h>

#define PAGE_WIDTH 595.28
#define PAGE_HEIGHT 841.89
#define MARGIN 48.0
#define CONTENT_WIDTH (PAGE_WIDTH - 2 * MARGIN)
#define BOTTOM (PAGE_HEIGHT - MARGIN)
#define SCALE_LEAST 0.5
/* Bytes of one text: what is longer fits on no page, and pango takes its time to say so. */
#define TEXT_MAX 2000
#define FONT "DejaVu Sans"
/* 0.5 mm: telephones read modules from 0.4 mm on. */
#define MODULE (0.5 * 72 / 25.4)

typedef struct colour {
    double red, green, blue;
} colour;

static const colour ink = {0.1, 0.1, 0.12};
static const colour grey = {0.4, 0.42, 0.45};
static const colour accent = {0.56, 0.09, 0.22};
static const colour pale = {0.97, 0.95, 0.93};

typedef struct canvas {
    cairo_surface_t *surface;
    cairo_t *cairo;
    PangoFontMap *fonts; /* a map of its own: the default one belongs to a thread */
    PangoContext *pango;
    double width;      /* between the margins */
    bool is_measuring; /* nothing is drawn */
} canvas;

static cairo_status_t write_out(void *closure, const unsigned char *data, unsigned length)
{
    ei_buffer_add(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

static void open_canvas(canvas *on, ei_buffer *out, const char *title, const char *author,
                        const char *language)
{
    on->surface = cairo_pdf_surface_create_for_stream(write_out, out, PAGE_WIDTH, PAGE_HEIGHT);
    cairo_pdf_surface_set_metadata(on->surface, CAIRO_PDF_METADATA_TITLE, title);
    cairo_pdf_surface_set_metadata(on->surface, CAIRO_PDF_METADATA_AUTHOR, author);
    cairo_pdf_surface_set_metadata(on->surface, CAIRO_PDF_METADATA_CREATOR, "libedu");
    on->cairo = cairo_create(on->surface);
    on->width = CONTENT_WIDTH;
    on->is_measuring = false;
    on->fonts = pango_cairo_font_map_new();
    on->pango = pango_font_map_create_context(on->fonts);
    pango_context_set_language(on->pango, pango_language_from_string(language));
    /* One root tag makes the file a tagged one. */
    cairo_tag_begin(on->cairo, "Document", NULL);
}

static edu_status close_canvas(canvas *on, const ei_buffer *out, edu_error *error)
{
    cairo_tag_end(on->cairo, "Document");
    cairo_destroy(on->cairo);
    cairo_surface_finish(on->surface);
    cairo_status_t status = cairo_surface_status(on->surface);
    cairo_surface_destroy(on->surface);
    g_object_unref(on->pango);
    g_object_unref(on->fonts);
    return status == CAIRO_STATUS_SUCCESS && !out->failed ? EDU_OK : ei_no_memory(error);
}

static void set_colour(canvas *on, colour with)
{
    cairo_set_source_rgb(on->cairo, with.red, with.green, with.blue);
}

typedef struct style {
    double size;
    bool is_bold;
    colour with;
} style;

static PangoLayout *lay_out(canvas *on, const char *text, double width, style with)
{
    PangoLayout *layout = pango_layout_new(on->pango);
    PangoFontDescription *font = pango_font_description_from_string(FONT);
    pango_font_description_set_absolute_size(font, with.size * PANGO_SCALE);
    if (with.is_bold)
        pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout, text, -1);
    return layout;
}

static double layout_height(PangoLayout *layout)
{
    int width, height;
    pango_layout_get_size(layout, &width, &height);
    return (double)height / PANGO_SCALE;
}

/* Draws text from the top left corner at (x, y); returns its height. */
static double draw_text(canvas *on, const char *text, double x, double y, double width, style with)
{
    PangoLayout *layout = lay_out(on, text, width, with);
    double height = layout_height(layout);
    if (!on->is_measuring) {
        set_colour(on, with.with);
        cairo_move_to(on->cairo, x, y);
        pango_cairo_show_layout(on->cairo, layout);
    }
    g_object_unref(layout);
    return height;
}

/* The largest size up to with.size, and not below least, at which the text takes so many lines. */
static style fitting(canvas *on, const char *text, double width, int lines, double least,
                     style with)
{
    for (; with.size > least; with.size -= 1) {
        PangoLayout *layout = lay_out(on, text, width, with);
        int needed = pango_layout_get_line_count(layout);
        g_object_unref(layout);
        if (needed <= lines)
            break;
    }
    return with;
}

static void rectangle(canvas *on, double x, double y, double width, double height, colour with)
{
    if (on->is_measuring)
        return;
    set_colour(on, with);
    cairo_rectangle(on->cairo, x, y, width, height);
    cairo_fill(on->cairo);
}

/* Drawn as a mask of one bit a module: cairo's paths of that many rectangles are slow. */
static void draw_qr(canvas *on, int width, const uint8_t *modules, double x, double y)
{
    cairo_surface_t *mask = cairo_image_surface_create(CAIRO_FORMAT_A1, width, width);
    int stride = cairo_image_surface_get_stride(mask);
    unsigned char *bits = cairo_image_surface_get_data(mask);
    for (int at = 0; bits && at < width * width; at++)
        if (modules[at])
            bits[at / width * stride + at % width / 8] |= (unsigned char)(1 << at % width % 8);
    cairo_surface_mark_dirty(mask);
    cairo_pattern_t *pattern = cairo_pattern_create_for_surface(mask);
    cairo_pattern_set_filter(pattern, CAIRO_FILTER_NEAREST);
    cairo_save(on->cairo);
    cairo_translate(on->cairo, x, y);
    cairo_scale(on->cairo, MODULE, MODULE);
    cairo_set_source_rgb(on->cairo, 0, 0, 0);
    cairo_mask(on->cairo, pattern);
    cairo_restore(on->cairo);
    cairo_pattern_destroy(pattern);
    cairo_surface_destroy(mask);
}

/* ---- the document ---- */

static double draw_heading(canvas *on, const ei_print *page)
{
    double y = MARGIN;
    y += draw_text(on, page->issuer, MARGIN, y, on->width, (style){11, true, accent}) + 18;
    y += draw_text(on, page->title, MARGIN, y, on->width, (style){24, true, ink}) + 4;
    if (page->subtitle)
        y += draw_text(on, page->subtitle, MARGIN, y, on->width, (style){13, false, grey});
    return y + 20;
}

static double draw_field(canvas *on, const ei_print_field *field, double x, double y, double width)
{
    style label = {9.5, false, grey};
    style value = {13, false, ink};
    double from = y;
    y += draw_text(on, field->label, x, y, width, label) + 2;
    y += draw_text(on, field->value, x, y, width, fitting(on, field->value, width, 2, 9, value));
    return y - from;
}

/* Height of the label and the value inside a box. */
static double draw_large(canvas *on, const ei_print_field *field, double x, double y, double width)
{
    style value = fitting(on, field->value, width, 1, 15, (style){25, true, ink});
    draw_text(on, field->label, x, y + 10, width, (style){9.5, false, grey});
    return 25 + draw_text(on, field->value, x, y + 25, width, value) + 10;
}

/* Large fields stand side by side, two to a line, in boxes of one height. */
static double draw_large_pair(canvas *on, const ei_print_field *const pair[2], double y)
{
    const double gap = 14, width = (on->width - gap) / 2, inner = width - 28;
    double height = 74;
    bool is_measuring = on->is_measuring;
    on->is_measuring = true;
    for (int i = 0; i < 2 && pair[i]; i++) {
        double own = draw_large(on, pair[i], 0, 0, inner);
        if (own > height)
            height = own;
    }
    on->is_measuring = is_measuring;
    for (int i = 0; i < 2 && pair[i]; i++) {
        double x = MARGIN + i * (width + gap);
        rectangle(on, x, y, width, height, pale);
        rectangle(on, x, y, 4, height, accent);
        draw_large(on, pair[i], x + 16, y, inner);
    }
    return height + 12;
}

static double draw_fields(canvas *on, const ei_print *page, double y)
{
    const ei_print_field *pair[2] = {NULL, NULL};
    for (size_t i = 0; i < page->count; i++) {
        const ei_print_field *field = &page->fields[i];
        if (!field->is_large) {
            y += draw_field(on, field, MARGIN, y, on->width) + 11;
            continue;
        }
        pair[pair[0] != NULL] = field;
        bool is_last = i + 1 == page->count || !page->fields[i + 1].is_large;
        if (pair[1] || is_last) {
            y += draw_large_pair(on, pair, y);
            pair[0] = pair[1] = NULL;
        }
    }
    return y;
}

static edu_status does_not_fit(edu_error *error)
{
    return ei_fail(error, EDU_E_LIMIT, "credential.page", NULL,
                   "the texts of the document do not fit on a page");
}

static double draw_above(canvas *on, const ei_print *page)
{
    return draw_fields(on, page, draw_heading(on, page));
}

/* Heading and fields down to `room`, smaller where they are long: what is on paper is whole. *y is
 * where they end. */
static edu_status draw_fitted(canvas *on, const ei_print *page, double room, double *y,
                              edu_error *error)
{
    double scale = 1;
    on->is_measuring = true;
    while (scale >= SCALE_LEAST && (*y = draw_above(on, page) * scale) > room) {
        scale -= 0.05;
        on->width = CONTENT_WIDTH / scale;
    }
    on->is_measuring = false;
    if (scale >= SCALE_LEAST) {
        cairo_save(on->cairo);
        cairo_translate(on->cairo, MARGIN * (1 - scale), 0);
        cairo_scale(on->cairo, scale, scale);
        draw_above(on, page);
        cairo_restore(on->cairo);
    }
    on->width = CONTENT_WIDTH;
    return scale >= SCALE_LEAST ? EDU_OK : does_not_fit(error);
}

/* The host that the code leads to, as people write it: it is printed, so that one sees when a
 * telephone opens another. */
static void host_of(const char *qr, char host[256])
{
    const char *from = strstr(qr, "://");
    from = from ? from + 3 : "";
    size_t length = strcspn(from, "/");
    if (length > 255)
        length = 255;
    for (size_t i = 0; i < length; i++)
        host[i] = (char)(from[i] >= 'A' && from[i] <= 'Z' ? from[i] - 'A' + 'a' : from[i]);
    host[length] = 0;
}

/* What stands beside the code; returns its height. */
static double draw_beside(canvas *on, const ei_print *page, double x, double y)
{
    double from = y, width = PAGE_WIDTH - MARGIN - x;
    char host[256] = "";
    if (page->number)
        y += draw_text(on, page->number, x, y, width, (style){12, true, ink}) + 2;
    if (page->qr)
        host_of(page->qr, host);
    if (*host)
        y += draw_text(on, host, x, y, width, (style){11, false, ink});
    if (page->note)
        y += 8 + draw_text(on, page->note, x, y + 8, width, (style){10, false, grey});
    return y - from;
}

static edu_status draw_page(canvas *on, const ei_print *page, int width, const uint8_t *modules,
                            edu_error *error)
{
    const double gap = 10;
    double side = width * MODULE, y;
    double text_x = MARGIN + (modules ? side + 20 : 0);
    on->is_measuring = true;
    double below = draw_beside(on, page, text_x, 0);
    on->is_measuring = false;
    if (below < side)
        below = side;
    EI_TRY(draw_fitted(on, page, BOTTOM - below - gap, &y, error));
    rectangle(on, 0, 0, PAGE_WIDTH, 10, accent);
    draw_beside(on, page, text_x, y + gap);
    if (modules)
        draw_qr(on, width, modules, MARGIN, y + gap);
    return EDU_OK;
}

static bool is_bounded(const char *text)
{
    return !text || strnlen(text, TEXT_MAX + 1) <= TEXT_MAX;
}

static bool is_print_bounded(const ei_print *page)
{
    bool good = is_bounded(page->issuer) && is_bounded(page->title) && is_bounded(page->subtitle) &&
                is_bounded(page->number) && is_bounded(page->note);
    for (size_t i = 0; good && i < page->count; i++)
        good = is_bounded(page->fields[i].label) && is_bounded(page->fields[i].value);
    return good;
}

edu_status ei_print_pdf(const ei_print *page, ei_buffer *out, edu_error *error)
{
    if (!is_print_bounded(page))
        return does_not_fit(error);
    int width = 0;
    uint8_t *modules = NULL;
    if (page->qr)
        EI_TRY(ei_qr_modules(page->qr, &width, &modules, error));
    canvas on;
    open_canvas(&on, out, page->title, page->issuer, page->language);
    edu_status drawn = draw_page(&on, page, width, modules, error);
    ei_free(modules);
    cairo_show_page(on.cairo);
    edu_status closed = close_canvas(&on, out, drawn == EDU_OK ? error : NULL);
    return drawn != EDU_OK ? drawn : closed;
}

/* ---- tables ---- */

#define ROW_PADDING 4.0

typedef struct table_state {
    canvas *on;
    const ei_table *table;
    const ei_table_section *section;
    double y;
    int page;
} table_state;

static double draw_cells(table_state *at, const char *const *cells, style with)
{
    double x = MARGIN, height = 0;
    for (size_t i = 0; i < at->table->column_count; i++) {
        double width = at->table->columns[i].share * CONTENT_WIDTH;
        const char *cell = cells[i] ? cells[i] : "";
        double own = draw_text(at->on, cell, x + 3, at->y + ROW_PADDING, width - 6, with);
        if (own > height)
            height = own;
        x += width;
    }
    return height + 2 * ROW_PADDING;
}

static void draw_line(table_state *at, double thickness)
{
    rectangle(at->on, MARGIN, at->y, CONTENT_WIDTH, thickness, grey);
}

static void begin_page(table_state *at)
{
    char number[32];
    snprintf(number, sizeof number, "%d", ++at->page);
    draw_text(at->on, number, PAGE_WIDTH - MARGIN - 20, PAGE_HEIGHT - MARGIN + 14, 40,
              (style){9, false, grey});
    at->y = MARGIN;
    at->y +=
        draw_text(at->on, at->table->title, MARGIN, at->y, CONTENT_WIDTH, (style){15, true, ink}) +
        2;
    at->y += draw_text(at->on, at->table->subtitle, MARGIN, at->y, CONTENT_WIDTH,
                       (style){10, false, grey}) +
             8;
    at->y += draw_text(at->on, at->section->title, MARGIN, at->y, CONTENT_WIDTH,
                       (style){13, true, accent}) +
             6;
    const char *titles[16];
    for (size_t i = 0; i < at->table->column_count; i++)
        titles[i] = at->table->columns[i].title;
    at->y += draw_cells(at, titles, (style){9, true, grey});
    draw_line(at, 1);
}

static void draw_row(table_state *at, const char *const *cells)
{
    const style with = {10, false, ink};
    at->on->is_measuring = true;
    double height = draw_cells(at, cells, with);
    at->on->is_measuring = false;
    if (at->y + height > BOTTOM) {
        cairo_show_page(at->on->cairo);
        begin_page(at);
    }
    draw_cells(at, cells, with);
    at->y += height;
    draw_line(at, 0.4);
}

static bool is_table_bounded(const ei_table *table)
{
    bool good = is_bounded(table->title) && is_bounded(table->subtitle);
    for (size_t i = 0; good && i < table->column_count; i++)
        good = is_bounded(table->columns[i].title);
    for (size_t i = 0; good && i < table->section_count; i++) {
        const ei_table_section *section = &table->sections[i];
        good = is_bounded(section->title);
        for (size_t at = 0; good && at < section->rows * table->column_count; at++)
            good = is_bounded(section->cells[at]);
    }
    return good;
}

edu_status ei_table_pdf(const ei_table *table, ei_buffer *out, edu_error *error)
{
    if (table->column_count > 16)
        return ei_fail(error, EDU_E_LIMIT, "credential.columns", NULL, "a table has 16 columns");
    if (!is_table_bounded(table))
        return does_not_fit(error);
    canvas on;
    open_canvas(&on, out, table->title, "libedu", table->language);
    table_state at = {.on = &on, .table = table};
    for (size_t i = 0; i < table->section_count; i++) {
        at.section = &table->sections[i];
        begin_page(&at);
        for (size_t row = 0; row < at.section->rows; row++)
            draw_row(&at, at.section->cells + row * table->column_count);
        cairo_show_page(on.cairo);
    }
    return close_canvas(&on, out, error);
}

#else

static edu_status unsupported(edu_error *error)
{
    return ei_fail(error, EDU_E_UNSUPPORTED, "credential.no_pdf", NULL, "this build has no PDF");
}

edu_status ei_print_pdf(const ei_print *page, ei_buffer *out, edu_error *error)
{
    return unsupported(error);
}

edu_status ei_table_pdf(const ei_table *table, ei_buffer *out, edu_error *error)
{
    return unsupported(error);
}

#endif
