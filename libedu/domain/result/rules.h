/* The rules of a round as data, and what follows from them for a list of results: pure, without
 * storage. docs/results.md describes the JSON. */
#ifndef EI_RULES_H
#define EI_RULES_H

#include "core/core.h"

#define EI_PROBLEMS_MAX 40
#define EI_TIES_MAX 8
#define EI_AWARDS_MAX 16

/* ---- rules.c ---- */

typedef struct ei_problem_rule {
    const char *code;
    int64_t maximum;
    int32_t grade_from, grade_to; /* 0 and 12: for all, also where the grade is not known */
} ei_problem_rule;

typedef enum ei_tie_kind { EI_TIE_PROBLEM, EI_TIE_SOLVED, EI_TIE_GRADE } ei_tie_kind;
typedef struct ei_tie_rule {
    ei_tie_kind kind;
    size_t problem; /* of EI_TIE_PROBLEM */
} ei_tie_rule;

typedef enum ei_cut_kind {
    EI_CUT_POINTS,   /* value or more points */
    EI_CUT_PERMILLE, /* the best value permille of those who took part */
    EI_CUT_PLACES,   /* the best value */
    EI_CUT_SOLVED,   /* all points in value or more problems */
    EI_CUT_NONE      /* given by an archive's file only */
} ei_cut_kind;
typedef struct ei_cut {
    ei_cut_kind kind;
    int64_t value;
    int64_t least; /* points that are needed besides */
    bool ties_in;  /* who share the last place: all of them, or none */
} ei_cut;

typedef struct ei_award_rule {
    const char *code;
    json_t *title;
    ei_cut cut;
    bool has_certificate;
} ei_award_rule;

typedef struct ei_rules {
    json_t *json; /* owns the texts */
    int decimals;
    size_t problem_count, best, tie_count, award_count; /* best: so many problems count; 0: all */
    ei_problem_rule problems[EI_PROBLEMS_MAX];
    ei_tie_rule ties[EI_TIES_MAX];
    bool is_dense, by_grade, by_region;
    ei_award_rule awards[EI_AWARDS_MAX]; /* the best first */
    const char *next;                    /* code of the next round's season; NULL */
    ei_cut advance;
    bool certifies_participants, certifies_total, certifies_rank;
    int64_t appeal_days;
    bool is_blind;
} ei_rules;

/* EDU_E_INVALID with the JSON Pointer of the first fault. Finish always. */
edu_status ei_rules_read(json_t *json, ei_rules *out, edu_error *error);
void ei_rules_finish(ei_rules *rules);
/* NULL where there is no such award. */
const ei_award_rule *ei_rules_award(const ei_rules *rules, const char *code);
bool ei_problem_applies(const ei_problem_rule *problem, int32_t grade);

/* ---- ranking.c ---- */

#define EI_POINTS_NONE (-1)

/* Points by problem; EI_POINTS_NONE where not known or not for this grade. */
typedef struct ei_marks {
    int64_t points[EI_PROBLEMS_MAX];
} ei_marks;

/* What the rules make of the points. */
int64_t ei_marks_total(const ei_rules *rules, const ei_marks *marks);

typedef struct ei_ranked {
    /* given */
    const char *region;
    int32_t grade;
    bool takes_part; /* present and counted */
    bool has_marks;  /* else only the total is known */
    int64_t total;
    ei_marks marks;
    /* found */
    char division[72];
    int32_t place, overall;     /* 0: none */
    const ei_award_rule *award; /* NULL: none */
    bool advances;
} ei_ranked;

/* Ranks, awards and who goes on, the same whatever the order of the rows. */
edu_status ei_rank(const ei_rules *rules, ei_ranked *rows, size_t count, edu_error *error);

#endif
