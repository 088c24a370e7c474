#include "domain/sitting/sitting_texts.h"

#include "domain/portal/words.h"

static const char *const texts[EI_SITTING_TEXTS][EI_LANGUAGES] = {
    [EI_TEXT_SLIP] = {"Admission slip", "Buraxılış vərəqəsi", "Допускной лист"},
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
    [EI_TEXT_BRING] =
        {"Bring this slip and an identity document. Be there 30 minutes before the "
         "start.",
         "Bu vərəqəni və şəxsiyyəti təsdiq edən sənədi gətirin. Başlanğıcdan 30 "
         "dəqiqə əvvəl gəlin.",
         "Возьмите этот допускной лист и удостоверение личности. Приходите за 30 минут до "
         "начала."},
    [EI_TEXT_WHY] = {"Centres are given so that the distances of all together are the least.",
                     "Mərkəzlər elə bölünür ki, hamının yolu birlikdə ən qısa olsun.",
                     "Центры распределены так, чтобы общий путь всех был наименьшим."},
    [EI_TEXT_ATTENDANCE] = {"Attendance list", "İştirak siyahısı", "Список участников"},
    [EI_TEXT_SIGNATURE] = {"Signature", "İmza", "Подпись"},
    [EI_TEXT_NAME] = {"Name", "Ad, soyad", "Имя"},
    [EI_TEXT_EXAM] = {"Examination", "İmtahan", "Экзамен"},
    [EI_TEXT_REGION] = {"You come from", "Gəldiyiniz yer", "Откуда вы"},
    [EI_TEXT_FROM_REGION] = {"Distance from there", "Oradan məsafə", "Расстояние оттуда"},
    [EI_TEXT_HOME] = {"Comes from", "Haradan gəlir", "Откуда"},
    [EI_TEXT_LINE] = {"Your line in the allocation's record", "Bölgü qeydində sətriniz",
                      "Ваша строка в записи о распределении"},
};

const char *ei_sitting_text_get(const char *language, ei_sitting_text text)
{
    return texts[text][ei_language_index(language)];
}
