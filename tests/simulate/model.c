#include "simulate/model.h"

#include <string.h>

static const verdict done = {.outcome = DONE}, not_found = {.outcome = NOT_FOUND},
                     denied = {.outcome = DENIED};

static void refuse(verdict *v, bool when, const char *key)
{
    if (!when)
        return;
    v->outcome = REFUSED;
    v->keys[v->count++] = key;
}

static bool is_clerk(actor a)
{
    return a.who == WHO_CLERK || a.who == WHO_SECOND;
}

int model_school_of(int pupil)
{
    return pupil < PUPILS_OF_FIRST ? 0 : 1;
}

static bool is_school_of(actor a, int pupil)
{
    return a.who == WHO_SCHOOL && a.number == model_school_of(pupil);
}

bool model_acts_for(const model *m, actor a, int pupil)
{
    if (a.who == WHO_PUPIL)
        return a.number == pupil;
    return a.who == WHO_ADULT && m->links[a.number][pupil] == LINK_ACTIVE;
}

/* ---- guardians ---- */

void model_link_asked(model *m, int adult, int pupil)
{
    bond *one = &m->links[adult][pupil];
    if (*one != LINK_ACTIVE)
        *one = LINK_ASKED;
}

verdict model_link_decide(const model *m, actor a, int adult, int pupil)
{
    if (!is_clerk(a) && a.who != WHO_SCHOOL)
        return denied;
    if ((!is_clerk(a) && !is_school_of(a, pupil)) || m->links[adult][pupil] == LINK_NONE)
        return not_found;
    verdict v = done;
    refuse(&v, m->links[adult][pupil] != LINK_ASKED, "account.link_state");
    return v;
}

void model_link_decided(model *m, int adult, int pupil, bool accept)
{
    m->links[adult][pupil] = accept ? LINK_ACTIVE : LINK_REFUSED;
}

verdict model_link_end(const model *m, actor a, int adult, int pupil)
{
    bool is_own = a.who == WHO_ADULT && a.number == adult;
    bond one = m->links[adult][pupil];
    if ((!is_own && !is_clerk(a) && !is_school_of(a, pupil)) || one == LINK_NONE)
        return not_found;
    verdict v = done;
    refuse(&v, one == LINK_REFUSED || one == LINK_ENDED, "account.link_state");
    return v;
}

void model_link_ended(model *m, int adult, int pupil)
{
    m->links[adult][pupil] = LINK_ENDED;
}

/* ---- groups ---- */

bool model_sees_request(const model *m, actor a, int request)
{
    const struct request *one = &m->requests[request];
    return model_acts_for(m, a, one->pupil) || is_clerk(a) ||
           (a.who == WHO_SCHOOL && a.number == m->groups[one->group].school) ||
           (one->is_schools && is_school_of(a, one->pupil));
}

int model_group_made(model *m, struct group made)
{
    m->groups[m->group_count] = made;
    return m->group_count++;
}

int model_taken(const model *m, int group)
{
    int taken = 0;
    for (int i = 0; i < m->request_count; i++)
        taken += m->requests[i].group == group && m->requests[i].state == ENROLLED;
    return taken;
}

static bool has_waiting(const model *m, int group)
{
    for (int i = 0; i < m->request_count; i++)
        if (m->requests[i].group == group && m->requests[i].state == WAITING)
            return true;
    return false;
}

/* Nobody is in two places at once. */
static bool clashes(const model *m, int pupil, int group)
{
    int slot = m->groups[group].slot;
    for (int i = 0; i < m->request_count; i++) {
        const struct request *one = &m->requests[i];
        if (one->pupil == pupil && one->state == ENROLLED && one->group != group && slot >= 0 &&
            m->groups[one->group].slot == slot)
            return true;
    }
    return false;
}

static bool is_open_request(const struct request *one)
{
    return one->state == WAITING || one->state == ENROLLED;
}

static bool has_open(const model *m, int pupil, int group)
{
    for (int i = 0; i < m->request_count; i++)
        if (m->requests[i].pupil == pupil && m->requests[i].group == group &&
            is_open_request(&m->requests[i]))
            return true;
    return false;
}

/* yyyymmdd of an instant, four hours east. */
static int64_t date_of(int64_t now)
{
    int64_t days = (now + 240 * MINUTE) / DAY, z = days + 719468, era = z / 146097,
            day_of_era = z - era * 146097,
            year_of_era =
                (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365,
            day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100),
            shifted = (5 * day_of_year + 2) / 153, day = day_of_year - (153 * shifted + 2) / 5 + 1,
            month = shifted < 10 ? shifted + 3 : shifted - 9;
    return (year_of_era + era * 400 + (month <= 2)) * 10000 + month * 100 + day;
}

