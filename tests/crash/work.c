#include "crash/work.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <edu/round.h>

#define KEY_MAX 40
#define SECRET "a secret of the bank, 32 bytes..."

static const edu_id none = {{0}};

static int payer_of(int number)
{
    return number / HANDS_PER_WRITER;
}

void work_enter(edu_portal *portal, int number, hand *out)
{
    out->number = number;
    for (worker who = 0; who < WORKER_PAYER; who++)
        out->session[who] = ground_enter(portal, who);
    out->session[WORKER_PAYER] = ground_enter(portal, WORKER_PAYER + payer_of(number));
    FX_OK(edu_session_open(portal, NULL, &out->nobody, error));
}

void work_leave(hand *one)
{
    for (int i = 0; i <= WORKER_PAYER; i++)
        edu_session_close(one->session[i]);
    edu_session_close(one->nobody);
}

/* ---- texts that follow from a step ---- */

static void name_of(const step *what, const char *word, char out[KEY_MAX])
{
    (void)snprintf(out, KEY_MAX, "%s-%d-%d", word, what->hand, what->number);
}

static void telephone_of(const step *what, char out[KEY_MAX])
{
    (void)snprintf(out, KEY_MAX, "+994 50 %03d %06d", what->hand, what->number);
}

static edu_id payer_id(const step *what)
{
    return ground.payers[payer_of(what->hand)];
}

static const struct {
    enum actor actor;
    enum target_kind kind;
} certificates[] = {{ACTOR_PUPIL, TARGET_OWN},
                    {ACTOR_GUARDIAN, TARGET_WARDS},
                    {ACTOR_SCHOOL, TARGET_INSTITUTIONS},
                    {ACTOR_CLERK, TARGET_INSTITUTIONS},
                    {ACTOR_CLERK, TARGET_OTHERS}};
_Static_assert(EI_COUNT(certificates) == WORK_CERTIFICATES, "one for each that can be revoked");

/* Valid ones of the stage. */
static const char *certificate_of(int which)
{
    return stage_target(certificates[which].actor, certificates[which].kind).certificate;
}

/* ---- doing ---- */

typedef edu_status do_fn(const hand *one, const step *what, const char *key, ack *out,
                         edu_error *error);

static edu_status do_register(const hand *one, const step *what, const char *key, ack *out,
                              edu_error *error)
{
    return edu_olympiad_register(one->session[WORKER_CLERK], stage_sitting(SITTING_OPEN),
                                 stage_pupil(what->what), key, &out->made, error);
}

static edu_status do_withdraw(const hand *one, const step *what, const char *key, ack *out,
                              edu_error *error)
{
    (void)out;
    return edu_olympiad_withdraw(one->session[WORKER_CLERK], stage_pupil(what->what), what->of, key,
                                 error);
}

static edu_status do_enrol(const hand *one, const step *what, const char *key, ack *out,
                           edu_error *error)
{
    edu_request_receipt *receipt = NULL;
    edu_id draft, person = stage_pupil(what->what);
    edu_session *clerk = one->session[WORKER_CLERK];
    char saving[KEY_MAX + 8], telephone[KEY_MAX];
    (void)snprintf(saving, sizeof saving, "save %s", key);
    telephone_of(what, telephone);
    json_t *form = json_pack("{s:s}", "phone", telephone);
    edu_status status = edu_draft_save(clerk, person, ground.groups[what->where], none, form, NULL,
                                       saving, &draft, error);
    json_decref(form);
    if (status == EDU_OK)
        status = edu_request_submit(clerk, person, draft, key, &receipt, error);
    if (status == EDU_OK)
        out->made = receipt->id;
    edu_free(receipt);
    return status;
}

static edu_status do_leave(const hand *one, const step *what, const char *key, ack *out,
                           edu_error *error)
{
    (void)out;
    return edu_request_act(one->session[WORKER_CLERK], stage_pupil(what->what), what->of, "dismiss",
                           "Moved away.", NULL, key, error);
}

static edu_status do_invoice(const hand *one, const step *what, const char *key, ack *out,
                             edu_error *error)
{
    edu_invoice_input input = EDU_INVOICE_INPUT_INIT;
    input.person_id = payer_id(what);
    input.kind = "books";
    input.title = json_pack("{s:s}", "en", "Books");
    input.amount = what->what;
    input.currency = "AZN";
    edu_status status =
        edu_payment_invoice(one->session[WORKER_FINANCE], &input, key, &out->made, error);
    json_decref(input.title);
    return status;
}

