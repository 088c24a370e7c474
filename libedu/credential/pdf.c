/* A document with a QR code on paper. All is laid out first, so that it is known how many pages it
 * takes, and then drawn. Lengths are points. */
#include "credential/credential.h"

#ifdef EDU_HAVE_PDF
#include "credential/canvas.h"

#include <stdio.h>
#include <string.h>

#define PAGES_MAX 12
#define GAP 12.0
#define BOX_GAP 14.0
#define BOX_WIDTH ((CONTENT_WIDTH - BOX_GAP) / 2)
#define BOX_PADDING 16.0
#define CODE_TEXTS 3
#define SIZE_LEAST 5
/* Below a heading there is room for some lines of what it is about. */
#define HEADING_ROOM 40.0

typedef struct part {
    PangoLayout *layout;
    double x, y; /* y: from the top of the block */
    colour with;
} part;

typedef enum block_kind { TEXT, FIELD, BOXES, CODE, DETAIL } block_kind;

/* What is not torn apart between two pages. Parts of FIELD and BOXES: label, value, label, value.
 */
typedef struct block {
    block_kind kind;
    const char *tag; /* of TEXT */
    double before, height, box_width;
    part parts[4];
    size_t count, page;
    double y;
} block;

typedef struct paper {
    canvas *on;
    const ei_print *print;
    block *blocks;
    size_t count;
    int code_width;
    uint8_t *modules;
    bool is_in_list;
} paper;

static edu_status does_not_fit(edu_error *error)
{
    return ei_fail(error, EDU_E_LIMIT, "credential.page", NULL,
                   "the texts of the document are too long for paper");
}

/* ---- laying out ---- */

static block *add_block(paper *p, block_kind kind, double before)
{
    block *added = &p->blocks[p->count++];
    *added = (block){.kind = kind, .before = before};
    return added;
}

/* Texts that are longer than a page are smaller. Returns where the part ends. */
static double add_part(paper *p, block *to, const char *text, double x, double y, double width,
                       style with)
{
    PangoLayout *layout = ei_canvas_lay(p->on, text, width, with);
    while (ei_canvas_height(layout) > BOTTOM - 2 * MARGIN && with.size > SIZE_LEAST) {
        g_object_unref(layout);
        with.size -= 1;
        layout = ei_canvas_lay(p->on, text, width, with);
    }
    to->parts[to->count++] = (part){layout, x, y, with.with};
    double end = y + ei_canvas_height(layout);
    if (end > to->height)
        to->height = end;
    return end;
}

static void add_text(paper *p, const char *tag, const char *text, double before, style with)
{
    if (!text || !*text)
        return;
    block *to = add_block(p, TEXT, before);
    to->tag = tag;
    add_part(p, to, text, MARGIN, 0, CONTENT_WIDTH, with);
}

/* How fields stand that are not large. */
typedef struct look {
    block_kind kind;
    double label_width, label, value, before;
} look;

static void add_field(paper *p, const ei_print_field *field, const look *with)
{
    const double x = MARGIN + with->label_width + GAP;
    block *to = add_block(p, with->kind, with->before);
    add_part(p, to, field->label, MARGIN, with->value - with->label, with->label_width,
             (style){with->label, false, ei_grey});
    add_part(p, to, field->value, x, 0, PAGE_WIDTH - MARGIN - x,
             (style){with->value, false, ei_ink});
}

/* Large fields stand side by side, two to a line, in boxes of one height; one alone takes it all.
 */
static void add_boxes(paper *p, const ei_print_field *fields, size_t count)
{
    block *to = add_block(p, BOXES, 0);
    to->box_width = count == 1 ? CONTENT_WIDTH : BOX_WIDTH;
    const double inner = to->box_width - BOX_PADDING - 12;
    for (size_t i = 0; i < count; i++) {
        double x = MARGIN + (double)i * (BOX_WIDTH + BOX_GAP) + BOX_PADDING;
        style value =
            ei_canvas_fit(p->on, fields[i].value, inner, 1, 15, (style){25, true, ei_ink});
        double y = add_part(p, to, fields[i].label, x, 10, inner, (style){9.5, false, ei_grey});
        add_part(p, to, fields[i].value, x, y + 3, inner, value);
    }
    to->height += 12;
}

static void add_fields(paper *p)
{
    const look ordinary = {FIELD, 150, 9.5, 12, 8}, first = {FIELD, 150, 9.5, 12, 20};
    const ei_print *print = p->print;
    for (size_t i = 0; i < print->count; i++) {
        const ei_print_field *field = &print->fields[i];
        if (!field->is_large) {
            add_field(p, field, i ? &ordinary : &first);
            continue;
        }
        size_t many = i + 1 < print->count && print->fields[i + 1].is_large ? 2 : 1;
        add_boxes(p, field, many);
        p->blocks[p->count - 1].before = i ? 10 : 22;
        i += many - 1;
    }
}