static int age_on(int64_t birth, int64_t date)
{
    return (int)((date - birth) / 10000);
}

verdict model_apply(const model *m, actor a, int pupil, int group, int64_t now)
{
    const struct group *one = &m->groups[group];
    if (!model_acts_for(m, a, pupil) && !is_clerk(a) && !is_school_of(a, pupil))
        return not_found;
    verdict v = done;
    int age = age_on(m->births[pupil], date_of(now));
    refuse(&v, now < one->opens, "request.not_yet");
    refuse(&v, now >= one->closes, "request.closed");
    refuse(&v, age < one->age_from || (one->age_until && age > one->age_until), "request.age");
    refuse(&v, a.who == WHO_PUPIL && age < ALONE_FROM, "request.not_alone");
    refuse(&v, has_open(m, pupil, group), "application.already");
    refuse(&v, clashes(m, pupil, group), "request.clash");
    return v;
}

static int first_waiting(const model *m, int group, int after)
{
    int first = -1;
    for (int i = 0; i < m->request_count; i++) {
        const struct request *one = &m->requests[i];
        if (one->group == group && one->state == WAITING && one->queue > after &&
            (first < 0 || one->queue < m->requests[first].queue))
            first = i;
    }
    return first;
}

/* Free places go to who waits, in order; who has something else at that time keeps their turn. */
static void give_places(model *m, int group)
{
    for (int after = 0, next; (next = first_waiting(m, group, after)) >= 0;) {
        after = m->requests[next].queue;
        if (model_taken(m, group) >= m->groups[group].places)
            return;
        if (!clashes(m, m->requests[next].pupil, group))
            m->requests[next].state = ENROLLED;
    }
}

/* A place while there is one and nobody waits for it; else the end of the list, which may be the
 * first who can take a place. */
int model_applied(model *m, actor a, int pupil, int group)
{
    struct group *to = &m->groups[group];
    struct request *made = &m->requests[m->request_count];
    bool is_full = model_taken(m, group) >= to->places || has_waiting(m, group);
    *made = (struct request){.pupil = pupil,
                             .group = group,
                             .state = is_full ? WAITING : ENROLLED,
                             .is_schools = a.who == WHO_SCHOOL};
    if (is_full)
        made->queue = ++to->queued;
    m->request_count++;
    /* Who is ahead may have something else at that time. */
    if (is_full)
        give_places(m, group);
    return m->request_count - 1;
}

static bool waits_for(const model *m, int pupil, int group)
{
    for (int i = 0; i < m->request_count; i++)
        if (m->requests[i].pupil == pupil && m->requests[i].group == group &&
            m->requests[i].state == WAITING)
            return true;
    return false;
}

verdict model_leave(const model *m, actor a, int request, bool dismisses)
{
    const struct request *one = &m->requests[request];
    bool is_theirs = model_acts_for(m, a, one->pupil),
         is_staffs =
             is_clerk(a) || (a.who == WHO_SCHOOL && a.number == m->groups[one->group].school);
    if (!model_sees_request(m, a, request))
        return not_found;
    if (dismisses ? !is_staffs : !is_theirs)
        return denied;
    verdict v = done;
    refuse(&v, !is_open_request(one), "workflow.not_from_here");
    return v;
}

void model_left(model *m, int request, bool dismisses)
{
    struct request *one = &m->requests[request];
    bool had_place = one->state == ENROLLED;
    one->state = dismisses ? DISMISSED : WITHDRAWN;
    if (!had_place)
        return;
    give_places(m, one->group);
    /* They may wait for something else at the time that they have again. */
    for (int i = 0; i < m->group_count; i++)
        if (waits_for(m, one->pupil, i))
            give_places(m, i);
}

verdict model_places(const model *m, actor a, int group, int places)
{
    if (!is_clerk(a) && (a.who != WHO_SCHOOL || a.number != m->groups[group].school))
        return not_found;
    verdict v = done;
    refuse(&v, places < model_taken(m, group), "offering.places");
    return v;
}

void model_places_set(model *m, int group, int places)
{
    m->groups[group].places = places;
    give_places(m, group);
}

