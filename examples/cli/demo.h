/* Parts of the demonstration. */
#ifndef DEMO_H
#define DEMO_H

#include <edu.h>

/* Past results of the International Mathematical Olympiad, a season a year, from the file of the
 * demonstration's data; proposed by one clerk and approved by the other. */
edu_status demo_archive(edu_session *operator_, edu_session *clerk, edu_session *second,
                        const char *path, edu_time now, edu_error *error);

/* Points for everybody who has a seat in the season, drawn from a fixed stream; published,
 * certified, and invited to the next round. */
edu_status demo_results(edu_session *operator_, edu_session *clerk, edu_session *second,
                        edu_id season, edu_id sitting, const char *next, edu_time now,
                        edu_error *error);

/* Who makes the appeals of citizens, and works on them. */
typedef struct demo_appeal_people {
    edu_session *parent, *clerk, *at_work, *head;
    edu_id executor; /* whose session at_work is */
    const edu_id *persons;
    size_t count;
    void (*set)(edu_time moment); /* of the clock */
} demo_appeal_people;
edu_status demo_appeals(const demo_appeal_people *with, edu_time now, edu_error *error);

/* Invoices of who has an account, the way each stands: to be paid, waived in part, cancelled. set:
 * of the clock; what is done to them is done a day after they were made. */
edu_status demo_payments(edu_session *finance, const edu_id *persons, size_t count, edu_time now,
                         void (*set)(edu_time moment), edu_error *error);

/* Programmes with their fees, the list of who is admitted to them (CSV), and registrations at every
 * stage; who has an account is left to register. persons: those. */
edu_status demo_admission(edu_session *operator_, edu_session *clerk, edu_bytes list,
                          const edu_id *persons, size_t count, edu_time now, edu_error *error);

/* Groups of clubs; some of the persons apply, by the clerk. */
edu_status demo_groups(edu_session *clerk, const edu_id *persons, size_t count, edu_time now,
                       edu_error *error);

/* What the services tell everybody; after the groups. */
edu_status demo_announcements(edu_session *clerk, edu_time now, edu_error *error);

/* Who takes part in rounds, and who judges: the first three of the jury have sessions. */
typedef struct demo_round_people {
    edu_session *clerk, *second, *at_work[3];
    const edu_id *jury, *pupils, *adults;
    size_t jury_count, pupil_count, adult_count;
    edu_time morning; /* ten o'clock today */
    void (*set)(edu_time moment);
} demo_round_people;
edu_status demo_rounds(const demo_round_people *with, edu_time now, edu_error *error);

/* Who applies for doctoral studies, the first by a session of their own, and who judges. */
#define DEMO_DOCTORAL_ADULTS 3
#define DEMO_DOCTORAL_PANEL 3
typedef struct demo_doctoral_people {
    edu_session *operator_, *clerk, *second, *own, *panel[DEMO_DOCTORAL_PANEL];
    edu_id adults[DEMO_DOCTORAL_ADULTS], panel_ids[DEMO_DOCTORAL_PANEL];
    edu_time morning; /* ten o'clock today */
    void (*set)(edu_time moment);
} demo_doctoral_people;
edu_status demo_doctoral(const demo_doctoral_people *with, edu_time now, edu_error *error);

#endif
