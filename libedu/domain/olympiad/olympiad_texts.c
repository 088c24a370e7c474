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
    [EI_TEXT_SLIP] = {"Admission slip", "Buraxılış vərəqəsi", "Пропуск на олимпиаду"},
    [EI_TEXT_PUPIL] = {"Pupil", "Şagird", "Ученик"},
    [EI_TEXT_SCHOOL] = {"School", "Məktəb", "Школа"},
    [EI_TEXT_GRADE] = {"Grade", "Sinif", "Класс"},
    [EI_TEXT_SUBJECT] = {"Subject", "Fənn", "Предмет"},
    [EI_TEXT_DATE] = {"Date", "Tarix", "Дата"},
    [EI_TEXT_TIME] = {"Starts at", "Başlama vaxtı", "Начало"},
    [EI_TEXT_DURATION] = {"Duration", "Müddət", "Продолжительность"},
    [EI_TEXT_MINUTES] = {"minutes", "dəqiqə", "мин."},
    [EI_TEXT_CENTRE] = {"Exam centre", "İmtahan mərkəzi", "Экзаменационный центр"},
    [EI_TEXT_ADDRESS] = {"Address", "Ünvan", "Адрес"},
    [EI_TEXT_ROOM] = {"Room", "Otaq", "Аудитория"},
    [EI_TEXT_SEAT] = {"Seat", "Yer", "Место"},
    [EI_TEXT_VARIANT] = {"Variant", "Variant", "Вариант"},
    [EI_TEXT_DISTANCE] = {"From the school", "Məktəbdən məsafə", "Расстояние от школы"},
    [EI_TEXT_BRING] = {"Bring this slip and an identity document. Be there 30 minutes before the "
                       "start.",
                       "Bu vərəqəni və şəxsiyyəti təsdiq edən sənədi gətirin. Başlanğıcdan 30 "
                       "dəqiqə əvvəl gəlin.",
                       "Возьмите этот пропуск и удостоверение личности. Приходите за 30 минут до "
                       "начала."},
    [EI_TEXT_WHY] = {"Centres are given so that the distances of all pupils together are the "
                     "least.",
                     "Mərkəzlər elə bölünür ki, bütün şagirdlərin yolu birlikdə ən qısa olsun.",
                     "Центры распределены так, чтобы общий путь всех учеников был наименьшим."},
    [EI_TEXT_ATTENDANCE] = {"Attendance list", "İştirak siyahısı", "Список участников"},
    [EI_TEXT_SIGNATURE] = {"Signature", "İmza", "Подпись"},
};

const char *ei_olympiad_text_get(const char *language, ei_olympiad_text text)
{
    return texts[text][ei_language_index(language)];
}
