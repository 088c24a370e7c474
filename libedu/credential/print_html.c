/* The same document as a page of HTML that stands by itself: no script, no other file. */
#include <string.h>
#include "credential/credential.h"

/* Paper in the browser, and the browser's page on paper. */
static const char style_sheet[] =
    ":root{color-scheme:light}"
    "body{margin:0;background:#eceae7;color:#1a1a1f;"
    "font:16px/1.45 \"DejaVu Sans\",\"Segoe UI\",Roboto,Helvetica,Arial,sans-serif}"
    "main{box-sizing:border-box;max-width:48rem;margin:1.5rem auto;padding:2rem 2.5rem;"
    "background:#fff;border-top:.75rem solid #8f1738}"
    ".issuer{margin:0 0 1.5rem;font-weight:700;color:#8f1738}"
    "h1{margin:0;font-size:2rem;line-height:1.2}.subtitle{margin:.25rem 0 0;font-size:1.15rem;"
    "color:#55585e}table{width:100%;margin:1.5rem 0;border-collapse:collapse}"
    "th,td{padding:.5rem .75rem .5rem 0;border-bottom:1px solid #d8d5d0;text-align:left;"
    "vertical-align:top;overflow-wrap:anywhere}th{width:32%;font-weight:400;color:#55585e}"
    ".large td{font-size:1.4rem;font-weight:700;line-height:1.25}"
    ".check{display:flex;flex-wrap:wrap;gap:1.25rem;align-items:flex-start}"
    ".check svg{flex:none;max-width:100%;height:auto}"
    ".check div{flex:1 1 14rem}"
    ".check p{margin:0 0 .5rem}.number{font-weight:700;font-size:1.15rem}"
    "h2{margin:2rem 0 0;font-size:1rem}.details{margin:.5rem 0 0;font-size:.75rem}"
    ".details th{width:44%}.details th,.details td{padding:.2rem .5rem .2rem 0}"
    "@media(max-width:30rem){main{margin:0;padding:1.25rem 1rem}h1{font-size:1.6rem}"
    "th,td{display:block;width:auto;border:0;padding:0}th{padding-top:.6rem}"
    "td{padding-bottom:.6rem;border-bottom:1px solid #d8d5d0}"
    ".details th,.details td{width:auto;padding:.15rem 0}}"
    "@page{size:A4;margin:15mm}"
    "@media print{body{background:#fff;font-size:11pt}main{max-width:none;margin:0;padding:4mm 0 0;"
    "border-top:3mm solid #8f1738;print-color-adjust:exact;-webkit-print-color-adjust:exact}"
    "h1{font-size:22pt}.details{font-size:7pt}tr,.check{break-inside:avoid}"
    "h2{break-after:avoid}}";

static void element(ei_buffer *out, const char *name, const char *of_class, const char *text)
{
    if (!text || !*text)
        return;
    ei_buffer_printf(out, "<%s", name);
    if (of_class)
        ei_buffer_printf(out, " class=\"%s\"", of_class);
    ei_buffer_text(out, ">");
    ei_markup(out, text);
    ei_buffer_printf(out, "</%s>\n", name);
}

/* The roles are said, as a narrow screen shows the cells below each other. */
static void table(ei_buffer *out, const char *of_class, const ei_print_field *fields, size_t count)
{
    if (count == 0)
        return;
    ei_buffer_printf(out, "<table class=\"%s\" role=\"table\">\n", of_class);
    for (size_t i = 0; i < count; i++) {
        ei_buffer_printf(out, "<tr%s role=\"row\"><th scope=\"row\" role=\"rowheader\">",
                         fields[i].is_large ? " class=\"large\"" : "");
        ei_markup(out, fields[i].label);
        ei_buffer_text(out, "</th><td role=\"cell\">");
        ei_markup(out, fields[i].value);
        ei_buffer_text(out, "</td></tr>\n");
    }
    ei_buffer_text(out, "</table>\n");
}

static edu_status check(const ei_print *print, ei_buffer *out, edu_error *error)
{
    char host[256], number[EI_NUMBER_GROUPS] = "";
    ei_print_host(print->qr, host);
    if (print->number)
        ei_number_groups(print->number, number);
    ei_buffer_text(out, "<div class=\"check\">\n");
    if (print->qr)
        EI_TRY(ei_qr_picture(print->qr, print->code_about ? print->code_about : "QR", out, error));
    ei_buffer_text(out, "<div>\n");
    element(out, "p", "number", number);
    element(out, "p", NULL, host);
    element(out, "p", NULL, print->note);
    ei_buffer_text(out, "</div>\n</div>\n");
    return EDU_OK;
}

edu_status ei_print_html(const ei_print *print, ei_buffer *out, edu_error *error)
{
    ei_buffer_text(out, "<!DOCTYPE html>\n<html lang=\"");
    ei_markup(out, print->language);
    ei_buffer_text(out, "\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                        "content=\"width=device-width, initial-scale=1\">\n<title>");
    ei_markup(out, print->title);
    if (print->subtitle) {
        ei_buffer_text(out, ": ");
        ei_markup(out, print->subtitle);
    }
    ei_buffer_printf(out, "</title>\n<style>%s</style>\n</head>\n<body>\n<main>\n", style_sheet);
    element(out, "p", "issuer", print->issuer);
    element(out, "h1", NULL, print->title);
    element(out, "p", "subtitle", print->subtitle);
    table(out, "fields", print->fields, print->count);
    EI_TRY(check(print, out, error));
    if (print->detail_count > 0)
        element(out, "h2", NULL, print->details_title);
    table(out, "details", print->details, print->detail_count);
    ei_buffer_text(out, "</main>\n</body>\n</html>\n");
    return out->failed ? ei_no_memory(error) : EDU_OK;
}