static edu_status do_pay(const hand *one, const step *what, const char *key, ack *out,
                         edu_error *error)
{
    edu_payment_intent *intent = NULL;
    edu_status status =
        edu_payment_pay(one->session[WORKER_PAYER], payer_id(what), what->of, key, &intent, error);
    if (status == EDU_OK)
        out->made = intent->id;
    edu_free(intent);
    return status;
}

static edu_status do_callback(const hand *one, const step *what, const char *key, ack *out,
                              edu_error *error)
{
    (void)out;
    char id[EDU_ID_TEXT], at[32], body[400], signature[256];
    edu_id_format(what->of, id);
    ei_time_format(fx_now(), at);
    (void)snprintf(body, sizeof body,
                   "{\"order\":\"%s\",\"payment\":\"%s\",\"state\":\"captured\",\"amount\":%d,"
                   "\"currency\":\"AZN\",\"at\":\"%s\"}",
                   id, key, what->what, at);
    fx_bank_sign(SECRET, body, fx_now() / SECOND, "staged", signature, sizeof signature);
    return edu_payment_callback(one->nobody, fx_bytes(body), signature, error);
}

static edu_status do_waive(const hand *one, const step *what, const char *key, ack *out,
                           edu_error *error)
{
    (void)out;
    return edu_payment_waive(one->session[WORKER_FINANCE], payer_id(what), what->of, WORK_PART,
                             "A promise.", key, error);
}

static edu_status do_refund(const hand *one, const step *what, const char *key, ack *out,
                            edu_error *error)
{
    (void)out;
    return edu_payment_refund(one->session[WORKER_FINANCE], payer_id(what), what->of, WORK_PART,
                              key, key, error);
}

static edu_status do_appeal(const hand *one, const step *what, const char *key, ack *out,
                            edu_error *error)
{
    edu_appeal_receipt *receipt = NULL;
    edu_appeal_input input = EDU_APPEAL_INPUT_INIT;
    input.channel = "hotline";
    input.person_id = stage_pupil(what->what);
    input.category = "building";
    input.text = key;
    edu_status status = edu_appeal_submit(one->session[WORKER_CLERK], &input, key, &receipt, error);
    if (status == EDU_OK)
        out->made = receipt->id;
    edu_free(receipt);
    return status;
}

static edu_status do_note(const hand *one, const step *what, const char *key, ack *out,
                          edu_error *error)
{
    (void)out;
    return edu_appeal_note(one->session[WORKER_CLERK], stage_pupil(what->what), what->of, key, key,
                           error);
}

static edu_status do_correct(const hand *one, const step *what, const char *key, ack *out,
                             edu_error *error)
{
    (void)out;
    json_t *changes = json_pack("{s:s}", "subject", key);
    edu_status status = edu_register_correct(one->session[WORKER_FINANCE], payer_id(what),
                                             ground.records[payer_of(what->hand)], changes,
                                             "An error.", key, error);
    json_decref(changes);
    return status;
}

static edu_status do_refer(const hand *one, const step *what, const char *key, ack *out,
                           edu_error *error)
{
    edu_reference *made = NULL;
    edu_status status =
        edu_reference_request(one->session[WORKER_PAYER], payer_id(what), "lesson",
                              ground.records[payer_of(what->hand)], key, &made, error);
    if (status == EDU_OK) {
        out->made = made->id;
        (void)snprintf(out->paper, sizeof out->paper, "%s", made->number);
    }
    edu_free(made);
    return status;
}

static edu_status do_revoke(const hand *one, const step *what, const char *key, ack *out,
                            edu_error *error)
{
    (void)snprintf(out->paper, sizeof out->paper, "%s", certificate_of(what->what));
    return edu_certificate_revoke(one->session[WORKER_CLERK], out->paper, key, true, key, error);
}

static edu_status do_agree(const hand *one, const step *what, const char *key, ack *out,
                           edu_error *error)
{
    (void)snprintf(out->paper, sizeof out->paper, "%s", certificate_of(what->what));
    return edu_certificate_revoke_decide(one->session[WORKER_SECOND], out->paper, true, key, error);
}

