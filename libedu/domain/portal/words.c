#include "domain/portal/words.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const months[EI_LANGUAGES][12] = {
    {"January", "February", "March", "April", "May", "June", "July", "August", "September",
     "October", "November", "December"},
    {"yanvar", "fevral", "mart", "aprel", "may", "iyun", "iyul", "avqust", "sentyabr", "oktyabr",
     "noyabr", "dekabr"},
    {"января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября",
     "октября", "ноября", "декабря"},
};

int ei_language_index(const char *language)
{
    if (language != NULL && strncmp(language, "az", 2) == 0)
        return EI_AZERBAIJANI;
    if (language != NULL && strncmp(language, "ru", 2) == 0)
        return EI_RUSSIAN;
    return EI_ENGLISH;
}

void ei_date_words(const char *language, edu_date date, char out[EI_DATE_WORDS])
{
    if (!ei_date_valid(date)) {
        out[0] = '\0';
        return;
    }
    int index = ei_language_index(language);
    snprintf(out, EI_DATE_WORDS, "%d %s %d%s", date.day, months[index][date.month - 1], date.year,
             index == EI_RUSSIAN ? " г." : "");
}

void ei_distance_words(const char *language, int64_t metres, char out[EI_DATE_WORDS])
{
    int index = ei_language_index(language);
    int64_t tenths = (metres + 50) / 100;
    snprintf(out, EI_DATE_WORDS, "%" PRId64 "%c%" PRId64 " %s", tenths / 10,
             index == EI_ENGLISH ? '.' : ',', tenths % 10, index == EI_RUSSIAN ? "км" : "km");
}
