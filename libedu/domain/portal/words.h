/* Values in the words of the portal's languages, as they stand on paper. */
#ifndef EI_WORDS_H
#define EI_WORDS_H

#include "core/core.h"

/* The order in which tables of texts have the languages. */
enum { EI_ENGLISH, EI_AZERBAIJANI, EI_RUSSIAN, EI_LANGUAGES };
/* English for one that is not among them. */
int ei_language_index(const char *language);

#define EI_DATE_WORDS 48
/* "15 mart 2026": a civil date in words. */
void ei_date_words(const char *language, edu_date date, char out[EI_DATE_WORDS]);
/* "3,4 km", with the language's decimal sign. */
void ei_distance_words(const char *language, int64_t metres, char out[EI_DATE_WORDS]);

#endif