static void add_code(paper *p)
{
    const double side = p->code_width * MODULE, x = MARGIN + (p->modules ? side + 20 : 0);
    const double width = PAGE_WIDTH - MARGIN - x;
    char host[256], number[EI_NUMBER_GROUPS];
    double y = 0;
    block *to = add_block(p, CODE, 18);
    ei_print_host(p->print->qr, host);
    if (p->print->number) {
        ei_number_groups(p->print->number, number);
        y = add_part(p, to, number, x, y, width, (style){13, true, ei_ink}) + 2;
    }
    if (*host)
        y = add_part(p, to, host, x, y, width, (style){11, false, ei_ink}) + 8;
    if (p->print->note)
        add_part(p, to, p->print->note, x, y, width, (style){10, false, ei_grey});
    if (to->height < side)
        to->height = side;
}

static void add_details(paper *p)
{
    const look small = {DETAIL, 196, 7, 7, 2};
    const ei_print *print = p->print;
    if (print->detail_count == 0)
        return;
    add_text(p, "H2", print->details_title, 22, (style){9.5, true, ei_grey});
    for (size_t i = 0; i < print->detail_count; i++)
        add_field(p, &print->details[i], &small);
}

static void lay_out(paper *p)
{
    const ei_print *print = p->print;
    add_text(p, "P", print->issuer, 0, (style){11, true, ei_accent});
    add_text(p, "H1", print->title, 16, (style){24, true, ei_ink});
    add_text(p, "P", print->subtitle, 4, (style){13, false, ei_grey});
    add_fields(p);
    add_code(p);
    add_details(p);
}

/* ---- pages ---- */

static edu_status place(paper *p, size_t *pages, edu_error *error)
{
    double y = MARGIN;
    size_t page = 0;
    for (size_t i = 0; i < p->count; i++) {
        block *at = &p->blocks[i];
        bool is_heading = at->kind == TEXT && *at->tag == 'H';
        double needed = at->before + at->height + (is_heading ? HEADING_ROOM : 0);
        if (at->height > BOTTOM - MARGIN)
            return does_not_fit(error);
        if (y + needed > BOTTOM) {
            page++;
            y = MARGIN - at->before;
        }
        at->page = page;
        at->y = y + at->before;
        y = at->y + at->height;
    }
    *pages = page + 1;
    return *pages <= PAGES_MAX ? EDU_OK : does_not_fit(error);
}

static void show_part(const paper *p, const block *at, size_t i)
{
    const part *shown = &at->parts[i];
    ei_canvas_show(p->on, shown->layout, shown->x, at->y + shown->y, shown->with);
}

static void show(const paper *p, const block *at, size_t i, const char *tag)
{
    ei_canvas_begin(p->on, tag);
    show_part(p, at, i);
    ei_canvas_end(p->on, tag);
}

static void set_list(paper *p, bool is_in_list)
{
    if (is_in_list && !p->is_in_list)
        ei_canvas_begin(p->on, "L");
    if (!is_in_list && p->is_in_list)
        ei_canvas_end(p->on, "L");
    p->is_in_list = is_in_list;
}

static void draw_items(paper *p, const block *at)
{
    set_list(p, true);
    for (size_t i = 0; i + 1 < at->count; i += 2) {
        if (at->kind == BOXES) {
            double x = at->parts[i].x - BOX_PADDING;
            ei_canvas_behind(p->on, x, at->y, at->box_width, at->height, ei_pale);
            ei_canvas_behind(p->on, x, at->y, 4, at->height, ei_accent);
        }
        ei_canvas_begin(p->on, "LI");
        show(p, at, i, "Lbl");
        show(p, at, i + 1, "LBody");
        ei_canvas_end(p->on, "LI");
    }
}

static void draw_block(paper *p, const block *at)
{
    if (at->kind == FIELD || at->kind == BOXES) {
        draw_items(p, at);
        return;
    }
    set_list(p, false);
    if (at->kind == DETAIL) {
        ei_canvas_begin(p->on, "P");
        show_part(p, at, 0);
        show_part(p, at, 1);
        ei_canvas_end(p->on, "P");
        return;
    }
    if (at->kind == CODE && p->modules)
        ei_canvas_qr(p->on, p->code_width, p->modules, MARGIN, at->y,
                     p->print->code_about ? p->print->code_about : "QR");
    for (size_t i = 0; i < at->count; i++)
        show(p, at, i, at->kind == TEXT ? at->tag : "P");
}

/* Where there are several pages, each says of what it is one. */
static void end_page(paper *p, size_t page, size_t pages)
{
    char number[EI_NUMBER_GROUPS] = "", line[EI_NUMBER_GROUPS + 48];
    set_list(p, false);
    if (pages > 1) {
        if (p->print->number)
            ei_number_groups(p->print->number, number);
        (void)snprintf(line, sizeof line, "%s%s%zu / %zu", number, *number ? " · " : "", page + 1,
                       pages);
        ei_canvas_begin(p->on, "P");
        ei_canvas_text(p->on, line, MARGIN, BOTTOM + 14, CONTENT_WIDTH, (style){9, false, ei_grey});
        ei_canvas_end(p->on, "P");
    }
    ei_canvas_behind(p->on, 0, 0, PAGE_WIDTH, 10, ei_accent);
    ei_canvas_page(p->on);
}

