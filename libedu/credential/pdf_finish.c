/* What cairo does not write into a PDF, added by libqpdf; and the record taken out of one. */
#include "credential/credential.h"

#ifdef EDU_HAVE_PDF
#include "credential/canvas.h"

#include <qpdf/qpdf-c.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

/* ---- texts of other formats ---- */

static void add_metadata(const canvas *on, ei_buffer *out)
{
    char made[32];
    ei_buffer_text(out, "<?xpacket begin=\"\xef\xbb\xbf\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\n"
                        "<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"><rdf:RDF "
                        "xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n"
                        "<rdf:Description rdf:about=\"\" "
                        "xmlns:dc=\"http://purl.org/dc/elements/1.1/\" "
                        "xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\">\n"
                        "<dc:format>application/pdf</dc:format>\n"
                        "<dc:title><rdf:Alt><rdf:li xml:lang=\"x-default\">");
    ei_markup(out, on->title);
    ei_buffer_text(out, "</rdf:li></rdf:Alt></dc:title>\n<dc:creator><rdf:Seq><rdf:li>");
    ei_markup(out, on->author);
    ei_buffer_text(out, "</rdf:li></rdf:Seq></dc:creator>\n<dc:language><rdf:Bag><rdf:li>");
    ei_markup(out, on->language);
    ei_buffer_text(out, "</rdf:li></rdf:Bag></dc:language>\n"
                        "<xmp:CreatorTool>libedu</xmp:CreatorTool>\n");
    if (on->made != EDU_TIME_NONE) {
        ei_time_format(on->made / 1000000 * 1000000, made);
        ei_buffer_printf(out, "<xmp:CreateDate>%s</xmp:CreateDate>\n", made);
    }
    ei_buffer_text(out, "</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end=\"r\"?>");
}

/* ---- small words for libqpdf's long ones ---- */

static qpdf_oh get(qpdf_data pdf, qpdf_oh from, const char *key)
{
    return qpdf_oh_get_key(pdf, from, key);
}

static void set(qpdf_data pdf, qpdf_oh in, const char *key, qpdf_oh value)
{
    qpdf_oh_replace_key(pdf, in, key, value);
}

static qpdf_oh text_of(qpdf_data pdf, const char *text)
{
    return qpdf_oh_new_unicode_string(pdf, text);
}

static qpdf_oh stream_of(qpdf_data pdf, const char *data, size_t size)
{
    qpdf_oh made = qpdf_oh_new_stream(pdf), none = qpdf_oh_new_null(pdf);
    qpdf_oh_replace_stream_data(pdf, made, (const unsigned char *)data, size, none, none);
    return made;
}

/* ---- the parts ---- */

static void set_catalogue(qpdf_data pdf, const canvas *on, edu_bytes metadata)
{
    qpdf_oh root = qpdf_get_root(pdf), held = stream_of(pdf, metadata.data, metadata.size);
    qpdf_oh about = qpdf_oh_get_dict(pdf, held);
    set(pdf, about, "/Type", qpdf_oh_new_name(pdf, "/Metadata"));
    set(pdf, about, "/Subtype", qpdf_oh_new_name(pdf, "/XML"));
    set(pdf, root, "/Metadata", held);
    set(pdf, root, "/Lang", text_of(pdf, on->language));
    set(pdf, root, "/ViewerPreferences", qpdf_oh_parse(pdf, "<< /DisplayDocTitle true >>"));
}

/* A stream of its own before the page's, so that cairo's stays as it is. */
static void set_background(qpdf_data pdf, qpdf_oh page, const char *drawing)
{
    ei_buffer text = {0};
    if (!*drawing)
        return;
    ei_buffer_printf(&text, "/Artifact BMC q\n%sQ EMC\n", drawing);
    if (!text.failed) {
        qpdf_oh list = qpdf_oh_new_array(pdf);
        qpdf_oh_append_item(pdf, list, stream_of(pdf, text.data, text.size));
        qpdf_oh_append_item(pdf, list, get(pdf, page, "/Contents"));
        set(pdf, page, "/Contents", list);
    }
    ei_buffer_free(&text);
}