static edu_status do_unlist(const hand *one, const step *what, const char *key, ack *out,
                            edu_error *error)
{
    (void)out;
    return edu_olympiad_withdraw(one->session[WORKER_CLERK], stage_pupil(what->what),
                                 ground.crowd[what->what], key, error);
}

static edu_status do_decline(const hand *one, const step *what, const char *key, ack *out,
                             edu_error *error)
{
    (void)out;
    return edu_request_act(one->session[WORKER_CLERK], stage_pupil(what->what),
                           ground.applicants[what->what], "decline", NULL, NULL, key, error);
}

static const edu_progress silent;

static edu_status do_allocate(const hand *one, const step *what, const char *key, ack *out,
                              edu_error *error)
{
    (void)what;
    return edu_sitting_allocate(one->session[WORKER_CLERK], ground.sitting, silent, key, &out->made,
                                error);
}

static edu_status do_seat(const hand *one, const step *what, const char *key, ack *out,
                          edu_error *error)
{
    (void)what;
    edu_allocation *found = NULL;
    edu_session *second = one->session[WORKER_SECOND];
    edu_status status = edu_sitting_allocation(second, ground.sitting, &found, error);
    if (status == EDU_OK) {
        out->made = found->id;
        status = edu_sitting_confirm(second, found->id, silent, key, error);
    }
    edu_free(found);
    return status;
}

static edu_status do_round(const hand *one, const step *what, const char *key, ack *out,
                           edu_error *error)
{
    (void)what, (void)out;
    return edu_round_confirm(one->session[WORKER_SECOND], ground.competition, silent, key, error);
}

static edu_status do_approve(const hand *one, const step *what, const char *key, ack *out,
                             edu_error *error)
{
    (void)what, (void)out;
    return edu_result_approve(one->session[WORKER_CLERK], ground.won, silent, key, error);
}

static edu_status do_issue(const hand *one, const step *what, const char *key, ack *out,
                           edu_error *error)
{
    (void)what, (void)key, (void)out;
    int64_t issued;
    return edu_result_issue(one->session[WORKER_CLERK], ground.won, silent, &issued, error);
}

static do_fn *const doing[STEP_KINDS] = {
    [STEP_REGISTER] = do_register, [STEP_WITHDRAW] = do_withdraw, [STEP_ENROL] = do_enrol,
    [STEP_LEAVE] = do_leave,       [STEP_INVOICE] = do_invoice,   [STEP_PAY] = do_pay,
    [STEP_CALLBACK] = do_callback, [STEP_WAIVE] = do_waive,       [STEP_REFUND] = do_refund,
    [STEP_APPEAL] = do_appeal,     [STEP_NOTE] = do_note,         [STEP_CORRECT] = do_correct,
    [STEP_REFER] = do_refer,       [STEP_REVOKE] = do_revoke,     [STEP_AGREE] = do_agree,
    [STEP_UNLIST] = do_unlist,     [STEP_DECLINE] = do_decline,   [STEP_ALLOCATE] = do_allocate,
    [STEP_SEAT] = do_seat,         [STEP_ROUND] = do_round,       [STEP_APPROVE] = do_approve,
    [STEP_ISSUE] = do_issue};

edu_status work_do(const hand *one, const step *what, ack *out, edu_error *error)
{
    char key[KEY_MAX];
    name_of(what, "crash", key);
    *error = (edu_error)EDU_ERROR_INIT;
    *out = (ack){.what = *what};
    return doing[what->kind](one, what, key, out, error);
}

bool work_is_refusal(edu_status status, const edu_error *error)
{
    return (status == EDU_E_CONFLICT || status == EDU_E_STATE || status == EDU_E_NOT_FOUND ||
            status == EDU_E_BUSY) &&
           strncmp(error->key, "storage.", 8) != 0;
}

/* ---- looking for it ---- */

/* Each reads by the call that people would, and frees what it gives. */
typedef bool look_fn(const hand *one, const ack *done, bool undone);

static bool is_application(const hand *one, edu_id person, edu_id id, const char *state)
{
    edu_application *found = NULL;
    edu_error error = EDU_ERROR_INIT;
    bool is_there =
        edu_application_get(one->session[WORKER_CLERK], person, id, &found, &error) == EDU_OK &&
        strcmp(found->state, state) == 0;
    edu_free(found);
    return is_there;
}

