/* No tags, no record attached, no check whether all is on the page: only what one sees. */
#include "pdf_peer.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <qrencode.h>
#include <stdlib.h>
#include <string.h>
#include "bench.h"

#define WIDTH 595.28
#define HEIGHT 841.89
#define MARGIN 48.0
#define CONTENT (WIDTH - 2 * MARGIN)
#define MODULE (0.5 * 72 / 25.4)

struct pdf_peer {
    cairo_surface_t *surface;
    cairo_t *cairo;
};

typedef struct ink {
    double red, green, blue;
} ink;

static const ink black = {0.1, 0.1, 0.12}, grey = {0.36, 0.38, 0.41}, accent = {0.56, 0.09, 0.22},
                 pale = {0.97, 0.95, 0.93};

static cairo_status_t write_out(void *closure, const unsigned char *data, unsigned length)
{
    ei_buffer_add(closure, data, length);
    return CAIRO_STATUS_SUCCESS;
}

pdf_peer *pdf_peer_open(ei_buffer *out)
{
    pdf_peer *peer = malloc(sizeof *peer);
    if (!peer)
        bench_fail("out of memory");
    peer->surface = cairo_pdf_surface_create_for_stream(write_out, out, WIDTH, HEIGHT);
    peer->cairo = cairo_create(peer->surface);
    return peer;
}

void pdf_peer_close(pdf_peer *peer)
{
    cairo_destroy(peer->cairo);
    cairo_surface_finish(peer->surface);
    cairo_surface_destroy(peer->surface);
    free(peer);
}

static double text(pdf_peer *peer, const char *says, double x, double y, double width, double size,
                   bool is_bold, ink with)
{
    int height;
    PangoLayout *layout = pango_cairo_create_layout(peer->cairo);
    PangoFontDescription *font = pango_font_description_from_string("DejaVu Sans");
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    if (is_bold)
        pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_layout_set_width(layout, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_text(layout, says, -1);
    cairo_set_source_rgb(peer->cairo, with.red, with.green, with.blue);
    cairo_move_to(peer->cairo, x, y);
    pango_cairo_show_layout(peer->cairo, layout);
    pango_layout_get_size(layout, NULL, &height);
    g_object_unref(layout);
    return (double)height / PANGO_SCALE;
}

static void box(pdf_peer *peer, double x, double y, double width, double height, ink with)
{
    cairo_set_source_rgb(peer->cairo, with.red, with.green, with.blue);
    cairo_rectangle(peer->cairo, x, y, width, height);
    cairo_fill(peer->cairo);
}

static double code(pdf_peer *peer, const char *says, double x, double y)
{
    QRcode *made = QRcode_encodeString(says, 0, QR_ECLEVEL_M, QR_MODE_8, 1);
    if (!made)
        bench_fail("no code");
    cairo_set_source_rgb(peer->cairo, 0, 0, 0);
    for (int at = 0; at < made->width * made->width; at++)
        if (made->data[at] & 1)
            cairo_rectangle(peer->cairo, x + at % made->width * MODULE,
                            y + at / made->width * MODULE, MODULE, MODULE);
    cairo_fill(peer->cairo);
    double side = made->width * MODULE;
    QRcode_free(made);
    return side;
}

static double field(pdf_peer *peer, const ei_print_field *shown, double y, double label_width,
                    double label, double value)
{
    double x = MARGIN + label_width + 12;
    double one =
        text(peer, shown->label, MARGIN, y + value - label, label_width, label, false, grey);
    double other = text(peer, shown->value, x, y, WIDTH - MARGIN - x, value, false, black);
    return one + value - label > other ? one + value - label : other;
}

static double large(pdf_peer *peer, const ei_print_field *shown, double y)
{
    box(peer, MARGIN, y, CONTENT, 62, pale);
    box(peer, MARGIN, y, 4, 62, accent);
    text(peer, shown->label, MARGIN + 16, y + 10, CONTENT - 28, 9.5, false, grey);
    text(peer, shown->value, MARGIN + 16, y + 24, CONTENT - 28, 25, true, black);
    return 62;
}

void pdf_peer_add(pdf_peer *peer, const ei_print *print)
{
    char host[256], number[EI_NUMBER_GROUPS];
    double y = MARGIN;
    box(peer, 0, 0, WIDTH, 10, accent);
    y += text(peer, print->issuer, MARGIN, y, CONTENT, 11, true, accent) + 16;
    y += text(peer, print->title, MARGIN, y, CONTENT, 24, true, black) + 4;
    y += text(peer, print->subtitle, MARGIN, y, CONTENT, 13, false, grey) + 20;
    for (size_t i = 0; i < print->count; i++)
        y += 8 + (print->fields[i].is_large ? large(peer, &print->fields[i], y)
                                            : field(peer, &print->fields[i], y, 150, 9.5, 12));
    double side = code(peer, print->qr, MARGIN, y + 18), x = MARGIN + side + 20, beside = y + 18;
    ei_number_groups(print->number, number);
    ei_print_host(print->qr, host);
    beside += text(peer, number, x, beside, WIDTH - MARGIN - x, 13, true, black) + 2;
    beside += text(peer, host, x, beside, WIDTH - MARGIN - x, 11, false, black) + 8;
    text(peer, print->note, x, beside, WIDTH - MARGIN - x, 10, false, grey);
    y += side + 22;
    y += text(peer, print->details_title, MARGIN, y, CONTENT, 9.5, true, grey) + 4;
    for (size_t i = 0; i < print->detail_count; i++)
        y += 2 + field(peer, &print->details[i], y, 196, 7, 7);
    cairo_show_page(peer->cairo);
}
