/* Texts of the library's own messages: those whose service is '' in outbox and notification. What
 * is in {braces} stands in the message's data; what is secret until it goes out, in its sealed
 * data, which is a JSON object too. */
#ifndef EI_TEXTS_H
#define EI_TEXTS_H

typedef struct ei_message_text {
    const char *template; /* as in outbox.template */
    const char *language;
    const char *subject; /* also the title of a notification */
    const char *text;
} ei_message_text;

/* In the language, else in English; NULL for an unknown template. Static. */
const ei_message_text *ei_message_text_find(const char *template, const char *language);

#endif