static void draw(paper *p, size_t pages)
{
    size_t at = 0;
    ei_canvas_begin(p->on, "Sect");
    for (size_t page = 0; page < pages; page++) {
        for (; at < p->count && p->blocks[at].page == page; at++)
            draw_block(p, &p->blocks[at]);
        end_page(p, page, pages);
    }
    ei_canvas_end(p->on, "Sect");
}

/* ---- one paper ---- */

static bool are_bounded(const ei_print_field *fields, size_t count)
{
    bool good = true;
    for (size_t i = 0; good && i < count; i++)
        good = ei_canvas_bounded(fields[i].label) && ei_canvas_bounded(fields[i].value);
    return good;
}

static bool is_bounded(const ei_print *print)
{
    return ei_canvas_bounded(print->issuer) && ei_canvas_bounded(print->title) &&
           ei_canvas_bounded(print->subtitle) && ei_canvas_bounded(print->number) &&
           ei_canvas_bounded(print->note) && are_bounded(print->fields, print->count) &&
           are_bounded(print->details, print->detail_count);
}

static edu_status print_on(canvas *on, const ei_print *print, edu_error *error)
{
    enum { OTHERS = 5 }; /* blocks besides fields and details */
    paper p = {.on = on, .print = print};
    size_t pages = 0;
    if (!is_bounded(print))
        return does_not_fit(error);
    if (print->qr)
        EI_TRY(ei_qr_modules(print->qr, &p.code_width, &p.modules, error));
    p.blocks = ei_calloc(print->count + print->detail_count + OTHERS, sizeof *p.blocks);
    edu_status status = p.blocks ? EDU_OK : ei_no_memory(error);
    if (status == EDU_OK) {
        lay_out(&p);
        status = place(&p, &pages, error);
    }
    if (status == EDU_OK && print->record)
        ei_canvas_attach(on, print->record_name, print->title, print->record);
    if (status == EDU_OK)
        draw(&p, pages);
    for (size_t i = 0; i < p.count; i++)
        for (size_t j = 0; j < p.blocks[i].count; j++)
            g_object_unref(p.blocks[i].parts[j].layout);
    ei_free(p.blocks);
    ei_free(p.modules);
    return status;
}

/* ---- a file of one or many ---- */

struct ei_printer {
    canvas on;
    char *language, *title, *author;
};

edu_status ei_printer_open(const ei_print *first, ei_printer **out, edu_error *error)
{
    ei_printer *made = ei_calloc(1, sizeof *made);
    if (!made)
        return ei_no_memory(error);
    made->language = ei_strdup(first->language);
    made->title = ei_strdup(first->title);
    made->author = ei_strdup(first->issuer);
    if (!made->language || !made->title || !made->author) {
        ei_free(made->language);
        ei_free(made->title);
        ei_free(made->author);
        ei_free(made);
        return ei_no_memory(error);
    }
    const file_about about = {made->language, made->title, made->author, first->made};
    ei_canvas_open(&made->on, &about);
    *out = made;
    return EDU_OK;
}

edu_status ei_printer_add(ei_printer *printer, const ei_print *print, edu_error *error)
{
    return print_on(&printer->on, print, error);
}

edu_status ei_printer_close(ei_printer *printer, ei_buffer *out, edu_error *error)
{
    edu_status status = EDU_OK;
    if (out)
        status = ei_canvas_close(&printer->on, out, error);
    else
        ei_canvas_abandon(&printer->on);
    ei_free(printer->language);
    ei_free(printer->title);
    ei_free(printer->author);
    ei_free(printer);
    return status;
}

edu_status ei_print_pdf(const ei_print *print, ei_buffer *out, edu_error *error)
{
    ei_printer *printer;
    if (!ei_canvas_bounded(print->title) || !ei_canvas_bounded(print->issuer))
        return does_not_fit(error);
    EI_TRY(ei_printer_open(print, &printer, error));
    edu_status status = ei_printer_add(printer, print, error);
    edu_status closed =
        ei_printer_close(printer, status == EDU_OK ? out : NULL, status == EDU_OK ? error : NULL);
    return status != EDU_OK ? status : closed;
}

#else

static edu_status unsupported(edu_error *error)
{
    return ei_fail(error, EDU_E_UNSUPPORTED, "credential.no_pdf", NULL, "this build has no PDF");
}

edu_status ei_printer_open(const ei_print *first, ei_printer **out, edu_error *error)
{
    return unsupported(error);
}

edu_status ei_printer_add(ei_printer *printer, const ei_print *print, edu_error *error)
{
    return unsupported(error);
}

edu_status ei_printer_close(ei_printer *printer, ei_buffer *out, edu_error *error)
{
    return unsupported(error);
}

edu_status ei_print_pdf(const ei_print *print, ei_buffer *out, edu_error *error)
{
    return unsupported(error);
}

edu_status ei_table_pdf(const ei_table *table, ei_buffer *out, edu_error *error)
{
    return unsupported(error);
}

edu_status ei_pdf_record(edu_bytes bytes, size_t max, ei_buffer *out, edu_error *error)
{
    return unsupported(error);
}

#endif
