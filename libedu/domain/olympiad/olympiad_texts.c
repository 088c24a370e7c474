#include "domain/olympiad/olympiad_texts.h"

#include "domain/portal/words.h"

static const char *const texts[EI_OLYMPIAD_TEXTS][EI_LANGUAGES] = {
    [EI_TEXT_NOT_A_PUPIL] = {"Only pupils of the register may take part.",
                             "Yalnız reyestrdə olan şagirdlər iştirak edə bilər.",
                             "Участвовать могут только ученики из реестра."},
    [EI_TEXT_WRONG_GRADE] = {"This sitting is for other grades.",
                             "Bu imtahan başqa siniflər üçündür.",
                             "Этот экзамен для других классов."},
    [EI_TEXT_NOT_YET] = {"Registration has not opened yet.", "Qeydiyyat hələ başlamayıb.",
                         "Регистрация ещё не началась."},
    [EI_TEXT_CLOSED] = {"Registration has closed.", "Qeydiyyat başa çatıb.",
                        "Регистрация закончилась."},
    [EI_TEXT_ALREADY] = {"The pupil is registered for it already.",
                         "Şagird artıq qeydiyyatdan keçib.", "Ученик уже зарегистрирован."},
    [EI_TEXT_CLASH] = {"It overlaps another sitting that the pupil is registered for.",
                       "Şagirdin qeydiyyatdan keçdiyi başqa imtahanla eyni vaxta düşür.",
                       "По времени совпадает с другим экзаменом, на который записан ученик."},
    [EI_TEXT_BY_INVITATION] = {"Only those who are invited take part in this round.",
                               "Bu mərhələdə yalnız dəvət olunanlar iştirak edir.",
                               "В этом этапе участвуют только приглашённые."},
};

const char *ei_olympiad_text_get(const char *language, ei_olympiad_text text)
{
    return texts[text][ei_language_index(language)];
}