int model_position(const model *m, int request)
{
    const struct request *own = &m->requests[request];
    int position = 1;
    if (own->state != WAITING)
        return 0;
    for (int i = 0; i < m->request_count; i++)
        position += m->requests[i].group == own->group && m->requests[i].state == WAITING &&
                    m->requests[i].queue < own->queue;
    return position;
}

/* ---- olympiads ---- */

#define SITTING (180 * MINUTE)

static bool has_entry(const model *m, int pupil, int season)
{
    for (int i = 0; i < m->entry_count; i++)
        if (m->entries[i].pupil == pupil && m->entries[i].season == season && m->entries[i].is_open)
            return true;
    return false;
}

static bool sits_then(const model *m, int pupil, int season)
{
    int64_t starts = m->seasons[season].starts;
    for (int i = 0; i < m->entry_count; i++) {
        const struct entry *one = &m->entries[i];
        int64_t other = m->seasons[one->season].starts;
        if (one->pupil == pupil && one->is_open && one->season != season &&
            starts < other + SITTING && other < starts + SITTING)
            return true;
    }
    return false;
}

verdict model_register(const model *m, actor a, int pupil, int season, int64_t now)
{
    const struct season *to = &m->seasons[season];
    if (!model_acts_for(m, a, pupil) && !is_clerk(a) && !is_school_of(a, pupil))
        return not_found;
    verdict v = done;
    refuse(&v, has_entry(m, pupil, season), "olympiad.already");
    refuse(&v, m->grades[pupil] < to->grade_from || m->grades[pupil] > to->grade_to,
           "olympiad.wrong_grade");
    refuse(&v, now < to->opens, "olympiad.not_yet");
    refuse(&v, now >= to->closes, "olympiad.closed");
    refuse(&v, sits_then(m, pupil, season), "olympiad.clash");
    return v;
}

int model_registered(model *m, int pupil, int season)
{
    m->entries[m->entry_count] = (struct entry){pupil, season, true};
    return m->entry_count++;
}

/* The list may have been frozen before somebody found that nobody is on it. */
verdict model_seats(const model *m, int season)
{
    int count = 0;
    verdict v = done;
    for (int i = 0; i < m->entry_count; i++)
        count += m->entries[i].season == season && m->entries[i].is_open;
    refuse(&v, count == 0, "sitting.nobody");
    refuse(&v, count == 0, "sitting.frozen");
    return v;
}

verdict model_withdraw(const model *m, actor a, int entry, int64_t now)
{
    const struct entry *one = &m->entries[entry];
    if (!model_acts_for(m, a, one->pupil) && !is_clerk(a) && !is_school_of(a, one->pupil))
        return not_found;
    verdict v = done;
    refuse(&v, !one->is_open, "olympiad.withdrawn");
    refuse(&v, now >= m->seasons[one->season].starts, "olympiad.started");
    return v;
}

/* ---- invoices ---- */

#define VISIT (30 * MINUTE)
#define VISIT_REST (2 * MINUTE) /* nobody is sent to a page that ends sooner */

int64_t model_due(const struct invoice *one)
{
    return one->state == OPEN ? one->amount - one->waived - one->paid : 0;
}

static verdict only_finance(actor a)
{
    return a.who == WHO_FINANCE ? done : denied;
}

static void settle(struct invoice *one)
{
    if (one->amount == one->waived + one->paid) {
        one->state = SETTLED;
        one->intent = -1;
    }
}

bool model_sees_invoice(const model *m, actor a, int invoice)
{
    return model_acts_for(m, a, m->invoices[invoice].pupil) || a.who == WHO_FINANCE;
}

verdict model_waive(const model *m, actor a, int invoice, int64_t amount)
{
    verdict v = only_finance(a);
    const struct invoice *one = &m->invoices[invoice];
    if (v.outcome != DONE)
        return v;
    refuse(&v, one->state != OPEN, "payment.not_open");
    refuse(&v, one->state == OPEN && amount > model_due(one), "payment.too_much");
    return v;
}

/* Who was at the bank's page is there for another amount. */
void model_waived(model *m, int invoice, int64_t amount)
{
    m->invoices[invoice].waived += amount;
    m->invoices[invoice].intent = -1;
    settle(&m->invoices[invoice]);
}

verdict model_cancel(const model *m, actor a, int invoice)
{
    verdict v = only_finance(a);
    const struct invoice *one = &m->invoices[invoice];
    if (v.outcome != DONE)
        return v;
    refuse(&v, one->state != OPEN, "payment.not_open");
    refuse(&v, one->paid > 0, "payment.partly_paid");
    return v;
}