/* Fonts in the file say how their glyphs are counted; cairo leaves it to the reader to assume. */
static void set_fonts(qpdf_data pdf, qpdf_oh page)
{
    qpdf_oh fonts = qpdf_oh_get_key_if_dict(pdf, get(pdf, page, "/Resources"), "/Font");
    if (!qpdf_oh_is_dictionary(pdf, fonts))
        return;
    qpdf_oh_begin_dict_key_iter(pdf, fonts);
    while (qpdf_oh_dict_more_keys(pdf)) {
        qpdf_oh font = get(pdf, fonts, qpdf_oh_dict_next_key(pdf));
        qpdf_oh inner = qpdf_oh_get_key_if_dict(pdf, font, "/DescendantFonts");
        if (!qpdf_oh_is_array(pdf, inner))
            continue;
        inner = qpdf_oh_get_array_item(pdf, inner, 0);
        if (!qpdf_oh_has_key(pdf, inner, "/CIDToGIDMap"))
            set(pdf, inner, "/CIDToGIDMap", qpdf_oh_new_name(pdf, "/Identity"));
    }
}

static void set_pages(qpdf_data pdf, const canvas *on)
{
    const char *const *drawings = on->backgrounds.items;
    for (size_t i = 0; i < on->backgrounds.count; i++) {
        qpdf_oh page = qpdf_get_page_n(pdf, i);
        set_background(pdf, page, drawings[i]);
        set_fonts(pdf, page);
        qpdf_oh_release_all(pdf);
    }
}

/* An only child is in no list. */
static qpdf_oh child(qpdf_data pdf, qpdf_oh of, size_t n)
{
    qpdf_oh children = get(pdf, of, "/K");
    return qpdf_oh_is_array(pdf, children) ? qpdf_oh_get_array_item(pdf, children, (int)n)
                                           : children;
}

static void set_figures(qpdf_data pdf, const canvas *on)
{
    const figure *figures = on->figures.items;
    for (size_t i = 0; i < on->figures.count; i++) {
        const double *box = figures[i].box;
        char about[128];
        qpdf_oh at = child(pdf, get(pdf, qpdf_get_root(pdf), "/StructTreeRoot"), 0);
        at = child(pdf, child(pdf, at, figures[i].section), figures[i].place);
        (void)snprintf(about, sizeof about, "<< /O /Layout /BBox [%.2f %.2f %.2f %.2f] >>", box[0],
                       box[1], box[2], box[3]);
        set(pdf, at, "/Alt", text_of(pdf, figures[i].alternative));
        set(pdf, at, "/A", qpdf_oh_parse(pdf, about));
        qpdf_oh_release_all(pdf);
    }
}

static qpdf_oh embedded(qpdf_data pdf, const attachment *one)
{
    char size[64];
    qpdf_oh held = stream_of(pdf, one->text, strlen(one->text));
    qpdf_oh about = qpdf_oh_get_dict(pdf, held);
    (void)snprintf(size, sizeof size, "<< /Size %zu >>", strlen(one->text));
    set(pdf, about, "/Type", qpdf_oh_new_name(pdf, "/EmbeddedFile"));
    set(pdf, about, "/Subtype", qpdf_oh_new_name(pdf, "/application#2fvc+json"));
    set(pdf, about, "/Params", qpdf_oh_parse(pdf, size));
    return held;
}

static qpdf_oh file_of(qpdf_data pdf, const attachment *one)
{
    qpdf_oh file = qpdf_oh_parse(pdf, "<< /Type /Filespec /AFRelationship /Source >>"),
            parts = qpdf_oh_new_dictionary(pdf), held = embedded(pdf, one);
    set(pdf, parts, "/F", held);
    set(pdf, parts, "/UF", held);
    set(pdf, file, "/F", text_of(pdf, one->name));
    set(pdf, file, "/UF", text_of(pdf, one->name));
    set(pdf, file, "/Desc", text_of(pdf, one->about));
    set(pdf, file, "/EF", parts);
    return qpdf_make_indirect_object(pdf, file);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const attachment *)a)->name, ((const attachment *)b)->name);
}

