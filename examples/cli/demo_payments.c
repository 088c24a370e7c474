/* Invoices of the demonstration. */
#include <time.h>
#include "cli.h"
#include "demo.h"

#define DAY (INT64_C(24) * 3600 * 1000000)

/* whose: index of the person; waived: of the amount, -1 for one that is cancelled. */
static const struct {
    size_t whose;
    const char *kind, *az, *en, *ru;
    int64_t amount, waived;
} invoices[] = {
    {0, "tuition", "Doktorantura üzrə təhsil haqqı, 2026/2027, I semestr",
     "Doctoral tuition, 2026/2027, first semester",
     "Плата за обучение в докторантуре, 2026/2027, I семестр", 125000, 0},
    {0, "tuition", "İxtisasartırma kursunun haqqı", "Fee of a further-training course",
     "Плата за курс повышения квалификации", 9000, -1},
    {1, "club", "Robototexnika dərnəyi, payız 2026", "Robotics club, autumn 2026",
     "Кружок робототехники, осень 2026", 6000, 1500},
    {1, "club", "Şahmat dərnəyi, payız 2026", "Chess club, autumn 2026",
     "Шахматный кружок, осень 2026", 4500, 0},
    {2, "club", "Rəsm dərnəyi, payız 2026", "Drawing club, autumn 2026",
     "Кружок рисования, осень 2026", 3000, 0},
};

static edu_status change(edu_session *finance, edu_id person, edu_id invoice, int64_t waived,
                         edu_error *error)
{
    if (waived < 0)
        return edu_payment_cancel(finance, person, invoice, "Kurs keçirilmir.", NULL, error);
    return waived > 0 ? edu_payment_waive(finance, person, invoice, waived,
                                          "Çoxuşaqlı ailə üçün güzəşt", NULL, error)
                      : EDU_OK;
}

static edu_date day_of(edu_time moment)
{
    struct tm day;
    const time_t seconds = (time_t)(moment / 1000000);
    gmtime_r(&seconds, &day);
    return (edu_date){(int16_t)(day.tm_year + 1900), (uint8_t)(day.tm_mon + 1),
                      (uint8_t)day.tm_mday};
}

edu_status demo_payments(edu_session *finance, const edu_id *persons, size_t count, edu_time now,
                         void (*set)(edu_time moment), edu_error *error)
{
    edu_status status = EDU_OK;
    for (size_t i = 0; status == EDU_OK && i < sizeof invoices / sizeof *invoices; i++) {
        edu_invoice_input input = EDU_INVOICE_INPUT_INIT;
        edu_id made;
        if (invoices[i].whose >= count)
            continue;
        input.person_id = persons[invoices[i].whose];
        input.kind = invoices[i].kind;
        input.title = json_pack("{s:s, s:s, s:s}", "az", invoices[i].az, "en", invoices[i].en, "ru",
                                invoices[i].ru);
        input.amount = invoices[i].amount;
        input.currency = "AZN";
        input.due = day_of(now + 30 * DAY);
        set(now - 9 * DAY + (edu_time)i * DAY);
        status = edu_payment_invoice(finance, &input, NULL, &made, error);
        json_decref(input.title);
        set(now - 8 * DAY + (edu_time)i * DAY);
        if (status == EDU_OK)
            status = change(finance, input.person_id, made, invoices[i].waived, error);
    }
    return status;
}
