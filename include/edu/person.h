/** @file edu/person.h
 *  One person who is there twice: found, looked at side by side, told apart or merged.
 *
 *  Registers know a person by a number or a document, each of which is one person's; who was told of
 * once by the one and once by the other is there twice. Clerks and admins merge them, of those whom
 * they cover: a clerk of a region, where both are pupils of its schools or act for such. docs/persons.md
 * tells what becomes of what.
 *  @since 0.2.0 */
#ifndef EDU_PERSON_H
#define EDU_PERSON_H

#include <edu/portal.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Two who have one name, however it is written, and one birth day. */
EDU_RECORD
typedef struct edu_duplicate {
    edu_id person_id;
    edu_id other_id;
    edu_time found;
    const char *given;
    const char *family;
    const char *patronymic; /**< NULL where there is none */
    edu_date birth;
    const char *institution_name; /**< of the school attended now; NULL */
    bool has_account;
    const char *other_given;
    const char *other_family;
    const char *other_patronymic;       /**< NULL */
    const char *other_institution_name; /**< NULL */
    bool other_has_account;
} edu_duplicate;
EDU_PAGE(edu_duplicate);

/** What merging two persons would do, or has done. */
EDU_RECORD
typedef struct edu_merge {
    edu_id kept_id;
    edu_id merged_id;
    json_t *against; /**< array of {"key", "message"}: why it may not be; empty where it may */
    json_t *moved;   /**< object: how many of what become the kept person's, such as "applications" */
    const char *account; /**< whose sign-in goes on: "kept", "merged", "none"; "both" where the merged
                            person's ends, as the kept person has one */
    json_t *identifiers; /**< object: who has a "number", a "document", a "mail", a "phone": "kept",
                            "merged", "both", "none"; what the kept person has stays */
} edu_merge;

/** Likely duplicates, the first found first; without those that edu_person_distinct told apart.
 *  Clerks and admins.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_person_duplicates(edu_session *session,
                                                               const char *cursor, int32_t limit,
                                                               edu_duplicate_page **out,
                                                               edu_error *error);

/** Says that the two are two people: they are no likely duplicates any more.
 *  @return EDU_E_NOT_FOUND where they were none, or are not the session's to see.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_person_distinct(edu_session *session, edu_id person_id,
                                                             edu_id other_id, const char *key,
                                                             edu_error *error);

/** What edu_person_merge would do, and what stands against it. Nothing is changed.
 *  @param out freed by edu_free.
 *  @return EDU_E_NOT_FOUND where either is not the session's to see; EDU_E_INVALID "person.same".
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_person_merge_preview(edu_session *session,
                                                                  edu_id kept_id, edu_id merged_id,
                                                                  edu_merge **out,
                                                                  edu_error *error);

/** Makes everything of one person another's, who is the same: applications with their chains of
 * events, family, registers, certificates, accounts of money, messages. What is looked for by the
 * merged person's number, document or id (edu_account_person, edu_privacy_export) is found with the
 * kept one's; other calls know the old id no more. The kept person's account goes on, or the merged
 * one's where there is no other; all sign-ins of the merged person end. It cannot be undone.
 *  @param out what was done; freed by edu_free.
 *  @return EDU_E_NOT_FOUND and EDU_E_INVALID as for the preview; EDU_E_STATE with the first of what
 * stands against it:
 *  "person.own" one of the two is the session's own; "person.merged" one is merged already;
 *  "person.erased"; "person.not_registered" the kept one is in no register, and the other is;
 *  "person.births" two birth days; "person.numbers" two numbers; "person.has_role" the merged one has a
 * role; "person.staff" the kept one has, and the session is no admin's; "person.merged_often" the
 * keys of too many are theirs already; "person.own_guardian", "person.both_applied",
 *  "person.both_enrolled", "person.both_admitted", "person.both_seated", "person.both_in_season",
 *  "person.both_owe" they have in two lives what one person has once; "person.two_places",
 *  "person.clash" they are to be in two places at one time; "person.being_placed" an allocation or a
 * ranking that has the merged one is being made; "person.own_judge" one scores the other.
 *  @since 0.2.0 */
EDU_IO EDU_API EDU_MUST_CHECK edu_status edu_person_merge(edu_session *session, edu_id kept_id,
                                                          edu_id merged_id, const char *key,
                                                          edu_merge **out, edu_error *error);

#ifdef __cplusplus
}
#endif
#endif
