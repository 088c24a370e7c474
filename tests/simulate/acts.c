#include "simulate/acts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "fixture.h"

#define RECENT 14 /* groups, seasons that people still do something about */

static const edu_id none = {{0}};

/* What the portal calls what the model has numbers for. */
static struct {
    edu_id groups[GROUPS_MAX], requests[REQUESTS_MAX], seasons[SEASONS_MAX], sittings[SEASONS_MAX],
        entries[ENTRIES_MAX], invoices[INVOICES_MAX], intents[INTENTS_MAX], appeals[APPEALS_MAX];
    int64_t group_codes[GROUPS_MAX];
    char papers[PUPILS][24];
} ids;

static model *followed; /* what groups are now, and which days are off */

void acts_begin(model *m)
{
    memset(&ids, 0, sizeof ids);
    followed = m;
}

/* SplitMix64 */
uint32_t draw_of(uint64_t *draws, uint32_t below)
{
    uint64_t z = *draws += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (uint32_t)((z ^ (z >> 31)) >> 16) % below;
}

static const char *const names[ACT_KINDS] = {"link asked",
                                             "link decided",
                                             "link ended",
                                             "group opened",
                                             "places changed",
                                             "applied",
                                             "left",
                                             "dismissed",
                                             "request seen",
                                             "season opened",
                                             "registered",
                                             "withdrawn",
                                             "seats given",
                                             "invoice",
                                             "waived",
                                             "cancelled",
                                             "refunded",
                                             "paying",
                                             "captured",
                                             "not paid",
                                             "settled",
                                             "invoice seen",
                                             "appeal",
                                             "appeal step",
                                             "appeal seen",
                                             "corrected",
                                             "reference",
                                             "revocation asked",
                                             "revocation decided",
                                             "holiday"};

const char *acts_name(act_kind kind)
{
    return names[kind];
}

bool acts_has_key(act_kind kind)
{
    return kind != ACT_SEE_REQUEST && kind != ACT_SEE_INVOICE && kind != ACT_SEE_APPEAL &&
           kind != ACT_CAPTURED && kind != ACT_NOT_PAID && kind != ACT_SETTLE &&
           kind != ACT_HOLIDAY && kind != ACT_SEASON_OPEN && kind != ACT_SEATS;
}

/* ---- drawing ---- */

static actor a_guardian(const model *m, uint64_t *draws, int pupil)
{
    int from = (int)draw_of(draws, ADULTS);
    for (int i = 0; i < ADULTS; i++)
        if (m->links[(from + i) % ADULTS][pupil] == LINK_ACTIVE)
            return (actor){WHO_ADULT, (from + i) % ADULTS};
    return (actor){WHO_ADULT, from};
}

/* Mostly somebody who may. */
static actor somebody(const model *m, uint64_t *draws, int pupil)
{
    uint32_t which = draw_of(draws, 100);
    if (which < 18)
        return (actor){WHO_PUPIL, pupil};
    if (which < 55)
        return a_guardian(m, draws, pupil);
    if (which < 62)
        return (actor){WHO_ADULT, (int)draw_of(draws, ADULTS)};
    if (which < 66)
        return (actor){WHO_PUPIL, (int)draw_of(draws, PUPILS)};
    if (which < 75)
        return (actor){WHO_SCHOOL, model_school_of(pupil)};
    if (which < 79)
        return (actor){WHO_SCHOOL, (int)draw_of(draws, MODEL_SCHOOLS)};
    if (which < 92)
        return (actor){WHO_CLERK, 0};
    return (actor){which < 95 ? WHO_SECOND : which < 97 ? WHO_EXECUTOR : WHO_FINANCE, 0};
}

static actor mostly(who usual, int number, uint64_t *draws, actor other)
{
    return draw_of(draws, 10) > 0 ? (actor){usual, number} : other;
}

/* One of the last so many. */
static int recent(int count, int most, uint64_t *draws)
{
    int from = count > most ? count - most : 0;
    return from + (int)draw_of(draws, (uint32_t)(count - from));
}

static void draw_link(const model *m, uint64_t *draws, act *out)
{
    out->adult = (int)draw_of(draws, ADULTS);
    out->flag = draw_of(draws, 4) > 0;
    if (out->kind == ACT_LINK_ASK)
        out->by = (actor){WHO_ADULT, out->adult};
    else if (out->kind == ACT_LINK_DECIDE)
        out->by =
            mostly(WHO_SCHOOL, model_school_of(out->pupil), draws, somebody(m, draws, out->pupil));
    else
        out->by = mostly(WHO_ADULT, out->adult, draws, somebody(m, draws, out->pupil));
    /* A request that waits is looked for. */
    for (int i = 0; i < PUPILS * ADULTS && out->kind == ACT_LINK_DECIDE; i++) {
        int pupil = (out->pupil + i) % PUPILS, adult = (out->adult + i / PUPILS) % ADULTS;
        if (m->links[adult][pupil] != LINK_ASKED)
            continue;
        out->by = mostly(WHO_SCHOOL, model_school_of(pupil), draws, somebody(m, draws, pupil));
        out->pupil = pupil;
        out->adult = adult;
        return;
    }
}

static void draw_group(uint64_t *draws, act *out)
{
    int school = (int)draw_of(draws, MODEL_SCHOOLS);
    int64_t opens = out->now + (int64_t)draw_of(draws, 3 * 24 * 60) * MINUTE - DAY;
    out->by = (actor){WHO_SCHOOL, school};
    out->group =
        (struct group){.places = 1 + (int)draw_of(draws, 5),
                       .age_from = draw_of(draws, 3) == 0 ? 14 : 0,
                       .age_until = draw_of(draws, 3) == 0 ? 15 : 0,
                       .slot = (int)draw_of(draws, 5) - 1,
                       .school = school,
                       .opens = opens,
                       .closes = opens + (int64_t)(1 + draw_of(draws, 20 * 24 * 60)) * MINUTE};
}