/* Of a service that runs on its definition. */
static bool is_request(const hand *one, edu_id person, edu_id id, const char *state)
{
    edu_request *found = NULL;
    edu_error error = EDU_ERROR_INIT;
    bool is_there =
        edu_request_get(one->session[WORKER_CLERK], person, id, &found, &error) == EDU_OK &&
        strcmp(found->state, state) == 0;
    edu_free(found);
    return is_there;
}

static bool look_register(const hand *one, const ack *done, bool undone)
{
    edu_id person = stage_pupil(done->what.what);
    return is_application(one, person, done->made, "registered") ||
           (undone && is_application(one, person, done->made, "withdrawn"));
}

static bool look_withdraw(const hand *one, const ack *done, bool undone)
{
    (void)undone;
    return is_application(one, stage_pupil(done->what.what), done->what.of, "withdrawn");
}

static bool look_enrol(const hand *one, const ack *done, bool undone)
{
    char telephone[KEY_MAX];
    edu_request *found = NULL;
    edu_error error = EDU_ERROR_INIT;
    telephone_of(&done->what, telephone);
    if (edu_request_get(one->session[WORKER_CLERK], stage_pupil(done->what.what), done->made,
                        &found, &error) != EDU_OK)
        return false;
    bool is_there =
        memcmp(&found->offering_id, &ground.groups[done->what.where], sizeof(edu_id)) == 0 &&
        strcmp(json_string_value(json_object_get(found->form, "phone")), telephone) == 0 &&
        (strcmp(found->state, "enrolled") == 0 || strcmp(found->state, "waiting") == 0 ||
         (undone && strcmp(found->state, "dismissed") == 0));
    edu_free(found);
    return is_there;
}

static bool look_leave(const hand *one, const ack *done, bool undone)
{
    (void)undone;
    return is_request(one, stage_pupil(done->what.what), done->what.of, "dismissed");
}

static edu_invoice *invoice_of(const hand *one, const ack *done, edu_id id)
{
    edu_invoice *found = NULL;
    edu_error error = EDU_ERROR_INIT;
    (void)!edu_payment_get(one->session[WORKER_FINANCE], payer_id(&done->what), id, &found, &error);
    return found;
}

static bool look_invoice(const hand *one, const ack *done, bool undone)
{
    (void)undone;
    edu_invoice *found = invoice_of(one, done, done->made);
    bool is_there = found && found->amount == done->what.what && strcmp(found->kind, "books") == 0;
    edu_free(found);
    return is_there;
}

static bool look_waive(const hand *one, const ack *done, bool undone)
{
    (void)undone;
    edu_invoice *found = invoice_of(one, done, done->what.of);
    bool is_there = found && found->waived == WORK_PART;
    edu_free(found);
    return is_there;
}

/* The visit of this invoice, or with this id; what became of it. */
static bool is_intent(const hand *one, const ack *done, edu_id id, const char *state)
{
    /* Invoices of a payer are few: the visit is in one of them. */
    edu_invoice_page *invoices = NULL;
    edu_error error = EDU_ERROR_INIT;
    bool is_there = false;
    edu_session *finance = one->session[WORKER_FINANCE];
    edu_id person = payer_id(&done->what);
    if (edu_payment_invoices(finance, person, NULL, EDU_PAGE_MAX, &invoices, &error) != EDU_OK)
        return false;
    for (size_t i = 0; i < invoices->count && !is_there; i++) {
        edu_payment_intent_page *page = NULL;
        if (edu_payment_intents(finance, person, invoices->items[i].id, NULL, EDU_PAGE_MAX, &page,
                                &error) != EDU_OK)
            continue;
        for (size_t k = 0; k < page->count; k++)
            is_there |= memcmp(&page->items[k].id, &id, sizeof id) == 0 &&
                        (state == NULL || strcmp(page->items[k].state, state) == 0);
        edu_free(page);
    }
    edu_free(invoices);
    return is_there;
}

static bool look_pay(const hand *one, const ack *done, bool undone)
{
    (void)undone;
    return is_intent(one, done, done->made, NULL);
}

static bool look_callback(const hand *one, const ack *done, bool undone)
{
    (void)undone;
    return is_intent(one, done, done->what.of, "captured");
}

