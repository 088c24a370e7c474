#include "domain/portal/texts.h"

#include <string.h>

#include "core/core.h"

static const ei_message_text texts[] = {
    /* Steps that no definition has: only what they are called. */
    {".note", "az", "Daxili qeyd", ""},
    {".note", "en", "Internal note", ""},
    {".note", "ru", "Внутренняя заметка", ""},
    {".assign", "az", "İcraçı təyin edildi", ""},
    {".assign", "en", "Given to somebody to work on", ""},
    {".assign", "ru", "Назначен исполнитель", ""},

    {".moved", "az", "Müddət yenidən hesablandı",
     "Təqvim dəyişib. Dəyişən günlər: {days}. Yeni müddət: {due}."},
    {".moved", "en", "The deadline is computed anew",
     "The calendar has changed. Days that changed: {days}. New date: {due}."},
    {".moved", "ru", "Срок пересчитан",
     "Календарь изменился. Изменившиеся дни: {days}. Новый срок: {due}."},

    {".merged", "az", "Təkrar qeydiyyatdan köçürüldü", ""},
    {".merged", "en", "Taken over from a second record of the same person", ""},
    {".merged", "ru", "Перенесено из повторной записи того же лица", ""},

    {"request_moved", "az", "Müddət dəyişib",
     "{subject}: iş günlərinin təqvimi dəyişib ({days}). Yeni müddət: {due}."},
    {"request_moved", "en", "A deadline has moved",
     "{subject}: the calendar of working days has changed ({days}). New date: {due}."},
    {"request_moved", "ru", "Срок изменился",
     "{subject}: календарь рабочих дней изменился ({days}). Новый срок: {due}."},

    /* sealed: code */
    {"activate_code", "az", "Hesabın aktivləşdirilməsi",
     "Şəxsi kabinetinizi aktivləşdirmək üçün kod: {code}\n"
     "Kod 30 dəqiqə etibarlıdır. Onu heç kimə verməyin."},
    {"activate_code", "en", "Activate your account",
     "The code that activates your personal cabinet: {code}\n"
     "It is valid for 30 minutes. Give it to nobody."},
    {"activate_code", "ru", "Активация учётной записи",
     "Код для активации личного кабинета: {code}\n"
     "Код действителен 30 минут. Никому его не сообщайте."},

    /* sealed: code */
    {"recover_code", "az", "Parolun bərpası",
     "Yeni parol təyin etmək üçün kod: {code}\n"
     "Kod 30 dəqiqə etibarlıdır. Bunu siz istəməmisinizsə, məktuba məhəl qoymayın."},
    {"recover_code", "en", "Recover your password",
     "The code that sets a new password: {code}\n"
     "It is valid for 30 minutes. If you did not ask for it, ignore this message."},
    {"recover_code", "ru", "Восстановление пароля",
     "Код для установки нового пароля: {code}\n"
     "Код действителен 30 минут. Если вы его не запрашивали, не обращайте внимания."},

    /* sealed: code */
    {"confirm_code", "az", "Girişin təsdiqi",
     "Girişi təsdiqləmək üçün kod: {code}\n"
     "Kod 30 dəqiqə etibarlıdır. Daxil olan siz deyilsinizsə, parolunuzu dəyişin."},
    {"confirm_code", "en", "Confirm your sign-in",
     "The code that confirms your sign-in: {code}\n"
     "It is valid for 30 minutes. If it was not you who signed in, change your password."},
    {"confirm_code", "ru", "Подтверждение входа",
     "Код для подтверждения входа: {code}\n"
     "Код действителен 30 минут. Если входили не вы, смените пароль."},

    {"account_exists", "az", "Hesabınız artıq var",
     "Sizin adınıza yeni hesab istənildi, lakin hesabınız artıq var. Parolu unutmusunuzsa, onu "
     "bərpa edin. Bunu siz istəməmisinizsə, heç nə etmək lazım deyil."},
    {"account_exists", "en", "You have an account already",
     "A new account was asked for in your name, but you have one already. If you have forgotten "
     "the "
     "password, recover it. If it was not you who asked, there is nothing to do."},
    {"account_exists", "ru", "У вас уже есть учётная запись",
     "На ваше имя запрошена новая учётная запись, но она у вас уже есть. Если вы забыли пароль, "
     "восстановите его. Если запрос сделали не вы, ничего делать не нужно."},

    {"person_merged", "az", "Qeydləriniz birləşdirildi",
     "Portalda sizin haqqınızda iki qeyd var idi, indi bir qeyddir. Müraciətləriniz, arayışlarınız "
     "və "
     "ödənişləriniz şəxsi kabinetinizdədir. Səhv varsa, məktəbinizə və ya nazirliyə yazın."},
    {"person_merged", "en", "Your records were joined",
     "The portal had two records of you, and now has one. Your applications, references and "
     "payments "
     "are in your personal cabinet. If this is a mistake, write to your school or the ministry."},
    {"person_merged", "ru", "Ваши записи объединены",
     "На портале было две записи о вас, теперь одна. Ваши заявления, справки и платежи находятся в "
     "личном кабинете. Если это ошибка, обратитесь в свою школу или в министерство."},

    {"invoice_made", "az", "Yeni hesab-faktura",
     "Sizin üçün {number} nömrəli hesab-faktura yaradıldı. Ona şəxsi kabinetinizdə baxın və "
     "ödəyin."},
    {"invoice_made", "en", "A new invoice",
     "There is an invoice for you, number {number}. See and pay it in your personal cabinet."},
    {"invoice_made", "ru", "Новый счёт",
     "Для вас выставлен счёт № {number}. Посмотрите и оплатите его в личном кабинете."},

    {"invoice_waived", "az", "Ödəniş məbləği azaldıldı",
     "{number} nömrəli hesab-faktura üzrə güzəşt edildi. Qalan məbləğ şəxsi kabinetinizdədir."},
    {"invoice_waived", "en", "A part of your invoice was waived",
     "A part of invoice {number} was waived. What remains is in your personal cabinet."},
    {"invoice_waived", "ru", "Сумма счёта уменьшена",
     "По счёту № {number} предоставлена льгота. Оставшаяся сумма указана в личном кабинете."},

    {"invoice_cancelled", "az", "Hesab-faktura ləğv edildi",
     "{number} nömrəli hesab-faktura ləğv edildi. Onu ödəmək lazım deyil."},
    {"invoice_cancelled", "en", "Your invoice was cancelled",
     "Invoice {number} was cancelled. You do not need to pay it."},
    {"invoice_cancelled", "ru", "Счёт отменён",
     "Счёт № {number} отменён. Оплачивать его не нужно."},

    {"payment_received", "az", "Ödəniş qəbul edildi",
     "{number} nömrəli hesab-faktura üzrə ödənişiniz qəbul edildi."},
    {"payment_received", "en", "Your payment has arrived",
     "Your payment for invoice {number} has arrived."},
    {"payment_received", "ru", "Платёж получен", "Ваш платёж по счёту № {number} получен."},

    {"payment_returned", "az", "Artıq ödəniş qaytarılır",
     "{number} nömrəli hesab-faktura üzrə tələb olunandan artıq ödəmisiniz. Artıq məbləğ bank "
     "kartınıza qaytarılır."},
    {"payment_returned", "en", "What you paid too much goes back",
     "You have paid more for invoice {number} than was due. The surplus goes back to your card."},
    {"payment_returned", "ru", "Излишек возвращается",
     "По счёту № {number} вы заплатили больше, чем требовалось. Излишек возвращается на карту."},

    {"refund_started", "az", "Ödəniş geri qaytarılır",
     "{number} nömrəli hesab-faktura üzrə ödədiyiniz məbləğ geri qaytarılır."},
    {"refund_started", "en", "Your money is on its way back",
     "What you have paid for invoice {number} is on its way back to you."},
    {"refund_started", "ru", "Деньги возвращаются",
     "Оплаченное вами по счёту № {number} возвращается."},

    {"refund_done", "az", "Ödəniş geri qaytarıldı",
     "{number} nömrəli hesab-faktura üzrə məbləği bank geri qaytardı."},
    {"refund_done", "en", "Your money was given back",
     "The bank has given back what was to be refunded for invoice {number}."},
    {"refund_done", "ru", "Деньги возвращены", "Банк вернул деньги по счёту № {number}."},

    /* Keys of a ranking that no definition names. */
    {"round.lottery", "az", "Püşk nömrəsi", ""},
    {"round.lottery", "en", "Lottery number", ""},
    {"round.lottery", "ru", "Номер жребия", ""},
    {"round.submitted", "az", "Müraciət vaxtı", ""},
    {"round.submitted", "en", "Time of the application", ""},
    {"round.submitted", "ru", "Время подачи", ""},

    {"guardian_active", "az", "Valideyn əlaqəsi təsdiqləndi",
     "Məktəb müraciətinizi təsdiqlədi: indi şəxsi kabinetinizdə uşağın adından müraciət edə "
     "bilərsiniz."},
    {"guardian_active", "en", "Your link to the child was confirmed",
     "The school has confirmed your request: you may now act for the child in your personal "
     "cabinet."},
    {"guardian_active", "ru", "Связь с ребёнком подтверждена",
     "Школа подтвердила ваш запрос: теперь вы можете действовать от имени ребёнка в личном "
     "кабинете."},

    {"guardian_refused", "az", "Valideyn əlaqəsi təsdiqlənmədi",
     "Məktəb müraciətinizi təsdiqləmədi. Sənədlərlə məktəbə müraciət edin."},
    {"guardian_refused", "en", "Your link to the child was not confirmed",
     "The school has not confirmed your request. Please turn to the school with your papers."},
    {"guardian_refused", "ru", "Связь с ребёнком не подтверждена",
     "Школа не подтвердила ваш запрос. Обратитесь в школу с документами."},
};

const ei_message_text *ei_message_text_find(const char *template, const char *language)
{
    const ei_message_text *english = NULL;
    for (size_t i = 0; i < EI_COUNT(texts); i++) {
        if (strcmp(texts[i].template, template) != 0)
            continue;
        if (strcmp(texts[i].language, language) == 0)
            return &texts[i];
        if (strcmp(texts[i].language, "en") == 0)
            english = &texts[i];
    }
    return english;
}