static void draw_season(uint64_t *draws, act *out)
{
    int64_t opens = out->now + (int64_t)draw_of(draws, 2 * 24 * 60) * MINUTE;
    int grade = 7 + (int)draw_of(draws, 3);
    out->by = (actor){WHO_CLERK, 0};
    out->season.opens = opens;
    out->season.closes = opens + (int64_t)(60 + draw_of(draws, 6 * 24 * 60)) * MINUTE;
    /* Often at the same hour as another. */
    out->season.starts =
        (out->season.closes / DAY + 2 + (int64_t)draw_of(draws, 3)) * DAY + 6 * 60 * MINUTE;
    out->season.grade_from = grade;
    out->season.grade_to = grade + (int)draw_of(draws, (uint32_t)(10 - grade));
}

static bool draw_request(const model *m, uint64_t *draws, act *out)
{
    if (m->request_count == 0)
        return false;
    out->which = recent(m->request_count, 120, draws);
    out->pupil = m->requests[out->which].pupil;
    out->by = somebody(m, draws, out->pupil);
    if (out->kind == ACT_DISMISS)
        out->by =
            mostly(WHO_SCHOOL, m->groups[m->requests[out->which].group].school, draws, out->by);
    return true;
}

static bool draw_invoice(const model *m, uint64_t *draws, act *out)
{
    if (m->invoice_count == 0)
        return false;
    out->which = recent(m->invoice_count, 60, draws);
    out->pupil = m->invoices[out->which].pupil;
    out->amount = 1 + draw_of(draws, draw_of(draws, 2) ? 100 : 5000);
    out->by = somebody(m, draws, out->pupil);
    if (out->kind != ACT_PAY && out->kind != ACT_SEE_INVOICE)
        out->by = mostly(WHO_FINANCE, 0, draws, out->by);
    if (out->kind == ACT_WAIVE && draw_of(draws, 8) == 0)
        out->amount = model_due(&m->invoices[out->which]) + (int64_t)draw_of(draws, 2);
    if (out->amount < 1)
        out->amount = 1;
    return true;
}

static bool draw_callback(const model *m, uint64_t *draws, act *out)
{
    if (m->intent_count == 0)
        return false;
    out->which = recent(m->intent_count, 30, draws);
    const struct intent *one = &m->intents[out->which];
    out->amount = one->paid ? one->paid : one->amount + (draw_of(draws, 12) == 0 ? 500 : 0);
    return true;
}

static bool draw_appeal_step(const model *m, uint64_t *draws, act *out)
{
    static const appeal_step next[][3] = {
        [RECEIVED] = {ROUTE, ROUTE, TAKE_BACK},  [QUEUED] = {ASSIGN, ASSIGN, ROUTE},
        [ASSIGNED] = {ASK, ANSWER, EXTEND},      [ASKED] = {REPLY, REPLY, ANSWER},
        [DRAFTED] = {APPROVE, SEND, RETURN},     [APPROVED] = {SEND, SEND, RETURN},
        [ANSWERED] = {REOPEN, REOPEN, TRANSFER}, [TAKEN_BACK] = {REOPEN, ASK, SEND}};
    if (m->appeal_count == 0)
        return false;
    out->which = recent(m->appeal_count, 40, draws);
    const struct appeal *one = &m->appeals[out->which];
    out->pupil = one->pupil;
    out->step = draw_of(draws, 5) ? next[one->state][draw_of(draws, 3)]
                                  : (appeal_step)draw_of(draws, APPEAL_STEPS);
    out->to = draw_of(draws, 2) ? SCHOOLS : (department)(1 + draw_of(draws, DEPARTMENTS - 1));
    out->amount = 1 + draw_of(draws, 7);
    out->by = somebody(m, draws, out->pupil);
    if (out->step != TAKE_BACK && out->step != REPLY && out->step != REOPEN)
        out->by = mostly(draw_of(draws, 2) ? WHO_EXECUTOR : WHO_CLERK, 0, draws, out->by);
    return true;
}

static bool draw_entry(const model *m, uint64_t *draws, act *out)
{
    if (m->entry_count == 0)
        return false;
    out->which = recent(m->entry_count, 80, draws);
    out->pupil = m->entries[out->which].pupil;
    out->by = somebody(m, draws, out->pupil);
    return true;
}

/* A season whose registration is over and whose seats are not given. */
static bool draw_seats(const model *m, act *out)
{
    for (int i = 0; i < m->season_count; i++)
        if (!m->seasons[i].is_confirmed && out->now >= m->seasons[i].closes &&
            out->now < m->seasons[i].starts) {
            out->which = i;
            return true;
        }
    return false;
}

/* A day that was one of work until now, in some weeks at most. */
static bool draw_holiday(const model *m, uint64_t *draws, act *out)
{
    out->which = model_day(out->now) + 1 + (int)draw_of(draws, 20);
    return model_is_working_day(m, out->which) && out->which < CALENDAR_DAYS - 60;
}

static bool draw_paper(const model *m, uint64_t *draws, act *out)
{
    /* Of few pupils, so that what was issued is asked for again. */
    out->pupil = (int)draw_of(draws, PUPILS / 4) * 4;
    out->by = somebody(m, draws, out->pupil);
    out->flag = draw_of(draws, 3) > 0;
    if (out->kind == ACT_CORRECT)
        out->by = mostly(WHO_SCHOOL, model_school_of(out->pupil), draws, out->by);
    if (out->kind == ACT_REVOKE || out->kind == ACT_AGREE)
        out->by = mostly(draw_of(draws, 2) ? WHO_CLERK : WHO_SECOND, 0, draws, out->by);
    return (out->kind != ACT_REVOKE && out->kind != ACT_AGREE) || m->papers[out->pupil].ends > 0;
}

