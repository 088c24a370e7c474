"""Languages: texts by gettext, dates and numbers by Babel."""

import datetime
import decimal
import gettext as gettext_module
import os
import re
import zoneinfo

from babel import dates, numbers
from flask import g

from .protection import cookie_name

FOLDER = os.path.join(os.path.dirname(__file__), "translations")
LANGUAGES = {"az": "Azərbaycanca", "en": "English", "ru": "Русский"}
COOKIE = "language"
ZONE = zoneinfo.ZoneInfo(os.environ.get("EDU_ZONE", "Asia/Baku"))

_translations = {
    code: gettext_module.translation("portal", FOLDER, [code], fallback=code == "en")
    for code in LANGUAGES
}


def choose(request):
    """The reader's choice, else the browser's, else the first."""
    chosen = request.cookies.get(cookie_name(COOKIE))
    if chosen in LANGUAGES:
        return chosen
    return request.accept_languages.best_match(LANGUAGES) or next(iter(LANGUAGES))


def gettext(text):
    return _translations[g.language].gettext(text)


def ngettext(one, many, count):
    return _translations[g.language].ngettext(one, many, count)


# In every language: the forms of Babel's locales end a Russian date with a word and a full stop, which
# would stand before the sentence's own.
DAY = "d MMMM y"


def date(value):
    """A day; of an instant, the day that it has in the portal's civil time."""
    if isinstance(value, datetime.datetime):
        value = value.astimezone(ZONE)
    return dates.format_date(value, DAY, locale=g.language)


def year_day(text):
    """A day of each year, MM-DD."""
    return dates.format_date(datetime.date.fromisoformat(f"2001-{text}"), "d MMMM", locale=g.language)


def weekday(value):
    return dates.format_date(value, "EEE, d MMMM", locale=g.language)


def day_name(number):
    """Of the week, from 1 for Monday."""
    return dates.get_day_names("abbreviated", "stand-alone", g.language)[number - 1]


def time(value):
    """An instant in the portal's civil time."""
    return dates.format_datetime(value, f"{DAY}, HH:mm", tzinfo=ZONE, locale=g.language)


def clock(value):
    """The hour of an instant, in the portal's civil time."""
    return dates.format_time(value, "HH:mm", tzinfo=ZONE, locale=g.language)


def decimal_sign():
    return numbers.get_decimal_symbol(g.language)


def short_day(value):
    return dates.format_date(value, "d MMM", locale=g.language)


def month(value):
    return dates.format_date(value, "LLL y", locale=g.language)


def number(value):
    return numbers.format_decimal(value, locale=g.language)


def currency_digits(currency):
    return numbers.get_currency_precision(currency)


def money(amount, currency):
    """Minor units as people write them, such as 12,50 AZN."""
    # By its code: few fonts have a sign for the manat.
    return numbers.format_currency(
        decimal.Decimal(amount).scaleb(-currency_digits(currency)), currency,
        "#,##0.00\u00a0¤¤", locale=g.language)


def points(text):
    """Points are decimal text; a missing one is a dash."""
    return "–" if text is None else numbers.format_decimal(text, locale=g.language)


NUMBER = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")


def key_value(text):
    """By which something was ranked: a number, an instant, or what is shown as it is."""
    if isinstance(text, bool):
        return gettext("yes") if text else gettext("no")
    if NUMBER.fullmatch(str(text)):
        return numbers.format_decimal(str(text), locale=g.language, decimal_quantization=False)
    try:
        return time(datetime.datetime.fromisoformat(str(text).replace("Z", "+00:00")))
    except ValueError:
        return text


def kilometres(metres):
    return gettext("%(distance)s km") % {
        "distance": numbers.format_decimal(round(metres / 1000, 1), locale=g.language)}


def from_local(text):
    """A time typed as local civil time, as <input type=datetime-local> sends it."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=ZONE)


def local(when):
    """The other way round; nothing for no time."""
    return when.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M") if when else ""


def install(app):
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(gettext, ngettext, newstyle=True)
    app.jinja_env.filters.update(
        day_name=day_name, weekday=weekday, date=date, year_day=year_day, time=time, number=number,
        local=local, points=points, kilometres=kilometres, money=money, clock=clock, key_value=key_value)
    app.jinja_env.globals.update(
        languages=LANGUAGES, now=lambda: datetime.datetime.now(datetime.timezone.utc))
    app.jinja_env.policies["ext.i18n.trimmed"] = True