/* One file belongs to the document, of several each to the page on which its paper begins. */
static void set_attachments(qpdf_data pdf, const canvas *on)
{
    attachment *files = on->attachments.items;
    size_t count = on->attachments.count;
    if (count == 0)
        return;
    qpdf_oh list = qpdf_make_indirect_object(pdf, qpdf_oh_new_array(pdf)),
            tree = qpdf_oh_new_dictionary(pdf), names = qpdf_oh_new_dictionary(pdf),
            root = qpdf_get_root(pdf);
    qsort(files, count, sizeof *files, by_name);
    for (size_t i = 0; i < count; i++) {
        qpdf_oh file = file_of(pdf, &files[i]), owner = root;
        if (count > 1)
            owner = qpdf_get_page_n(pdf, files[i].page);
        set(pdf, owner, "/AF", qpdf_oh_wrap_in_array(pdf, file));
        qpdf_oh_append_item(pdf, list, text_of(pdf, files[i].name));
        qpdf_oh_append_item(pdf, list, file);
    }
    set(pdf, tree, "/Names", list);
    set(pdf, names, "/EmbeddedFiles", tree);
    set(pdf, root, "/Names", names);
}

/* ---- the whole ---- */

static edu_status not_written(edu_error *error)
{
    return ei_fail(error, EDU_E_IO, "credential.pdf", NULL, "the PDF could not be finished");
}

/* libqpdf writes errors that nobody asked for to where the program's own go. */
static void close_pdf(qpdf_data pdf)
{
    while (qpdf_has_error(pdf))
        (void)qpdf_get_error(pdf);
    qpdf_cleanup(&pdf);
}

static qpdf_data open_pdf(const void *data, size_t size)
{
    qpdf_data pdf = qpdf_init();
    if (!pdf)
        return NULL;
    qpdf_silence_errors(pdf);
    qpdf_set_suppress_warnings(pdf, QPDF_TRUE);
    if (!(qpdf_read_memory(pdf, "document", data, size, NULL) & QPDF_ERRORS))
        return pdf;
    close_pdf(pdf);
    return NULL;
}

/* Streams stay as they are: cairo has compressed its own, and a record that is not compressed can
 * be found without a reader of PDF. The id comes from the content. */
static bool write_pdf(qpdf_data pdf, ei_buffer *out)
{
    if (qpdf_init_write_memory(pdf) & QPDF_ERRORS)
        return false;
    qpdf_set_compress_streams(pdf, QPDF_FALSE);
    qpdf_set_object_stream_mode(pdf, qpdf_o_disable);
    qpdf_set_deterministic_ID(pdf, QPDF_TRUE);
    qpdf_set_minimum_pdf_version(pdf, "1.7");
    if (qpdf_write(pdf) & QPDF_ERRORS)
        return false;
    ei_buffer_add(out, qpdf_get_buffer(pdf), qpdf_get_buffer_length(pdf));
    return true;
}

edu_status ei_pdf_finish(const canvas *on, ei_buffer *out, edu_error *error)
{
    ei_buffer metadata = {0};
    (void)ei_memory_was_short();
    add_metadata(on, &metadata);
    qpdf_data pdf = metadata.failed ? NULL : open_pdf(on->drawn.data, on->drawn.size);
    bool is_good = pdf != NULL;
    if (is_good) {
        set_catalogue(pdf, on, (edu_bytes){metadata.data, metadata.size});
        set_pages(pdf, on);
        set_figures(pdf, on);
        set_attachments(pdf, on);
        is_good = !qpdf_has_error(pdf) && write_pdf(pdf, out);
        close_pdf(pdf);
    }
    ei_buffer_free(&metadata);
    if (ei_memory_was_short())
        return ei_no_memory(error);
    return is_good ? EDU_OK : not_written(error);
}

/* ---- a record out of a file ---- */

static edu_status no_record(edu_error *error)
{
    return ei_fail(error, EDU_E_INVALID, "credential.pdf_record", NULL,
                   "the PDF does not carry one signed record, as certificates of this portal do");
}

static edu_status too_large(edu_error *error)
{
    return ei_fail(error, EDU_E_LIMIT, "credential.pdf_record", NULL,
                   "the file or the record in it is too large");
}

