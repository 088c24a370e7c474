/** @file edu/form.h
 *  Forms by JSON Schema 2020-12: is this form filled in as its schema says, and if not, where not?
 *  Nothing here needs a portal, a store or a network.
 *
 *  A schema may use the keywords of the core, applicator, unevaluated and validation vocabularies,
 *  and refer to itself and to the bundled metaschema; nothing is fetched, and dynamic references
 *  are not supported. Numbers are compared as decimals, as they are written. All is bounded: a
 *  schema has at most 1 MiB, a form 4 MiB, either 200,000 values and 128 levels; patterns take time
 *  linear in the text, and a judgement that takes too many steps is given up ("form.too_complex").
 *
 *  A schema is **strict** as a service publishes it: keywords and formats that are not known are
 *  refused, and formats are asserted. Otherwise it is read by the standard: what is not known is
 *  ignored, and formats only describe.
 *  @since 0.2.0 */
#ifndef EDU_FORM_H
#define EDU_FORM_H

#include <edu/types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What judging a form found. */
EDU_RECORD
typedef struct edu_form_report {
    bool is_valid;
    json_t *errors; /**< array, at most 100, empty where valid. Each an object: `field`, JSON
                       Pointer to the field, also to one that is missing; `key`, stable, for
                       translation, such as "form.required"; `parameters`, an object for the
                       translated text, such as {"limit": 3}; `message`, English; `schema`, JSON
                       Pointer to the keyword */
    json_t *data;   /**< the form to be stored; NULL from edu_form_check */
} edu_form_report;

/** Judges a form, both as texts. What is wrong with the form is in the report, also that it is no
 *  JSON or too large; failures are about the schema.
 *  @param is_strict judge as a published service does; else by the standard.
 *  @param out freed by edu_free.
 *  @return EDU_E_INVALID, EDU_E_LIMIT with the JSON Pointer and a key "form.schema…" where the
 *  schema is refused.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_form_check(edu_bytes schema, edu_bytes data,
                                                        bool is_strict, edu_form_report **out,
                                                        edu_error *error);

/** Takes a form as a service does: leaves out what no active branch of the schema speaks of, such
 *  as a field that another answer has hidden since, and judges the rest, strictly. An object of
 *  whose members the schema says nothing is left whole. A report that is not valid has such data
 *  too: drafts are kept so.
 *  @param out freed by edu_free.
 *  @return as edu_form_check; EDU_E_INVALID "form.not_json", EDU_E_LIMIT "form.too_big",
 *  "form.too_deep", "form.too_complex" where data is not to be judged at all.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_form_accept(json_t *schema, json_t *data,
                                                         edu_form_report **out, edu_error *error);

/** A form to be drawn, or one that was read. */
EDU_RECORD
typedef struct edu_form_view {
    json_t *content; /**< of edu_form_show, a page: docs/forms.md has its form; of edu_form_read,
                        the form that was filled in */
} edu_form_view;

/** Checks the hints, which say how a form is shown: order, sections, texts by language, widgets.
 *  Every field of the schema has its place and its texts in all languages of the title; a pointer
 *  that the schema does not have is refused. docs/forms.md has their form.
 *  @return EDU_E_INVALID "form.hints" with the JSON Pointer into the hints; "form.schema_shown"
 * with that into the schema, where it has what a page cannot ask for; as edu_form_check besides.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_form_check_hints(json_t *schema, json_t *hints,
                                                              edu_error *error);

/** The form as a page shows it: sections of fields with their texts in one language, choices, the
 *  values of data, and which of them what was answered so far makes active. A front end draws it,
 *  whatever it is written in.
 *  @param data object of what was filled in so far; empty at first.
 *  @param language such as "az"; another than those of the hints gets their first.
 *  @param out freed by edu_free.
 *  @return as edu_form_check_hints.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_form_show(json_t *schema, json_t *hints, json_t *data,
                                                       const char *language, edu_form_view **out,
                                                       edu_error *error);

/** What a page posted, as the form: numbers, truths, lists and objects from texts. Blank ones are
 *  left out; what is not of its kind stays a text, which edu_form_accept refuses at its field.
 *  @param posted object of texts, or arrays of texts, by name; a field's name is its pointer, parts
 * of a date have `#day`, `#month` and `#year` behind it. `add` with the pointer of a list adds a
 * row, `remove` with that of a row takes it out.
 *  @param out freed by edu_free.
 *  @return as edu_form_check; EDU_E_INVALID "form.schema_shown".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_form_read(json_t *schema, json_t *posted,
                                                       edu_form_view **out, edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
