/* Drawing by cairo and pango, and what is remembered for pdf_finish.c. */
#include "credential/credential.h"

#ifdef EDU_HAVE_PDF
#include "credential/canvas.h"

#include <hb.h>
#include <string.h>

#define FONT "DejaVu Sans"

const colour ei_ink = {0.1, 0.1, 0.12};
const colour ei_grey = {0.36, 0.38, 0.41};
const colour ei_accent = {0.56, 0.09, 0.22};
const colour ei_pale = {0.97, 0.95, 0.93};

static void *grow(canvas *on, growing *list, size_t size)
{
    if (list->count == list->room) {
        size_t room = list->room ? 2 * list->room : 4;
        void *items = ei_realloc_array(list->items, room, size);
        if (!items) {
            on->failed = true;
            return NULL;
        }
        list->items = items;
        list->room = room;
    }
    return (char *)list->items + list->count++ * size;
}

static const char *kept(canvas *on, const char *text)
{
    const char *copy = on->arena ? ei_arena_strdup(on->arena, text) : NULL;
    on->failed = on->failed || !copy;
    return copy;
}

static cairo_status_t write_out(void *closure, const unsigned char *data, unsigned length)
{
    ei_buffer_add(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

static void set_metadata(canvas *on)
{
    cairo_pdf_surface_set_metadata(on->surface, CAIRO_PDF_METADATA_TITLE, on->title);
    cairo_pdf_surface_set_metadata(on->surface, CAIRO_PDF_METADATA_AUTHOR, on->author);
    cairo_pdf_surface_set_metadata(on->surface, CAIRO_PDF_METADATA_CREATOR, "libedu");
    if (on->made != EDU_TIME_NONE) {
        char made[32];
        ei_time_format(on->made / 1000000 * 1000000, made);
        cairo_pdf_surface_set_metadata(on->surface, CAIRO_PDF_METADATA_CREATE_DATE, made);
    }
}

/* Fonts are looked up once a thread: pango's own map belongs to it. */
static void open_text(canvas *on)
{
    on->pango = pango_cairo_create_context(on->cairo);
    pango_context_set_round_glyph_positions(on->pango, FALSE);
    pango_context_set_language(on->pango, pango_language_from_string(on->language));
    on->ways = pango_attr_list_new();
    pango_attr_list_insert(on->ways, pango_attr_font_features_new("liga=0, clig=0"));
    pango_attr_list_insert(on->ways, pango_attr_insert_hyphens_new(FALSE));
    for (int i = 0; i < 2; i++) {
        on->fonts[i] = pango_font_description_from_string(FONT);
        pango_font_description_set_weight(on->fonts[i],
                                          i ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    }
}

void ei_canvas_open(canvas *on, const file_about *about)
{
    *on = (canvas){.language = about->language,
                   .title = about->title,
                   .author = about->author,
                   .made = about->made};
    on->arena = ei_arena_new();
    on->surface =
        cairo_pdf_surface_create_for_stream(write_out, &on->drawn, PAGE_WIDTH, PAGE_HEIGHT);
    set_metadata(on);
    on->cairo = cairo_create(on->surface);
    open_text(on);
    ei_canvas_begin(on, "Document");
}

void ei_canvas_abandon(canvas *on)
{
    if (on->cairo)
        cairo_destroy(on->cairo);
    cairo_surface_destroy(on->surface);
    for (size_t i = 0; i < LAYOUT_SLOTS; i++)
        if (on->slots[i].layout)
            g_object_unref(on->slots[i].layout);
    if (on->pango)
        g_object_unref(on->pango);
    pango_attr_list_unref(on->ways);
    for (int i = 0; i < 2; i++)
        pango_font_description_free(on->fonts[i]);
    ei_buffer_free(&on->drawn);
    ei_buffer_free(&on->behind);
    ei_free(on->backgrounds.items);
    ei_free(on->figures.items);
    ei_free(on->attachments.items);
    ei_arena_free(on->arena);
    *on = (canvas){0};
}

edu_status ei_canvas_close(canvas *on, ei_buffer *out, edu_error *error)
{
    ei_canvas_end(on, "Document");
    cairo_destroy(on->cairo);
    on->cairo = NULL;
    cairo_surface_finish(on->surface);
    bool is_good = cairo_surface_status(on->surface) == CAIRO_STATUS_SUCCESS && !on->failed &&
                   !on->drawn.failed && !on->behind.failed;
    edu_status status = is_good ? ei_pdf_finish(on, out, error) : ei_no_memory(error);
    ei_canvas_abandon(on);
    return status;
}

/* ---- text ---- */

bool ei_canvas_bounded(const char *text)
{
    return !text || strnlen(text, TEXT_MAX + 1) <= TEXT_MAX;
}

static PangoLayout *lay_anew(canvas *on, const char *text, int width, style with)
{
    PangoLayout *layout = pango_layout_new(on->pango);
    PangoFontDescription *font = on->fonts[with.is_bold];
    pango_font_description_set_absolute_size(font, with.size * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_layout_set_width(layout, width);
    pango_layout_set_attributes(layout, on->ways);
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout, text, -1);
    return layout;
}

/* FNV-1a */
static size_t slot_of(const char *text, int width, style with)
{
    uint64_t hash = 0xcbf29ce484222325 ^ (uint64_t)width ^ (uint64_t)(with.size * 4) << 32;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3;
    return (size_t)(hash >> 32) % LAYOUT_SLOTS;
}

PangoLayout *ei_canvas_lay(canvas *on, const char *text, double points, style with)
{
    int width = (int)(points * PANGO_SCALE);
    layout_slot *slot = &on->slots[slot_of(text, width, with)];
    bool is_it = slot->layout && slot->width == width && slot->size == with.size &&
                 slot->is_bold == with.is_bold &&
                 strcmp(pango_layout_get_text(slot->layout), text) == 0;
    if (!is_it) {
        if (slot->layout)
            g_object_unref(slot->layout);
        *slot = (layout_slot){lay_anew(on, text, width, with), width, with.size, with.is_bold};
    }
    return g_object_ref(slot->layout);
}

double ei_canvas_height(PangoLayout *layout)
{
    int width, height;
    pango_layout_get_size(layout, &width, &height);
    return (double)height / PANGO_SCALE;
}

/* What pango leaves out at the end of a line: without it two words would be one to whoever listens.
 */
static unsigned long space_of(PangoFont *font)
{
    hb_codepoint_t glyph = 0;
    hb_font_get_nominal_glyph(pango_font_get_hb_font(font), ' ', &glyph);
    return glyph;
}

/* Pango's own drawing also says which letters each glyph stands for, in marks within ours that
 * readers stumble over. Glyphs that stand for a letter each need none. */
static void show_run(canvas *on, const PangoGlyphItem *run, const char *text, double x, double y)
{
    enum { GLYPHS = 128 };
    cairo_glyph_t glyphs[GLYPHS];
    int count = 0;
    PangoFont *font = run->item->analysis.font;
    cairo_set_scaled_font(on->cairo, pango_cairo_font_get_scaled_font(PANGO_CAIRO_FONT(font)));
    for (int i = 0; i < run->glyphs->num_glyphs; i++) {
        const PangoGlyphInfo *info = &run->glyphs->glyphs[i];
        unsigned long glyph = info->glyph;
        if (glyph == PANGO_GLYPH_EMPTY &&
            text[run->item->offset + run->glyphs->log_clusters[i]] == ' ')
            glyph = space_of(font);
        if (glyph != PANGO_GLYPH_EMPTY)
            glyphs[count++] =
                (cairo_glyph_t){glyph, x + (double)info->geometry.x_offset / PANGO_SCALE,
                                y + (double)info->geometry.y_offset / PANGO_SCALE};
        x += (double)info->geometry.width / PANGO_SCALE;
        if (count == GLYPHS || i + 1 == run->glyphs->num_glyphs) {
            cairo_show_glyphs(on->cairo, glyphs, count);
            count = 0;
        }
    }
}

void ei_canvas_show(canvas *on, PangoLayout *layout, double x, double y, colour with)
{
    const char *text = pango_layout_get_text(layout);
    cairo_set_source_rgb(on->cairo, with.red, with.green, with.blue);
    /* Of letters that no font has, pango draws the codes. */
    if (pango_layout_get_unknown_glyphs_count(layout) > 0) {
        cairo_move_to(on->cairo, x, y);
        pango_cairo_show_layout(on->cairo, layout);
        return;
    }
    PangoLayoutIter *at = pango_layout_get_iter(layout);
    do {
        const PangoGlyphItem *run = pango_layout_iter_get_run_readonly(at);
        PangoRectangle box;
        if (!run)
            continue;
        pango_layout_iter_get_run_extents(at, NULL, &box);
        show_run(on, run, text, x + (double)box.x / PANGO_SCALE,
                 y + (double)pango_layout_iter_get_baseline(at) / PANGO_SCALE);
    } while (pango_layout_iter_next_run(at));
    pango_layout_iter_free(at);
}

double ei_canvas_text(canvas *on, const char *text, double x, double y, double width, style with)
{
    PangoLayout *layout = ei_canvas_lay(on, text, width, with);
    double height = ei_canvas_height(layout);
    ei_canvas_show(on, layout, x, y, with.with);
    g_object_unref(layout);
    return height;
}

style ei_canvas_fit(canvas *on, const char *text, double width, int lines, double least, style with)
{
    for (; with.size > least; with.size -= 1) {
        PangoLayout *layout = ei_canvas_lay(on, text, width, with);
        int needed = pango_layout_get_line_count(layout);
        g_object_unref(layout);
        if (needed <= lines)
            break;
    }
    return with;
}

/* ---- what is no text ---- */

void ei_canvas_behind(canvas *on, double x, double y, double width, double height, colour with)
{
    ei_buffer_printf(&on->behind, "%.3f %.3f %.3f rg %.2f %.2f %.2f %.2f re f\n", with.red,
                     with.green, with.blue, x, PAGE_HEIGHT - y - height, width, height);
}

/* Drawn as a mask of one bit a module: cairo's paths of that many rectangles are slow. */
static void draw_modules(canvas *on, int width, const uint8_t *modules, double x, double y)
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

void ei_canvas_qr(canvas *on, int width, const uint8_t *modules, double x, double y,
                  const char *alternative)
{
    double side = width * MODULE, bottom = PAGE_HEIGHT - y - side;
    figure *added = grow(on, &on->figures, sizeof *added);
    if (added)
        *added = (figure){on->sections - 1,
                          on->places,
                          kept(on, alternative),
                          {x, bottom, x + side, bottom + side}};
    ei_canvas_begin(on, "Figure");
    draw_modules(on, width, modules, x, y);
    ei_canvas_end(on, "Figure");
}

/* ---- structure ---- */

void ei_canvas_begin(canvas *on, const char *tag)
{
    if (on->depth == 1) {
        on->sections++;
        on->places = 0;
    } else if (on->depth == 2) {
        on->places++;
    }
    on->depth++;
    cairo_tag_begin(on->cairo, tag, NULL);
}

void ei_canvas_end(canvas *on, const char *tag)
{
    on->depth--;
    cairo_tag_end(on->cairo, tag);
}

void ei_canvas_page(canvas *on)
{
    const char **added = grow(on, &on->backgrounds, sizeof *added);
    if (added)
        *added = kept(on, on->behind.size ? on->behind.data : "");
    on->failed = on->failed || on->behind.failed;
    ei_buffer_free(&on->behind);
    on->behind = (ei_buffer){0};
    cairo_show_page(on->cairo);
}

size_t ei_canvas_pages(const canvas *on)
{
    return on->backgrounds.count;
}

void ei_canvas_attach(canvas *on, const char *name, const char *about, const char *text)
{
    attachment *added = grow(on, &on->attachments, sizeof *added);
    if (added)
        *added = (attachment){ei_canvas_pages(on), kept(on, name), kept(on, about), kept(on, text)};
}
#endif