static bool look_refund(const hand *one, const ack *done, bool undone)
{
    (void)undone;
    char reason[KEY_MAX];
    edu_payment_refund_record_page *page = NULL;
    edu_error error = EDU_ERROR_INIT;
    int count = 0;
    name_of(&done->what, "crash", reason);
    if (edu_payment_refunds(one->session[WORKER_FINANCE], payer_id(&done->what), done->what.of,
                            NULL, EDU_PAGE_MAX, &page, &error) != EDU_OK)
        return false;
    for (size_t i = 0; i < page->count; i++)
        count += page->items[i].reason && strcmp(page->items[i].reason, reason) == 0 &&
                 page->items[i].amount == WORK_PART;
    edu_free(page);
    return count == 1;
}

/* Exactly one step of the appeal has this text. */
static bool is_in_timeline(const hand *one, const ack *done, edu_id appeal, const char *action)
{
    char text[KEY_MAX];
    edu_appeal_event_page *page = NULL;
    edu_error error = EDU_ERROR_INIT;
    int count = 0;
    name_of(&done->what, "crash", text);
    if (edu_appeal_timeline(one->session[WORKER_CLERK], stage_pupil(done->what.what), appeal, NULL,
                            EDU_PAGE_MAX, &page, &error) != EDU_OK)
        return false;
    for (size_t i = 0; i < page->count; i++)
        count += strcmp(page->items[i].action, action) == 0 && page->items[i].text &&
                 strcmp(page->items[i].text, text) == 0;
    edu_free(page);
    return count == 1;
}

static bool look_appeal(const hand *one, const ack *done, bool undone)
{
    (void)undone;
    return is_in_timeline(one, done, done->made, "register");
}

static bool look_note(const hand *one, const ack *done, bool undone)
{
    (void)undone;
    return is_in_timeline(one, done, done->what.of, "note");
}

static bool look_correct(const hand *one, const ack *done, bool undone)
{
    char subject[KEY_MAX];
    edu_register_record_page *page = NULL;
    edu_error error = EDU_ERROR_INIT;
    edu_id record = ground.records[payer_of(done->what.hand)];
    bool is_there = false;
    name_of(&done->what, "crash", subject);
    if (edu_register_records(one->session[WORKER_CLERK], payer_id(&done->what), NULL, EDU_PAGE_MAX,
                             &page, &error) != EDU_OK)
        return false;
    for (size_t i = 0; i < page->count; i++)
        is_there |=
            memcmp(&page->items[i].id, &record, sizeof record) == 0 &&
            (undone || strcmp(json_string_value(json_object_get(page->items[i].data, "subject")),
                              subject) == 0);
    edu_free(page);
    return is_there;
}

static bool is_certificate(const hand *one, edu_id person, const char *number)
{
    edu_certificate *found = NULL;
    edu_error error = EDU_ERROR_INIT;
    bool is_there =
        edu_certificate_get(one->session[WORKER_CLERK], person, number, &found, &error) == EDU_OK;
    edu_free(found);
    return is_there;
}

/* One that was made of a record that was corrected since may have been revoked for that. */
static bool look_refer(const hand *one, const ack *done, bool undone)
{
    (void)undone;
    edu_reference_page *page = NULL;
    edu_error error = EDU_ERROR_INIT;
    int count = 0;
    if (edu_reference_list(one->session[WORKER_CLERK], payer_id(&done->what), NULL, EDU_PAGE_MAX,
                           &page, &error) != EDU_OK)
        return false;
    for (size_t i = 0; i < page->count; i++)
        count += memcmp(&page->items[i].id, &done->made, sizeof done->made) == 0 &&
                 strcmp(page->items[i].number, done->paper) == 0 &&
                 strcmp(page->items[i].state, "issued") == 0;
    edu_free(page);
    return count == 1 && is_certificate(one, payer_id(&done->what), done->paper);
}

/* Asked for once, and with this reason; agreed where somebody has agreed. */
static bool is_revocation(const hand *one, const ack *done, const char *reason)
{
    edu_revocation_page *page = NULL;
    edu_error error = EDU_ERROR_INIT;
    int count = 0;
    if (edu_certificate_revocations(one->session[WORKER_CLERK], NULL, EDU_PAGE_MAX, &page,
                                    &error) != EDU_OK)
        return false;
    for (size_t i = 0; i < page->count; i++)
        count += strcmp(page->items[i].number, done->paper) == 0 &&
                 (reason ? strcmp(page->items[i].reason, reason) == 0
                         : strcmp(page->items[i].state, "done") == 0);
    edu_free(page);
    return count == 1;
}

