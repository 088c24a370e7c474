#include "domain/portal/texts.h"

#include <string.h>

#include "core/core.h"

static const ei_message_text texts[] = {
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