void model_cancelled(model *m, int invoice)
{
    m->invoices[invoice].state = CANCELLED;
    m->invoices[invoice].intent = -1;
}

verdict model_refund(const model *m, actor a, int invoice, int64_t amount)
{
    verdict v = only_finance(a);
    const struct invoice *one = &m->invoices[invoice];
    if (v.outcome == DONE)
        refuse(&v, amount > one->paid - one->refunded, "payment.too_much");
    return v;
}

void model_refunded(model *m, int invoice, int64_t amount)
{
    m->invoices[invoice].refunded += amount;
}

verdict model_pay(const model *m, actor a, int invoice)
{
    const struct invoice *one = &m->invoices[invoice];
    if (a.who == WHO_FINANCE)
        return denied;
    if (!model_acts_for(m, a, one->pupil))
        return not_found;
    verdict v = done;
    refuse(&v, one->state != OPEN, "payment.not_open");
    return v;
}

int model_paying(model *m, int invoice, int64_t now)
{
    struct invoice *one = &m->invoices[invoice];
    if (one->intent >= 0 && now + VISIT_REST < m->intents[one->intent].expires)
        return one->intent;
    one->intent = m->intent_count;
    m->intents[m->intent_count] =
        (struct intent){.invoice = invoice, .amount = model_due(one), .expires = now + VISIT};
    return m->intent_count++;
}

void model_captured(model *m, int intent, int64_t amount)
{
    struct intent *by = &m->intents[intent];
    struct invoice *one = &m->invoices[by->invoice];
    int64_t due = model_due(one), taken = amount < due ? amount : due;
    by->paid = amount;
    m->captured += amount;
    one->paid += taken;
    one->returned += amount - taken;
    one->intent = -1;
    if (one->state == OPEN)
        settle(one);
}

void model_not_paid(model *m, int intent)
{
    struct invoice *one = &m->invoices[m->intents[intent].invoice];
    if (one->intent == intent)
        one->intent = -1;
}

/* ---- the calendar ---- */

#define FIRST_DAY 20454 /* 2026-01-01, in days from 1970 */
#define EAST (240 * MINUTE)
#define OPENING (9 * 60 * MINUTE)
#define CLOSING (18 * 60 * MINUTE)
#define EVE (60 * MINUTE)

int model_day(int64_t now)
{
    return (int)((now + EAST) / DAY) - FIRST_DAY;
}

static bool is_of_week(int day)
{
    return (day + FIRST_DAY + 3) % 7 < 5; /* 0: Monday */
}

bool model_is_working_day(const model *m, int day)
{
    return is_of_week(day) && !m->is_holiday[day];
}

bool model_has_eve(const model *m, int day)
{
    return m->is_holiday[day] && is_of_week(day) && day % 2 == 0;
}

static int64_t closing(const model *m, int day)
{
    return (day + FIRST_DAY) * DAY - EAST + CLOSING - (model_has_eve(m, day + 1) ? EVE : 0);
}

/* The day as of which something counts: the next one of work where it came too late for its own. */
static int counting_day(const model *m, int64_t now)
{
    int day = model_day(now);
    if (model_is_working_day(m, day) && now < closing(m, day))
        return day;
    do
        day++;
    while (!model_is_working_day(m, day));
    return day;
}

/* ---- appeals ---- */

static const struct {
    int days, most_extensions, extension;
    bool needs_approval;
} categories[CATEGORIES] = {[DOCUMENTS] = {3, 0, 0, false},
                            [BUILDING] = {3, 1, 10, false},
                            [TEACHING] = {3, 2, 5, true},
                            [SUGGESTION] = {15, 0, 0, false}};

#define EXAM_BODY_DAYS 15

static bool is_paused_on(const model *m, const struct appeal *one, int day)
{
    for (int i = 0; i < one->pauses; i++)
        if (model_day(one->asked[i]) < day &&
            (one->replied[i] == 0 || day <= counting_day(m, one->replied[i])))
            return true;
    return false;
}

static void compute_due(const model *m, struct appeal *one)
{
    int left = (one->department == EXAM_BODY ? EXAM_BODY_DAYS : categories[one->category].days) +
               one->extended,
        day = counting_day(m, one->clock);
    one->due = 0;
    while (left > 0) {
        /* What was late before the question stays so; else nobody knows the end before the reply.
         */
        if (one->state == ASKED && day >= model_day(one->asked[one->pauses - 1]))
            return;
        day++;
        left -= model_is_working_day(m, day) && !is_paused_on(m, one, day);
    }
    one->due = closing(m, day);
}