static bool is_json(qpdf_data pdf, qpdf_oh file)
{
    qpdf_oh name = qpdf_oh_get_key_if_dict(pdf, file, "/UF");
    const char *text = qpdf_oh_is_string(pdf, name) ? qpdf_oh_get_utf8_value(pdf, name) : "";
    size_t length = strlen(text);
    return length > 5 && strcmp(text + length - 5, ".json") == 0;
}

/* The stream of the only embedded JSON; one that is not initialised where it is not so. */
static bool find_record(qpdf_data pdf, qpdf_oh *out)
{
    int found = 0;
    qpdf_oh at = qpdf_oh_get_key_if_dict(pdf, qpdf_get_root(pdf), "/Names");
    at = qpdf_oh_get_key_if_dict(pdf, at, "/EmbeddedFiles");
    at = qpdf_oh_get_key_if_dict(pdf, at, "/Names");
    int count = qpdf_oh_is_array(pdf, at) ? qpdf_oh_get_array_n_items(pdf, at) : 0;
    for (int i = 1; i < count && found < 2; i += 2) {
        qpdf_oh file = qpdf_oh_get_array_item(pdf, at, i);
        if (!is_json(pdf, file))
            continue;
        *out = qpdf_oh_get_key_if_dict(pdf, qpdf_oh_get_key_if_dict(pdf, file, "/EF"), "/F");
        found += qpdf_oh_is_stream(pdf, *out) ? 1 : 2;
    }
    return found == 1;
}

/* Never unpacks more than it may. */
static edu_status unpack(edu_bytes packed, size_t max, ei_buffer *out, edu_error *error)
{
    unsigned char block[4096];
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)packed.data,
                       .avail_in = (unsigned)packed.size};
    int state = inflateInit(&stream);
    if (state != Z_OK)
        return ei_no_memory(error);
    while (state == Z_OK && out->size <= max) {
        stream.next_out = block;
        stream.avail_out = sizeof block;
        state = inflate(&stream, Z_NO_FLUSH);
        ei_buffer_add(out, block, sizeof block - stream.avail_out);
    }
    inflateEnd(&stream);
    if (out->size > max)
        return too_large(error);
    return state == Z_STREAM_END ? EDU_OK : no_record(error);
}

static edu_status read_record(qpdf_data pdf, size_t max, ei_buffer *out, edu_error *error)
{
    qpdf_oh held;
    unsigned char *data = NULL;
    size_t size = 0;
    if (!find_record(pdf, &held))
        return no_record(error);
    qpdf_oh filter = qpdf_oh_get_key_if_dict(pdf, qpdf_oh_get_dict(pdf, held), "/Filter");
    bool is_plain = qpdf_oh_is_null(pdf, filter);
    if ((!is_plain && !qpdf_oh_is_name_and_equals(pdf, filter, "/FlateDecode")) ||
        (qpdf_oh_get_stream_data(pdf, held, qpdf_dl_none, NULL, &data, &size) & QPDF_ERRORS))
        return no_record(error);
    edu_status status = EDU_OK;
    if (!is_plain)
        status = unpack((edu_bytes){data, size}, max, out, error);
    else if (size > max)
        status = too_large(error);
    else
        ei_buffer_add(out, data, size);
    free(data);
    return status == EDU_OK && out->failed ? ei_no_memory(error) : status;
}

/* Tables of objects that are packed themselves are not followed, nor is a broken file mended: the
 * portal writes neither, and unpacking them has no bound. */
edu_status ei_pdf_record(edu_bytes bytes, size_t max, ei_buffer *out, edu_error *error)
{
    if (bytes.size > EI_PDF_MAX)
        return too_large(error);
    qpdf_data pdf = qpdf_init();
    if (!pdf)
        return ei_no_memory(error);
    qpdf_silence_errors(pdf);
    qpdf_set_suppress_warnings(pdf, QPDF_TRUE);
    qpdf_set_ignore_xref_streams(pdf, QPDF_TRUE);
    qpdf_set_attempt_recovery(pdf, QPDF_FALSE);
    edu_status status =
        qpdf_read_memory(pdf, "document", bytes.data, bytes.size, NULL) & QPDF_ERRORS
            ? no_record(error)
            : read_record(pdf, max, out, error);
    close_pdf(pdf);
    return status;
}
#endif
