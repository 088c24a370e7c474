/* Files of comma-separated values. */
#include "fuzz.h"

static const char *const columns[] = {"name", "born", "place?", "note?", NULL};
enum { COLUMNS = 4 };

/* What is written of a record reads as the record; a formula gets its ' in front. */
static void write_again(const char *const *fields)
{
    ei_buffer text = {0};
    ei_csv *csv = NULL;
    const char *const *again = NULL;
    bool more = false;
    edu_error error = EDU_ERROR_INIT;
    ei_buffer_text(&text, "name,born,place,note\r\n");
    for (int i = 0; i < COLUMNS; i++)
        ei_csv_write(&text, fields[i], i == COLUMNS - 1);
    MUST(!text.failed);
    MUST(ei_csv_open((edu_bytes){text.data, text.size}, columns, &csv, &error) == EDU_OK);
    edu_status status = ei_csv_next(csv, &again, &more, &error);
    MUST(status == EDU_OK || status == EDU_E_LIMIT);
    for (int i = 0; status == EDU_OK && i < COLUMNS; i++) {
        bool is_formula = fields[i][0] != '\0' && strchr("=+-@\t\r", fields[i][0]) != NULL;
        MUST(more && strcmp(again[i] + is_formula, fields[i]) == 0);
        MUST(!is_formula || again[i][0] == '\'');
    }
    ei_csv_close(csv);
    ei_buffer_free(&text);
}

static void read_all(ei_csv *csv, size_t size)
{
    const char *const *fields = NULL;
    bool more = true;
    int64_t line = 1;
    while (more) {
        edu_error error = EDU_ERROR_INIT;
        edu_status status = ei_csv_next(csv, &fields, &more, &error);
        fuzz_refused(status, &error);
        if (status != EDU_OK) {
            MUST(error.line >= line);
            return;
        }
        MUST(!more || ei_csv_line(csv) > line);
        MUST(ei_csv_offset(csv) <= (int64_t)size);
        line = more ? ei_csv_line(csv) : line;
        if (more)
            write_again(fields);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    ei_csv *csv = NULL;
    edu_error error = EDU_ERROR_INIT;
    edu_status status = ei_csv_open((edu_bytes){data, size}, columns, &csv, &error);
    fuzz_refused(status, &error);
    if (status == EDU_OK)
        read_all(csv, size);
    ei_csv_close(csv);
    return 0;
}