bool model_sees_appeal(const model *m, actor a, int appeal)
{
    const struct appeal *one = &m->appeals[appeal];
    return model_acts_for(m, a, one->pupil) || is_clerk(a) ||
           (a.who == WHO_EXECUTOR && one->department == SCHOOLS);
}

verdict model_appeal(const model *m, actor a, int pupil)
{
    if (a.who == WHO_PUPIL || a.who == WHO_ADULT)
        return model_acts_for(m, a, pupil) ? done : not_found;
    return is_clerk(a) ? done : denied;
}

int model_appealed(model *m, int pupil, enum category category, int64_t now)
{
    struct appeal *made = &m->appeals[m->appeal_count];
    *made = (struct appeal){.pupil = pupil, .category = category, .clock = now};
    compute_due(m, made);
    return m->appeal_count++;
}

#define BIT(state) (1 << (state))
#define AT_WORK (BIT(QUEUED) | BIT(ASSIGNED) | BIT(ASKED) | BIT(DRAFTED))
#define NOT_ANSWERED (BIT(RECEIVED) | AT_WORK | BIT(APPROVED))

static const struct {
    int from;
    bool self, clerk, executor;
} steps[APPEAL_STEPS] = {
    [ROUTE] = {BIT(RECEIVED) | BIT(QUEUED), false, true, false},
    [TRANSFER] = {NOT_ANSWERED, false, true, false},
    [ASSIGN] = {BIT(QUEUED) | BIT(ASSIGNED) | BIT(DRAFTED), false, true, true},
    [ASK] = {BIT(ASSIGNED), false, true, true},
    [REPLY] = {BIT(ASKED), true, true, false},
    [EXTEND] = {AT_WORK, false, true, true},
    [ANSWER] = {BIT(ASSIGNED) | BIT(ASKED) | BIT(DRAFTED), false, true, true},
    [APPROVE] = {BIT(DRAFTED), false, true, false},
    [RETURN] = {BIT(DRAFTED) | BIT(APPROVED), false, true, false},
    [SEND] = {BIT(DRAFTED) | BIT(APPROVED), false, true, true},
    [TAKE_BACK] = {NOT_ANSWERED, true, false, false},
    [REOPEN] = {BIT(ANSWERED), true, true, false},
};

static void refuse_of_step(verdict *v, const struct appeal *one, appeal_step step, actor a,
                           int extend, department to, int64_t now)
{
    bool has_right_state = steps[step].from >> one->state & 1;
    refuse(v, !has_right_state, "workflow.not_from_here");
    if (!has_right_state)
        return;
    refuse(v, step == EXTEND && one->extensions >= categories[one->category].most_extensions,
           "appeal.no_extension");
    refuse(v, step == EXTEND && extend > categories[one->category].extension,
           "appeal.extension_count");
    refuse(v, step == APPROVE && a.who == one->drafted_by.who && a.number == one->drafted_by.number,
           "appeal.own_answer");
    refuse(v, step == SEND && one->state == DRAFTED && categories[one->category].needs_approval,
           "appeal.needs_approval");
    refuse(v, step == REOPEN && now > one->answered + 30 * DAY, "appeal.too_late");
    refuse(v, step == ASSIGN && one->department != SCHOOLS, "appeal.not_executor");
    refuse(v, step == TRANSFER && one->department == to, "appeal.same_department");
    refuse(v, step == ASK && one->pauses == PAUSES_MAX, "appeal.pauses");
}

verdict model_appeal_step(const model *m, actor a, int appeal, appeal_step step, int extend,
                          department to, int64_t now)
{
    const struct appeal *one = &m->appeals[appeal];
    bool is_theirs = model_acts_for(m, a, one->pupil),
         executes = a.who == WHO_EXECUTOR && one->department == SCHOOLS;
    if (!is_theirs && !is_clerk(a) && !executes)
        return not_found;
    /* In the department, who does not have it may take it. */
    bool may_execute = executes && steps[step].executor && (one->is_assigned || step == ASSIGN);
    if (!((is_theirs && steps[step].self) || (is_clerk(a) && steps[step].clerk) || may_execute))
        return denied;
    verdict v = done;
    refuse_of_step(&v, one, step, a, extend, to, now);
    return v;
}