static bool fill(const model *m, uint64_t *draws, act *out)
{
    out->by = (actor){WHO_CLERK, 0};
    switch (out->kind) {
    case ACT_LINK_ASK:
    case ACT_LINK_DECIDE:
    case ACT_LINK_END:
        draw_link(m, draws, out);
        return true;
    case ACT_GROUP_OPEN:
        draw_group(draws, out);
        return m->group_count < GROUPS_MAX;
    case ACT_GROUP_PLACES:
    case ACT_APPLY:
        if (m->group_count == 0)
            return false;
        out->which = recent(m->group_count, RECENT, draws);
        out->amount = draw_of(draws, 7);
        out->by = somebody(m, draws, out->pupil);
        if (out->kind == ACT_GROUP_PLACES)
            out->by = mostly(WHO_SCHOOL, m->groups[out->which].school, draws, out->by);
        return m->request_count < REQUESTS_MAX;
    case ACT_LEAVE:
    case ACT_DISMISS:
    case ACT_SEE_REQUEST:
        return draw_request(m, draws, out);
    case ACT_SEASON_OPEN:
        draw_season(draws, out);
        return m->season_count < SEASONS_MAX;
    case ACT_REGISTER:
        if (m->season_count == 0)
            return false;
        out->which = recent(m->season_count, RECENT, draws);
        out->by = somebody(m, draws, out->pupil);
        return m->entry_count < ENTRIES_MAX;
    case ACT_WITHDRAW:
        return draw_entry(m, draws, out);
    case ACT_SEATS:
        return draw_seats(m, out);
    case ACT_INVOICE:
        out->amount = 100 + draw_of(draws, 20000);
        out->by = mostly(WHO_FINANCE, 0, draws, somebody(m, draws, out->pupil));
        return m->invoice_count < INVOICES_MAX;
    case ACT_WAIVE:
    case ACT_CANCEL:
    case ACT_REFUND:
    case ACT_PAY:
    case ACT_SEE_INVOICE:
        return draw_invoice(m, draws, out);
    case ACT_CAPTURED:
    case ACT_NOT_PAID:
        return draw_callback(m, draws, out);
    case ACT_APPEAL:
        out->category = (enum category)draw_of(draws, CATEGORIES);
        out->by = somebody(m, draws, out->pupil);
        return m->appeal_count < APPEALS_MAX;
    case ACT_APPEAL_STEP:
    case ACT_SEE_APPEAL:
        return draw_appeal_step(m, draws, out);
    case ACT_CORRECT:
    case ACT_REFER:
    case ACT_REVOKE:
    case ACT_AGREE:
        return draw_paper(m, draws, out);
    case ACT_HOLIDAY:
        return draw_holiday(m, draws, out);
    default:
        return true;
    }
}

/* How often each happens, of a thousand or so. */
static const uint16_t shares[ACT_KINDS] = {
    [ACT_LINK_ASK] = 40,    [ACT_LINK_DECIDE] = 45, [ACT_LINK_END] = 6,   [ACT_GROUP_OPEN] = 14,
    [ACT_GROUP_PLACES] = 8, [ACT_APPLY] = 260,      [ACT_LEAVE] = 70,     [ACT_DISMISS] = 25,
    [ACT_SEE_REQUEST] = 15, [ACT_SEASON_OPEN] = 6,  [ACT_REGISTER] = 150, [ACT_WITHDRAW] = 50,
    [ACT_SEATS] = 4,        [ACT_INVOICE] = 35,     [ACT_WAIVE] = 15,     [ACT_CANCEL] = 8,
    [ACT_REFUND] = 15,      [ACT_PAY] = 50,         [ACT_CAPTURED] = 45,  [ACT_NOT_PAID] = 8,
    [ACT_SETTLE] = 6,       [ACT_SEE_INVOICE] = 15, [ACT_APPEAL] = 35,    [ACT_APPEAL_STEP] = 160,
    [ACT_SEE_APPEAL] = 15,  [ACT_CORRECT] = 10,     [ACT_REFER] = 35,     [ACT_REVOKE] = 8,
    [ACT_AGREE] = 12,       [ACT_HOLIDAY] = 2};

static act_kind draw_kind(uint64_t *draws)
{
    uint32_t sum = 0;
    for (int i = 0; i < ACT_KINDS; i++)
        sum += shares[i];
    uint32_t at = draw_of(draws, sum);
    int kind = 0;
    while (at >= shares[kind])
        at -= shares[kind++];
    return (act_kind)kind;
}

act acts_draw(model *m, uint64_t *draws, int64_t number, int64_t now, const rush *at)
{
    bool is_aimed = at->left > 0 && draw_of(draws, 5) > 0;
    for (;;) {
        act made = {.kind = draw_kind(draws), .number = number, .now = now};
        made.pupil = (int)draw_of(draws, PUPILS);
        if (is_aimed)
            made.kind = at->kind;
        if (!fill(m, draws, &made))
            continue;
        if (is_aimed)
            made.which = at->which;
        return made;
    }
}

/* ---- what must come of it ---- */

static verdict of_sight(bool sees)
{
    return (verdict){.outcome = sees ? DONE : NOT_FOUND};
}

verdict acts_predict(const model *m, const act *what)
{
    actor by = what->by;
    switch (what->kind) {
    case ACT_LINK_DECIDE:
        return model_link_decide(m, by, what->adult, what->pupil);
    case ACT_LINK_END:
        return model_link_end(m, by, what->adult, what->pupil);
    case ACT_GROUP_PLACES:
        return model_places(m, by, what->which, (int)what->amount);
    case ACT_APPLY:
        return model_apply(m, by, what->pupil, what->which, what->now);
    case ACT_LEAVE:
    case ACT_DISMISS:
        return model_leave(m, by, what->which, what->kind == ACT_DISMISS);
    case ACT_SEE_REQUEST:
        return of_sight(model_sees_request(m, by, what->which));
    case ACT_REGISTER:
        return model_register(m, by, what->pupil, what->which, what->now);
    case ACT_WITHDRAW:
        return model_withdraw(m, by, what->which, what->now);
    case ACT_SEATS:
        return model_seats(m, what->which);
    case ACT_INVOICE:
        return (verdict){.outcome = by.who == WHO_FINANCE ? DONE : DENIED};
    case ACT_WAIVE:
        return model_waive(m, by, what->which, what->amount);
    case ACT_CANCEL:
        return model_cancel(m, by, what->which);
    case ACT_REFUND:
        return model_refund(m, by, what->which, what->amount);
    case ACT_PAY:
        return model_pay(m, by, what->which);
    case ACT_SEE_INVOICE:
        return of_sight(model_sees_invoice(m, by, what->which));
    case ACT_APPEAL:
        return model_appeal(m, by, what->pupil);
    case ACT_APPEAL_STEP:
        return model_appeal_step(m, by, what->which, what->step, (int)what->amount, what->to,
                                 what->now);
    case ACT_SEE_APPEAL:
        return of_sight(model_sees_appeal(m, by, what->which));
    case ACT_CORRECT:
        return model_correct(m, by, what->pupil);
    case ACT_REFER:
        return model_refer(m, by, what->pupil);
    case ACT_REVOKE:
        return model_revoke(m, by, what->pupil);
    case ACT_AGREE:
        return model_agree(m, by, what->pupil);
    default:
        return (verdict){.outcome = DONE};
    }
}