static bool look_revoke(const hand *one, const ack *done, bool undone)
{
    (void)undone;
    char reason[KEY_MAX];
    name_of(&done->what, "crash", reason);
    return is_revocation(one, done, reason);
}

static bool look_agree(const hand *one, const ack *done, bool undone)
{
    (void)undone;
    return is_revocation(one, done, NULL);
}

static bool look_unlist(const hand *one, const ack *done, bool undone)
{
    (void)undone;
    return is_application(one, stage_pupil(done->what.what), ground.crowd[done->what.what],
                          "withdrawn");
}

static bool look_decline(const hand *one, const ack *done, bool undone)
{
    (void)undone;
    return is_request(one, stage_pupil(done->what.what), ground.applicants[done->what.what],
                      "declined");
}

static bool is_allocation(const hand *one, edu_id id, bool confirmed)
{
    edu_allocation *found = NULL;
    edu_error error = EDU_ERROR_INIT;
    if (edu_sitting_allocation(one->session[WORKER_CLERK], ground.sitting, &found, &error) !=
        EDU_OK)
        return false;
    bool is_there = memcmp(&found->id, &id, sizeof id) == 0 &&
                    (strcmp(found->state, "confirmed") == 0 ||
                     (!confirmed && (strcmp(found->state, "proposed") == 0 ||
                                     strcmp(found->state, "confirming") == 0)));
    edu_free(found);
    return is_there;
}

static bool look_allocate(const hand *one, const ack *done, bool undone)
{
    (void)undone;
    return is_allocation(one, done->made, false);
}

static bool look_seat(const hand *one, const ack *done, bool undone)
{
    (void)undone;
    return is_allocation(one, done->made, true);
}

static bool look_round(const hand *one, const ack *done, bool undone)
{
    (void)done, (void)undone;
    edu_round *found = NULL;
    edu_error error = EDU_ERROR_INIT;
    bool is_there =
        edu_round_get(one->session[WORKER_CLERK], ground.competition, &found, &error) == EDU_OK &&
        strcmp(found->state, "confirmed") == 0;
    edu_free(found);
    return is_there;
}

static bool is_marking(const hand *one, bool is_issued)
{
    edu_marking *found = NULL;
    edu_error error = EDU_ERROR_INIT;
    bool is_there =
        edu_result_marking(one->session[WORKER_CLERK], ground.won, &found, &error) == EDU_OK &&
        strcmp(found->state, "published") == 0 && (!is_issued || found->certificates == WINNERS);
    edu_free(found);
    return is_there;
}

static bool look_approve(const hand *one, const ack *done, bool undone)
{
    (void)done, (void)undone;
    return is_marking(one, false);
}

static bool look_issue(const hand *one, const ack *done, bool undone)
{
    (void)done, (void)undone;
    return is_marking(one, true);
}

static look_fn *const looking[STEP_KINDS] = {
    [STEP_REGISTER] = look_register, [STEP_WITHDRAW] = look_withdraw,
    [STEP_ENROL] = look_enrol,       [STEP_LEAVE] = look_leave,
    [STEP_INVOICE] = look_invoice,   [STEP_PAY] = look_pay,
    [STEP_CALLBACK] = look_callback, [STEP_WAIVE] = look_waive,
    [STEP_REFUND] = look_refund,     [STEP_APPEAL] = look_appeal,
    [STEP_NOTE] = look_note,         [STEP_CORRECT] = look_correct,
    [STEP_REFER] = look_refer,       [STEP_REVOKE] = look_revoke,
    [STEP_AGREE] = look_agree,       [STEP_UNLIST] = look_unlist,
    [STEP_DECLINE] = look_decline,   [STEP_ALLOCATE] = look_allocate,
    [STEP_SEAT] = look_seat,         [STEP_ROUND] = look_round,
    [STEP_APPROVE] = look_approve,   [STEP_ISSUE] = look_issue};

bool work_is_stored(const hand *one, const ack *done, bool undone)
{
    return looking[done->what.kind](one, done, undone);
}