static const appeal_state leads_to[APPEAL_STEPS] = {
    [ROUTE] = QUEUED,   [TRANSFER] = QUEUED,      [ASSIGN] = ASSIGNED,  [ASK] = ASKED,
    [REPLY] = ASSIGNED, [ANSWER] = DRAFTED,       [APPROVE] = APPROVED, [RETURN] = ASSIGNED,
    [SEND] = ANSWERED,  [TAKE_BACK] = TAKEN_BACK, [REOPEN] = QUEUED};

static void begin_anew(struct appeal *one, int64_t now)
{
    one->clock = now;
    one->pauses = one->extended = 0; /* it may not be extended more often for that */
}

static void note_step(struct appeal *one, actor a, appeal_step step, int extend, int64_t now)
{
    if (step == ASK)
        one->asked[one->pauses++] = now;
    if (step == REPLY || ((step == ANSWER || step == TRANSFER) && one->state == ASKED))
        one->replied[one->pauses - 1] = now;
    if (step == EXTEND) {
        one->extensions++;
        one->extended += extend;
    }
    if (step == ANSWER)
        one->drafted_by = a;
    if (step == SEND)
        one->answered = now;
    if (step == REOPEN) {
        begin_anew(one, now);
        one->answered = 0;
    }
}

static void go_to(struct appeal *one, appeal_step step, department to, int64_t now)
{
    one->department = to;
    one->is_assigned = false;
    if (step == TRANSFER && to == EXAM_BODY)
        begin_anew(one, now);
}

void model_appeal_stepped(model *m, actor a, int appeal, appeal_step step, int extend,
                          department to, int64_t now)
{
    struct appeal *one = &m->appeals[appeal];
    note_step(one, a, step, extend, now);
    if (step == ROUTE || step == TRANSFER)
        go_to(one, step, to, now);
    if (step == ASSIGN)
        one->is_assigned = true;
    if (step != EXTEND)
        one->state = leads_to[step];
    if (NOT_ANSWERED >> one->state & 1)
        compute_due(m, one);
}

void model_recompute(model *m)
{
    for (int i = 0; i < m->appeal_count; i++)
        if (NOT_ANSWERED >> m->appeals[i].state & 1)
            compute_due(m, &m->appeals[i]);
}

/* ---- references ---- */

#define VALID 40 /* days behind the one on which it is issued, to their end */

verdict model_refer(const model *m, actor a, int pupil)
{
    return is_clerk(a) || model_acts_for(m, a, pupil) ? done : not_found;
}

/* The same is given again while it says what the register has, is good, and will be for a quarter
 * of the time that a new one has. */
bool model_referred(model *m, int pupil, int64_t now)
{
    struct paper *one = &m->papers[pupil];
    int64_t ends = (model_day(now) + FIRST_DAY + VALID + 1) * DAY - EAST - 1000000;
    bool is_same = one->ends > now && one->said == one->subject && !one->is_revoked;
    if (is_same && one->ends - now >= (ends - now) / 4)
        return false;
    if (is_same && one->ends == ends)
        return false;
    one->ends = ends;
    one->said = one->subject;
    one->is_revoked = one->is_asked = false;
    return true;
}

verdict model_correct(const model *m, actor a, int pupil)
{
    (void)m;
    return is_clerk(a) || is_school_of(a, pupil) ? done : not_found;
}

void model_corrected(model *m, actor a, int pupil, int64_t subject, int64_t now)
{
    struct paper *one = &m->papers[pupil];
    one->subject = subject;
    if (one->ends > now && !one->is_revoked && !one->is_asked) {
        one->is_asked = true;
        one->asked_by = a;
    }
}

verdict model_revoke(const model *m, actor a, int pupil)
{
    const struct paper *one = &m->papers[pupil];
    if (!is_clerk(a))
        return denied;
    verdict v = done;
    refuse(&v, one->is_revoked, "certificate.revoked");
    refuse(&v, one->is_asked, "certificate.asked");
    return v;
}

void model_revoke_asked(model *m, actor a, int pupil)
{
    m->papers[pupil].is_asked = true;
    m->papers[pupil].asked_by = a;
}

verdict model_agree(const model *m, actor a, int pupil)
{
    const struct paper *one = &m->papers[pupil];
    if (!is_clerk(a))
        return denied;
    if (!one->is_asked)
        return not_found;
    return one->asked_by.who == a.who ? denied : done;
}

void model_agreed(model *m, int pupil, bool accept)
{
    m->papers[pupil].is_asked = false;
    m->papers[pupil].is_revoked |= accept;
}