/* ---- doing it ---- */

typedef struct call {
    const act *what;
    edu_session *session;
    edu_id person; /* the pupil */
    char key[40];
    result *out;
    edu_error *error;
} call;

static edu_status do_link(const call *c)
{
    const act *what = c->what;
    edu_id adult = life_adult(what->adult);
    if (what->kind == ACT_LINK_ASK)
        return edu_account_guardian_request(c->session, life_number(what->pupil),
                                            life_birth(what->pupil), c->key, c->error);
    if (what->kind == ACT_LINK_DECIDE)
        return edu_account_guardian_decide(c->session, adult, c->person, what->flag, c->key,
                                           c->error);
    return edu_account_guardian_end(c->session, adult, c->person, c->key, c->error);
}

static json_t *times_of(int slot)
{
    return slot < 0
               ? json_array()
               : json_pack("[{s:i, s:s, s:s}]", "day", 1 + slot, "from", "16:00", "until", "17:30");
}

static edu_status put_group(const call *c, const struct group *one, int64_t number, int places)
{
    char code[24];
    edu_offering_input input = EDU_OFFERING_INPUT_INIT;
    (void)snprintf(code, sizeof code, "g-%" PRId64, number);
    input.service = "club";
    input.code = code;
    input.title = json_pack("{s:s}", "en", "A group");
    input.institution = life_school(one->school);
    input.opens = one->opens;
    input.closes = one->closes;
    input.is_published = true;
    input.places = places;
    input.age_from = one->age_from;
    input.age_until = one->age_until;
    input.times = times_of(one->slot);
    edu_status status = edu_offering_put(c->session, &input, c->key, &c->out->id, c->error);
    json_decref(input.title);
    json_decref(input.times);
    return status;
}

static edu_status do_apply(const call *c)
{
    edu_id draft;
    edu_request_receipt *receipt = NULL;
    char saving[64];
    (void)snprintf(saving, sizeof saving, "%s-draft", c->key);
    json_t *form = json_pack("{s:s}", "phone", "+994 50 123 45 67");
    edu_status status = edu_draft_save(c->session, c->person, ids.groups[c->what->which], none,
                                       form, NULL, saving, &draft, c->error);
    json_decref(form);
    if (status == EDU_OK)
        status = edu_request_submit(c->session, c->person, draft, c->key, &receipt, c->error);
    if (status == EDU_OK) {
        c->out->id = receipt->id;
        c->out->detail = strcmp(receipt->state, "enrolled") == 0 ? ENROLLED : WAITING;
    }
    edu_free(receipt);
    return status;
}

static edu_status do_see_request(const call *c)
{
    edu_request *found = NULL;
    edu_status status =
        edu_request_get(c->session, c->person, ids.requests[c->what->which], &found, c->error);
    if (status == EDU_OK)
        c->out->detail = found->position;
    edu_free(found);
    return status;
}

static edu_status do_season(const call *c)
{
    const struct season *one = &c->what->season;
    char code[24], key[64];
    edu_season_new input = EDU_SEASON_NEW_INIT;
    edu_sitting_new sitting = EDU_SITTING_NEW_INIT;
    (void)snprintf(code, sizeof code, "s-%" PRId64, c->what->number);
    input.code = code;
    input.title = json_pack("{s:s}", "en", "A season");
    input.subject = "chess";
    input.subject_title = json_pack("{s:s}", "en", "Chess");
    input.grade_from = sitting.grade_from = one->grade_from;
    input.grade_to = sitting.grade_to = one->grade_to;
    input.opens = one->opens;
    input.closes = one->closes;
    sitting.code = "main";
    sitting.starts = one->starts;
    sitting.minutes = 180;
    edu_status status =
        edu_olympiad_season_create(c->session, &input, c->key, &sitting.season_id, c->error);
    json_decref(input.title);
    json_decref(input.subject_title);
    (void)snprintf(key, sizeof key, "%s-sitting", c->key);
    if (status == EDU_OK)
        status = edu_olympiad_sitting_create(c->session, &sitting, key, &c->out->id, c->error);
    (void)snprintf(key, sizeof key, "%s-publish", c->key);
    if (status == EDU_OK)
        status = edu_olympiad_season_publish(c->session, sitting.season_id, key, c->error);
    return status;
}

static const edu_progress silent;

static edu_status do_seats(const call *c)
{
    char key[64];
    edu_id sitting = ids.sittings[c->what->which];
    edu_session *second = life_session((actor){WHO_SECOND, 0});
    edu_status status = edu_sitting_freeze(c->session, sitting, NULL, c->key, c->error);
    (void)snprintf(key, sizeof key, "%s-allocate", c->key);
    if (status == EDU_OK)
        status = edu_sitting_allocate(c->session, sitting, silent, key, &c->out->id, c->error);
    (void)snprintf(key, sizeof key, "%s-confirm", c->key);
    if (status == EDU_OK)
        status = edu_sitting_confirm(second, c->out->id, silent, key, c->error);
    return status;
}

static edu_status do_invoice(const call *c)
{
    edu_invoice_input input = EDU_INVOICE_INPUT_INIT;
    input.person_id = c->person;
    input.kind = "books";
    input.title = json_pack("{s:s}", "en", "Books");
    input.amount = c->what->amount;
    input.currency = "AZN";
    edu_status status = edu_payment_invoice(c->session, &input, c->key, &c->out->id, c->error);
    json_decref(input.title);
    return status;
}

static edu_status do_pay(const call *c)
{
    edu_payment_intent *intent = NULL;
    edu_status status = edu_payment_pay(c->session, c->person, ids.invoices[c->what->which], c->key,
                                        &intent, c->error);
    if (status == EDU_OK) {
        c->out->id = intent->id;
        c->out->detail = intent->amount;
    }
    edu_free(intent);
    return status;
}

/* The payment's name follows from the visit: a second callback is of the same payment. */
static edu_status do_callback(const call *c)
{
    char id[EDU_ID_TEXT], at[32], fact[400];
    edu_id_format(ids.intents[c->what->which], id);
    ei_time_format(c->what->now, at);
    if (c->what->kind == ACT_NOT_PAID)
        (void)snprintf(fact, sizeof fact, "{\"order\":\"%s\",\"state\":\"refused\"}", id);
    else
        (void)snprintf(
            fact, sizeof fact,
            "{\"order\":\"%s\",\"payment\":\"P-%d\",\"state\":\"captured\",\"amount\":%" PRId64
            ",\"currency\":\"AZN\",\"at\":\"%s\"}",
            id, c->what->which, c->what->amount, at);
    return life_callback(fact, c->error);
}

/* A job: until there is nothing left to do. */
static edu_status until_done(edu_status (*job)(edu_session *, int32_t, int32_t *, edu_error *),
                             edu_error *error)
{
    edu_status status = EDU_OK;
    int32_t done = 1;
    while (status == EDU_OK && done > 0)
        status = job(life_operator(), 100, &done, error);
    return status;
}

static edu_status do_see_invoice(const call *c)
{
    edu_invoice *found = NULL;
    edu_status status =
        edu_payment_get(c->session, c->person, ids.invoices[c->what->which], &found, c->error);
    if (status == EDU_OK)
        c->out->detail = found->remaining;
    edu_free(found);
    return status;
}

static const char *const categories[CATEGORIES] = {"documents", "building", "teaching",
                                                   "suggestion"};

static int64_t instant(edu_time at)
{
    return at == EDU_TIME_NONE ? 0 : at;
}

static edu_status do_appeal(const call *c)
{
    edu_appeal_receipt *receipt = NULL;
    edu_appeal_input input = EDU_APPEAL_INPUT_INIT;
    bool is_staff = c->what->by.who != WHO_PUPIL && c->what->by.who != WHO_ADULT;
    input.channel = is_staff ? "hotline" : "electronic";
    input.person_id = c->person;
    input.category = categories[c->what->category];
    input.text = c->key;
    edu_status status = edu_appeal_submit(c->session, &input, c->key, &receipt, c->error);
    if (status == EDU_OK) {
        c->out->id = receipt->id;
        c->out->detail = instant(receipt->due);
    }
    edu_free(receipt);
    return status;
}

static edu_status read_due(const call *c, edu_session *session)
{
    edu_appeal *found = NULL;
    edu_status status =
        edu_appeal_get(session, c->person, ids.appeals[c->what->which], &found, c->error);
    if (status == EDU_OK)
        c->out->detail = instant(found->due);
    edu_free(found);
    return status;
}

static const char *const departments[DEPARTMENTS] = {"", "reception", "schools", "exam_body"};

static edu_status say_appeal_step(const call *c)
{
    edu_session *s = c->session;
    edu_id p = c->person, id = ids.appeals[c->what->which];
    const char *key = c->key;
    edu_error *error = c->error;
    switch (c->what->step) {
    case ROUTE:
        return edu_appeal_route(s, p, id, NULL, NULL, departments[c->what->to], key, error);
    case TRANSFER:
        return edu_appeal_transfer(s, p, id, departments[c->what->to], "It is theirs.", key, error);
    case ASSIGN:
        return edu_appeal_assign(s, p, id, life_executor(), key, error);
    case ASK:
        return edu_appeal_ask(s, p, id, "Which one?", key, error);
    case REPLY:
        return edu_appeal_reply(s, p, id, "That one.", key, error);
    case EXTEND:
        return edu_appeal_extend(s, p, id, (int32_t)c->what->amount, "It takes longer.", key,
                                 error);
    case ANSWER:
        return edu_appeal_answer(s, p, id, "It is so.", key, error);
    case APPROVE:
        return edu_appeal_approve(s, p, id, 0, key, error);
    case RETURN:
        return edu_appeal_return(s, p, id, "Say more.", key, error);
    case SEND:
        return edu_appeal_send(s, p, id, 0, key, error);
    case TAKE_BACK:
        return edu_appeal_withdraw(s, p, id, "It is settled.", key, error);
    default:
        return edu_appeal_reopen(s, p, id, "It is not settled.", key, error);
    }
}

static edu_status do_appeal_step(const call *c)
{
    edu_status status = say_appeal_step(c);
    return status == EDU_OK ? read_due(c, life_session((actor){WHO_CLERK, 0})) : status;
}

static edu_status do_correct(const call *c)
{
    char subject[32];
    (void)snprintf(subject, sizeof subject, "subject %" PRId64, c->what->number);
    json_t *changes = json_pack("{s:s}", "subject", subject);
    edu_status status = edu_register_correct(c->session, c->person, life_record(c->what->pupil),
                                             changes, "An error.", c->key, c->error);
    json_decref(changes);
    return status;
}

static edu_status do_refer(const call *c)
{
    edu_reference *made = NULL;
    edu_status status = edu_reference_request(c->session, c->person, "lesson",
                                              life_record(c->what->pupil), c->key, &made, c->error);
    if (status == EDU_OK) {
        c->out->id = made->id;
        c->out->detail = made->expires;
        (void)snprintf(c->out->paper, sizeof c->out->paper, "%s", made->number);
    }
    edu_free(made);
    return status;
}

static edu_status do_holiday(const call *c)
{
    int32_t version;
    followed->is_holiday[c->what->which] = true;
    json_t *calendar = life_calendar(followed);
    edu_status status = edu_calendar_publish(life_operator(), calendar, c->key, &version, c->error);
    json_decref(calendar);
    return status == EDU_OK ? until_done(edu_appeal_recompute, c->error) : status;
}

static edu_status act_on(const call *c)
{
    const act *what = c->what;
    edu_session *s = c->session;
    edu_error *error = c->error;
    int which = what->which;
    switch (what->kind) {
    case ACT_LINK_ASK:
    case ACT_LINK_DECIDE:
    case ACT_LINK_END:
        return do_link(c);
    case ACT_GROUP_OPEN:
        return put_group(c, &what->group, what->number, what->group.places);
    case ACT_GROUP_PLACES:
        return put_group(c, &followed->groups[which], ids.group_codes[which], (int)what->amount);
    case ACT_APPLY:
        return do_apply(c);
    case ACT_LEAVE:
        return edu_request_act(s, c->person, ids.requests[which], "withdraw", NULL, NULL, c->key,
                               error);
    case ACT_DISMISS:
        return edu_request_act(s, c->person, ids.requests[which], "dismiss", "A reason.", NULL,
                               c->key, error);
    case ACT_SEE_REQUEST:
        return do_see_request(c);
    case ACT_SEASON_OPEN:
        return do_season(c);
    case ACT_REGISTER:
        return edu_olympiad_register(s, ids.sittings[which], c->person, c->key, &c->out->id, error);
    case ACT_WITHDRAW:
        return edu_olympiad_withdraw(s, c->person, ids.entries[which], c->key, error);
    case ACT_SEATS:
        return do_seats(c);
    case ACT_INVOICE:
        return do_invoice(c);
    case ACT_WAIVE:
        return edu_payment_waive(s, c->person, ids.invoices[which], what->amount, "A promise.",
                                 c->key, error);
    case ACT_CANCEL:
        return edu_payment_cancel(s, c->person, ids.invoices[which], "An error.", c->key, error);
    case ACT_REFUND:
        return edu_payment_refund(s, c->person, ids.invoices[which], what->amount, "An error.",
                                  c->key, error);
    case ACT_PAY:
        return do_pay(c);
    case ACT_CAPTURED:
    case ACT_NOT_PAID:
        return do_callback(c);
    case ACT_SETTLE:
        return until_done(edu_payment_settle, error);
    case ACT_SEE_INVOICE:
        return do_see_invoice(c);
    case ACT_APPEAL:
        return do_appeal(c);
    case ACT_APPEAL_STEP:
        return do_appeal_step(c);
    case ACT_SEE_APPEAL:
        return read_due(c, s);
    case ACT_CORRECT:
        return do_correct(c);
    case ACT_REFER:
        return do_refer(c);
    case ACT_REVOKE:
        return edu_certificate_revoke(s, ids.papers[what->pupil], "An error.", true, c->key, error);
    case ACT_AGREE:
        return edu_certificate_revoke_decide(s, ids.papers[what->pupil], what->flag, c->key, error);
    default:
        return do_holiday(c);
    }
}

edu_status acts_do(const act *what, result *out, edu_error *error)
{
    call c = {.what = what,
              .session = life_session(what->by),
              .person = life_pupil(what->pupil),
              .out = out,
              .error = error};
    *out = (result){0};
    *error = (edu_error)EDU_ERROR_INIT;
    (void)snprintf(c.key, sizeof c.key, "simulated-%" PRId64, what->number);
    return act_on(&c);
}

/* ---- the model follows ---- */

static int64_t follow_paying(model *m, const act *what, const result *came)
{
    int before = m->intent_count, intent = model_paying(m, what->which, what->now);
    bool is_new = m->intent_count > before;
    if (is_new)
        ids.intents[intent] = came->id;
    bool is_it = memcmp(&ids.intents[intent], &came->id, sizeof came->id) == 0;
    return is_it ? m->intents[intent].amount : -1;
}

static void follow_season(model *m, const act *what, const result *came)
{
    ids.sittings[m->season_count] = came->id;
    m->seasons[m->season_count++] = what->season;
}

static int64_t follow_application(model *m, const act *what, const result *came)
{
    int made = model_applied(m, what->by, what->pupil, what->which);
    ids.requests[made] = came->id;
    return m->requests[made].state;
}

static void follow_invoice(model *m, const act *what, const result *came)
{
    ids.invoices[m->invoice_count] = came->id;
    m->invoices[m->invoice_count++] =
        (struct invoice){.pupil = what->pupil, .amount = what->amount, .intent = -1};
}

static int64_t follow_appeal(model *m, const act *what, const result *came)
{
    int made = model_appealed(m, what->pupil, what->category, what->now);
    ids.appeals[made] = came->id;
    return m->appeals[made].due;
}

static int64_t follow_step(model *m, const act *what)
{
    model_appeal_stepped(m, what->by, what->which, what->step, (int)what->amount, what->to,
                         what->now);
    return m->appeals[what->which].due;
}

/* A new paper has another number, and one that is given again its own. */
static int64_t follow_refer(model *m, const act *what, const result *came)
{
    bool is_new = model_referred(m, what->pupil, what->now),
         is_other = strcmp(ids.papers[what->pupil], came->paper) != 0;
    (void)snprintf(ids.papers[what->pupil], sizeof *ids.papers, "%s", came->paper);
    return is_new == is_other ? m->papers[what->pupil].ends : -1;
}

int64_t acts_follow(model *m, const act *what, const result *came)
{
    switch (what->kind) {
    case ACT_LINK_ASK:
        model_link_asked(m, what->adult, what->pupil);
        break;
    case ACT_LINK_DECIDE:
        model_link_decided(m, what->adult, what->pupil, what->flag);
        break;
    case ACT_LINK_END:
        model_link_ended(m, what->adult, what->pupil);
        break;
    case ACT_GROUP_OPEN:
        ids.group_codes[m->group_count] = what->number;
        ids.groups[model_group_made(m, what->group)] = came->id;
        break;
    case ACT_GROUP_PLACES:
        model_places_set(m, what->which, (int)what->amount);
        break;
    case ACT_APPLY:
        return follow_application(m, what, came);
    case ACT_LEAVE:
    case ACT_DISMISS:
        model_left(m, what->which, what->kind == ACT_DISMISS);
        break;
    case ACT_SEE_REQUEST:
        return model_position(m, what->which);
    case ACT_SEASON_OPEN:
        follow_season(m, what, came);
        break;
    case ACT_REGISTER:
        ids.entries[model_registered(m, what->pupil, what->which)] = came->id;
        break;
    case ACT_WITHDRAW:
        m->entries[what->which].is_open = false;
        break;
    case ACT_SEATS:
        m->seasons[what->which].is_confirmed = true;
        break;
    case ACT_INVOICE:
        follow_invoice(m, what, came);
        break;
    case ACT_WAIVE:
        model_waived(m, what->which, what->amount);
        break;
    case ACT_CANCEL:
        model_cancelled(m, what->which);
        break;
    case ACT_REFUND:
        model_refunded(m, what->which, what->amount);
        break;
    case ACT_PAY:
        return follow_paying(m, what, came);
    case ACT_CAPTURED:
        if (m->intents[what->which].paid == 0)
            model_captured(m, what->which, what->amount);
        break;
    case ACT_NOT_PAID:
        model_not_paid(m, what->which);
        break;
    case ACT_SEE_INVOICE:
        return model_due(&m->invoices[what->which]);
    case ACT_APPEAL:
        return follow_appeal(m, what, came);
    case ACT_APPEAL_STEP:
        return follow_step(m, what);
    case ACT_SEE_APPEAL:
        return m->appeals[what->which].due;
    case ACT_CORRECT:
        model_corrected(m, what->by, what->pupil, what->number, what->now);
        break;
    case ACT_REFER:
        return follow_refer(m, what, came);
    case ACT_REVOKE:
        model_revoke_asked(m, what->by, what->pupil);
        break;
    case ACT_AGREE:
        model_agreed(m, what->pupil, what->flag);
        break;
    case ACT_HOLIDAY:
        m->is_holiday[what->which] = true;
        model_recompute(m);
        break;
    default:
        break;
    }
    return 0;
}

/* ---- what the portal lists ---- */

static char difference[400];

#define DIFFERS(...) ((void)snprintf(difference, sizeof difference, __VA_ARGS__), difference)

static int find_id(const edu_id *all, int count, edu_id id)
{
    for (int i = count - 1; i >= 0; i--)
        if (memcmp(&all[i], &id, sizeof id) == 0)
            return i;
    return -1;
}

static edu_session *clerk(void)
{
    return life_session((actor){WHO_CLERK, 0});
}

static const char *compare_list(const model *m, int group, const edu_request_page *page)
{
    static const char *const states[] = {"waiting", "enrolled", "withdrawn", "dismissed"};
    size_t open = 0;
    for (int i = 0; i < m->request_count; i++)
        open += m->requests[i].group == group &&
                (m->requests[i].state == WAITING || m->requests[i].state == ENROLLED);
    if (page->count != open)
        return DIFFERS("group %d has %zu open applications, not %zu", group, page->count, open);
    for (size_t i = 0; i < page->count; i++) {
        int at = find_id(ids.requests, m->request_count, page->items[i].id);
        if (at < 0 || strcmp(page->items[i].state, states[m->requests[at].state]) != 0)
            return DIFFERS("application %d is %s", at, page->items[i].state);
    }
    return NULL;
}

static const char *compare_group(const model *m, int group)
{
    edu_request_filter filter = EDU_REQUEST_FILTER_INIT;
    edu_request_page *page = NULL;
    edu_offering *offering = NULL;
    filter.service = "club";
    filter.offering_id = ids.groups[group];
    FX_OK(edu_request_worklist(clerk(), &filter, NULL, EDU_PAGE_MAX, &page, error));
    const char *found = compare_list(m, group, page);
    edu_free(page);
    FX_OK(edu_offering_get(clerk(), ids.groups[group], &offering, error));
    if (!found &&
        (offering->taken != model_taken(m, group) || offering->places != m->groups[group].places))
        found = DIFFERS("group %d: %d of %d places taken, not %d of %d", group, offering->taken,
                        offering->places, model_taken(m, group), m->groups[group].places);
    edu_free(offering);
    return found;
}

/* Each who is on the list, and no other, has a seat, and each another one. */
static const char *compare_seat(const model *m, const edu_entry_page *page, size_t which)
{
    const edu_entry *own = &page->items[which];
    int at = find_id(ids.entries, m->entry_count, own->application_id);
    bool is_open = at >= 0 && m->entries[at].is_open,
         has_seat = is_open && m->seasons[m->entries[at].season].is_confirmed;
    if (at < 0 || strcmp(own->state, has_seat  ? "allocated"
                                     : is_open ? "registered"
                                               : "withdrawn") != 0)
        return DIFFERS("registration %d is %s", at, own->state);
    if ((own->seat != NULL) != has_seat)
        return DIFFERS("registration %d has %s seat", at, own->seat ? "a" : "no");
    for (size_t i = 0; i < which && own->seat; i++)
        if (page->items[i].seat && strcmp(page->items[i].seat, own->seat) == 0 &&
            strcmp(page->items[i].room, own->room) == 0 &&
            strcmp(page->items[i].centre, own->centre) == 0)
            return DIFFERS("registration %d has the seat of another", at);
    return NULL;
}

static const char *compare_season(const model *m, int season)
{
    edu_entry_page *page = NULL;
    const char *found = NULL;
    size_t count = 0;
    for (int i = 0; i < m->entry_count; i++)
        count += m->entries[i].season == season;
    FX_OK(edu_olympiad_entries(clerk(), ids.sittings[season], NULL, NULL, EDU_PAGE_MAX, &page,
                               error));
    if (page->count != (count < EDU_PAGE_MAX ? count : EDU_PAGE_MAX))
        found = DIFFERS("season %d has %zu registrations, not %zu", season, page->count, count);
    for (size_t i = 0; i < page->count && !found; i++)
        found = compare_seat(m, page, i);
    edu_free(page);
    return found;
}

static const char *compare_invoice(const struct invoice *one, const edu_invoice *listed)
{
    static const char *const states[] = {"open", "settled", "cancelled"};
    bool is_it = strcmp(listed->state, states[one->state]) == 0 && listed->amount == one->amount &&
                 listed->waived == one->waived && listed->paid == one->paid &&
                 listed->refunded == one->refunded && listed->returned == one->returned &&
                 listed->remaining == model_due(one);
    return is_it ? NULL
                 : DIFFERS("an invoice of %" PRId64 " is %s: waived %" PRId64 ", paid %" PRId64
                           ", refunded %" PRId64 ", returned %" PRId64 ", not %s, %" PRId64
                           ", %" PRId64 ", %" PRId64 ", %" PRId64,
                           one->amount, listed->state, listed->waived, listed->paid,
                           listed->refunded, listed->returned, states[one->state], one->waived,
                           one->paid, one->refunded, one->returned);
}

static const char *compare_invoices(const model *m, int pupil)
{
    edu_invoice_page *page = NULL;
    const char *found = NULL;
    size_t count = 0;
    for (int i = 0; i < m->invoice_count; i++)
        count += m->invoices[i].pupil == pupil;
    FX_OK(edu_payment_invoices(life_session((actor){WHO_FINANCE, 0}), life_pupil(pupil), NULL,
                               EDU_PAGE_MAX, &page, error));
    if (page->count != (count < EDU_PAGE_MAX ? count : EDU_PAGE_MAX))
        found = DIFFERS("pupil %d has %zu invoices, not %zu", pupil, page->count, count);
    for (size_t i = 0; i < page->count && !found; i++) {
        int at = find_id(ids.invoices, m->invoice_count, page->items[i].id);
        found = at < 0 ? DIFFERS("an invoice of nobody's")
                       : compare_invoice(&m->invoices[at], &page->items[i]);
    }
    edu_free(page);
    return found;
}

static const char *compare_appeal(const model *m, int appeal, int64_t now)
{
    static const char *const states[] = {"received", "queued",   "assigned", "asked",
                                         "drafted",  "approved", "answered", "withdrawn"};
    const struct appeal *one = &m->appeals[appeal];
    edu_appeal *listed = NULL;
    const char *found = NULL;
    FX_OK(edu_appeal_get(clerk(), life_pupil(one->pupil), ids.appeals[appeal], &listed, error));
    /* What was answered late stays so; what was taken back is nobody's fault. */
    int64_t until = one->state == ANSWERED ? one->answered : now;
    bool is_late = one->state != TAKEN_BACK && one->due && until >= one->due;
    if (strcmp(listed->state, states[one->state]) != 0 || instant(listed->due) != one->due ||
        listed->is_overdue != is_late || listed->extensions != one->extensions)
        found = DIFFERS(
            "appeal %d is %s, due %" PRId64 ", %s, extended %d times, not %s, %" PRId64 ", %s, %d",
            appeal, listed->state, instant(listed->due), listed->is_overdue ? "late" : "in time",
            listed->extensions, states[one->state], one->due, is_late ? "late" : "in time",
            one->extensions);
    edu_free(listed);
    return found;
}

static const char *compare_links(const model *m, int adult)
{
    static const char *const states[] = {"", "requested", "active", "refused", "ended"};
    edu_guardianship_page *page = NULL;
    const char *found = NULL;
    size_t count = 0;
    for (int i = 0; i < PUPILS; i++)
        count += m->links[adult][i] != LINK_NONE;
    FX_OK(edu_account_own_guardianships(life_session((actor){WHO_ADULT, adult}), NULL, EDU_PAGE_MAX,
                                        &page, error));
    if (page->count != count)
        found = DIFFERS("adult %d has %zu links, not %zu", adult, page->count, count);
    for (size_t i = 0; i < page->count && !found; i++)
        for (int k = 0; k < PUPILS; k++) {
            edu_id pupil = life_pupil(k);
            if (memcmp(&pupil, &page->items[i].child_id, sizeof pupil) == 0 &&
                strcmp(page->items[i].state, states[m->links[adult][k]]) != 0)
                found = DIFFERS("adult %d and pupil %d: %s", adult, k, page->items[i].state);
        }
    edu_free(page);
    return found;
}

static const char *compare_paper(const model *m, int pupil)
{
    const struct paper *one = &m->papers[pupil];
    edu_certificate *listed = NULL;
    const char *found = NULL;
    if (one->ends == 0)
        return NULL;
    const char *state = one->is_revoked ? "revoked" : one->ends <= fx_now() ? "expired" : "valid";
    FX_OK(edu_certificate_get(clerk(), life_pupil(pupil), ids.papers[pupil], &listed, error));
    if (strcmp(listed->state, state) != 0)
        found = DIFFERS("the paper of pupil %d is %s, not %s", pupil, listed->state, state);
    edu_free(listed);
    return found;
}

const char *acts_compare(const model *m, uint64_t *draws)
{
    const char *found = compare_links(m, (int)draw_of(draws, ADULTS));
    if (!found)
        found = compare_invoices(m, (int)draw_of(draws, PUPILS));
    for (int i = 0; i < PUPILS && !found; i += 4)
        found = compare_paper(m, i);
    for (int i = 0; i < RECENT && !found && m->group_count > 0; i++)
        found = compare_group(m, recent(m->group_count, RECENT, draws));
    for (int i = 0; i < 3 && !found && m->season_count > 0; i++)
        found = compare_season(m, recent(m->season_count, RECENT, draws));
    for (int i = 0; i < RECENT && !found && m->appeal_count > 0; i++)
        found = compare_appeal(m, recent(m->appeal_count, 60, draws), fx_now());
    return found;
}

static int64_t balance_of(const edu_payment_balance_page *page, const char *account)
{
    int64_t sum = 0;
    for (size_t i = 0; i < page->count; i++)
        sum += strcmp(page->items[i].account, account) == 0 ? page->items[i].balance : 0;
    return sum;
}

const char *acts_compare_ledger(const model *m)
{
    edu_payment_balance_page *page = NULL;
    const char *found = NULL;
    int64_t due = 0, back = 0, waived = 0, all = 0;
    for (int i = 0; i < m->invoice_count; i++) {
        const struct invoice *one = &m->invoices[i];
        due += model_due(one);
        back += one->refunded + one->returned;
        waived += one->waived;
    }
    FX_OK(edu_payment_balances(life_operator(), &page, error));
    for (size_t i = 0; i < page->count; i++)
        all += page->items[i].balance;
    /* What is on its way back is still with the provider. */
    int64_t with_provider =
        balance_of(page, "provider") + balance_of(page, "refunding") + balance_of(page, "credit");
    if (all != 0 || balance_of(page, "receivable") != due || balance_of(page, "waiver") != waived ||
        with_provider != m->captured - back)
        found = DIFFERS("the ledger makes %" PRId64 "; receivable %" PRId64 ", not %" PRId64
                        "; waiver %" PRId64 ", not %" PRId64 "; provider %" PRId64 ", not %" PRId64,
                        all, balance_of(page, "receivable"), due, balance_of(page, "waiver"),
                        waived, with_provider, m->captured - back);
    edu_free(page);
    return found;
}
