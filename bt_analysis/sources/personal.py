"""Personal data in what is delivered: a text goes in; which kind of personal data it looks like comes out.

Nothing here keeps or returns what was found: only the kind, so that no message can hold it. The numbers are held
against their own check (BSN by the 11-test, IBAN by its remainder of 97), so that few other numbers are taken for one.
"""

from __future__ import annotations

import re
import unicodedata

from bt_analysis.sources.grids import spelling
from bt_analysis.sources.person_names import has_person_name

KINDS = (
    *("personal_email", "personal_phone", "personal_bsn", "personal_iban"),
    *("personal_address", "personal_birth", "personal_name"),
)
"""What a text can look like, as the kind of the problem that is told."""

_LONGEST = 40_000
# A postcode and a house number.
_FEWEST_DIGITS = 5
_EMAIL = re.compile(
    r"[\w.+%-]@[\w-]{1,63}\.\w"
    r"|\w ?[\[({] ?(?:at|apenstaartje|@) ?[\])}] ?\w"
    r"|\w ?\(a\) ?[\w-]{1,63}\.\w|\w ?@ ?[\w-]{1,63} ?\. ?(?:nl|com|org|net|eu|be|de)\b"
    r"|\w (?:at|apenstaartje) [\w-]{1,63} ?(?:\.|punt|dot) ?(?:nl|com|org|net|eu)\b",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://\S+", re.IGNORECASE)
_DAY = re.compile(r"(?<!\d)(?:\d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d)(?!\d)")
_GAP = r"[ .\-/–]{0,3}"
_NO_DIGIT = r"(?<![\dA-Za-z.,])"
_PHONE = re.compile(
    rf"{_NO_DIGIT}\(?06\)?(?:{_GAP}\d){{8}}(?!\d)"
    r"|(?<!\d )(?<![\w.,/-])6[ -]\d{8}(?!\d)"
    rf"|{_NO_DIGIT}\(?0(?:10|1[358]|2[0346]|3[03568]|4[0356]|5[0358]|7\d|8[4-8]|91)\)?(?:{_GAP}\d){{7}}(?!\d)"
    rf"|{_NO_DIGIT}\(?0[1-57]\d\d\)?(?:{_GAP}\d){{6}}(?!\d)"
    rf"|(?<![\d.,])(?:\+|00 ?(?=31|32|49|90|212|33|44|48|597|599))[1-9]\d{{0,2}}(?:[ .\-/–()]{{0,4}}\d){{7,12}}(?!\d)"
)
_BSN_SAID = re.compile(
    r"\b(?:bsn|burgerservice ?nummer|sofi-?nummer)\W{0,5}(?:nr|nummer|is)?\W{0,5}\d(?:[ .]?\d){6,8}", re.IGNORECASE
)
_NUMBER = re.compile(r"(?<![\w.,])(?:\d{8,9}|\d{3}[ .]\d{3}[ .]\d{3}|\d{4}[ .]\d\d[ .]\d{3})(?![\w]|[.,]\d)")
_OTHER_NUMBER = re.compile(
    r"(?:kvk|k\.v\.k\.?|kamer van koophandel|rsin|btw|isbn|vestiging\w*)\W{0,4}(?:nr|nummer)?\W{0,4}$", re.IGNORECASE
)
_YMD = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])[0-3]\d|[0-3]\d(?:0[1-9]|1[0-2])(?:19|20)\d\d")
_IBAN = re.compile(r"(?<![A-Z0-9])(?=([A-Z]{2}\d\d(?:[ .\-]?[A-Z0-9]){11,30}))")
_IBAN_LENGTHS = {
    country: int(length)
    for country, length in re.findall(
        r"([A-Z]{2})(\d+)",
        "NL18 BE16 DE22 FR27 LU20 GB22 IE22 ES24 PT25 IT27 AT20 PL28 TR26 RO24 BG22 CH21 DK18 SE24 "
        "NO15 FI18 GR27 HU28 CZ24 SK24 HR21 SI19 LT20 LV21 EE20 UA29 MT31 CY28",
    )
}
_PC6 = r"[1-9]\d{3}(?: ?(?!S[ADS])[A-Z]{2}| ?(?!s[ads])(?<=\d)[a-z]{2})(?!\w)"
_HOUSE = r"(?:huisnummer|huisnr\.?|nummer|nr\.?|no\.?|#)? ?[1-9]\d{0,4}(?!\d|-\d\d?-|[.,]\d| ?[A-Z]{2}(?!\w))"
_ADDRESS = re.compile(
    rf"(?<![\w-]){_PC6}(?: ?[,/-] ?| ){_HOUSE}"
    rf"|(?<![\w.,-])\d{{1,3}}(?: ?[A-Za-z]|-\d{{1,3}}| ?(?:bis|hs|huis|rd|zw))?(?: ?, ?| ){_PC6}"
    rf"|[A-Za-z]{{4,}} \d{{1,5}}(?: ?[A-Za-z]|-\d{{1,3}})?(?: ?, ?| ){_PC6}"
)
# Who lives behind one door; buren van nr 1 t/m 50 are a street.
_DOOR = re.compile(
    r"\b(?:buurvrouw|buurman|bewoner|bewoonster|mevrouw|mevr\.|meneer|man|vrouw|dame|heer|gezin|familie)"
    r" (?:van|op|uit) (?:huisnummer|huisnr\.?|nummer|nr\.?) ?\d{1,5}\b(?! ?(?:t/m|tot|en|-) ?\d)"
    r"|\b(?:woont|wonend|woonachtig) (?:op|aan|in) (?:de |het |een )?(?:[^\W\d_]{2,30} ){0,3}[^\W\d_]{0,30}"
    r"(?:straat|laan|weg|plein|kade|gracht|singel|hof|dreef|pad|steeg|dijk|park|markt)"
    r" [1-9]\d{0,3}(?!\d| ?(?:t/m|tot|en) ?\d| - \d)",
    re.IGNORECASE,
)
_MONTH = r"(?:\d{1,2}|(?:jan|feb|maa|mrt|apr|mei|jun|jul|aug|sep|okt|nov|dec)[a-z]{0,7}\.?)"
_BIRTH = re.compile(
    r"(?:\bgeb(?:oren|oortedatum|oortedag|\.? ?datum|\.)|\bborn\b|\bbirth\w*)\W{0,6}"
    rf"(?:(?:op|on|is|in \w{{2,30}} op)\W{{1,3}})?\d{{1,2}}[-/. ]{{1,2}}{_MONTH}[-/. ]{{1,2}}(?:19|20)?\d\d\b"
    r"|\bgeb(?:\.|oren|oortedatum)?:? ?[0-3]\d[01]\d(?:19|20)\d\d\b|\bgeb:? \d{1,2}[-/.]\d{1,2}[-/.](?:19|20)\d\d\b",
    re.IGNORECASE,
)
_OF_PERSON = (
    r"(?:deelnemers?|vrijwilligers?|bewoners?|contactpersoon|respondent(?:en)?|persoon|cli[eë]nt|lid|leden"
    r"|buur(?:man|vrouw)?|ouders?|kind|vader|moeder|mantelzorger|pati[eë]nt|coach|hulpvrager|ontvanger|aanvrager"
    r"|participants?|person|volunteers?|residents?|respondents?|members?)"
)
_NUMBER_WORD = r"(?: ?(?:nummers?|nr|number|e nummer))?"
_HEADER = re.compile(
    rf"(?:\w+ )?(?:e ?mail|mail)(?: ?adres(?:sen)?| address)?(?: (?:van )?(?:de )?{_OF_PERSON})?"
    rf"|(?:\w+ )?(?:telefoon|tel|mobiel|mobile|gsm|phone){_NUMBER_WORD}(?: \w+)?|06 ?(?:nummer|nr)"
    rf"|(?:\w+ )?(?:bsn|burger ?service ?nummer|sofi ?nummer){_NUMBER_WORD}(?: \w+)?"
    r"|(?:woon|huis|post|bezoek|thuis)? ?adres(?:gegevens)?(?: \w+)?|(?:home |street )?address"
    r"|huis ?(?:nummer|nr)|house ?number|straat ?naam|straat (?:en )?(?:huis)? ?(?:nummer|nr)|naw(?: gegevens)?"
    r"|(?:\w+ )?geb(?:oorte)? ?(?:datum|dag|dat)(?: \w+)?|geboren(?: op)?|date of birth|birth ?da(?:te|y)|dob"
    r"|(?:\w+ )?(?:iban|(?:bank)?rekening ?(?:nummer|nr))(?: \w+)?|bank ?account(?: number)?"
    r"|(?:voor|achter|familie|roep|meisjes) ?(?:namen|naam)|voorletters?|initialen"
    r"|(?:first|last|family|given|sur|full) ?name|volledige naam"
    rf"|(?:naam|namen|name) (?:van )?(?:de |het |een |of )?(?:the )?{_OF_PERSON}"
    rf"|{_OF_PERSON} ?s? ?(?:naam|namen|name)|contactpersoon",
    re.IGNORECASE,
)


def looks_personal(text: str, *, names: bool = True, numbers: bool = True) -> str | None:
    """Return which kind of personal data a text looks like.

    Parameters
    ----------
    text : str
        Any text; full-width and unseen characters are looked through.
    names : bool
        Whether names of people count; no for the name of an organisation or the title of a source.
    numbers : bool
        Whether a number counts that is a BSN by its 11-test alone; no where numbers belong, such as a KvK number.

    Returns
    -------
    str or None
        One of ``KINDS``, the first that is found; None when nothing is.
    """
    text = plain(text)
    if _EMAIL.search(text):
        return "personal_email"
    if _DOOR.search(text):
        return "personal_address"
    found = _number_kind(text, numbers=numbers) if sum(map(str.isdigit, text)) >= _FEWEST_DIGITS else None
    return found or ("personal_name" if names and has_person_name(text) else None)


def is_personal_header(text: object) -> bool:
    """Return whether the name of a column says that it is about one person: e-mail, telefoonnummer, naam deelnemer.

    Parameters
    ----------
    text : object
        Cell of a header.

    Returns
    -------
    bool
        True for what could be nothing else; "naam" alone could be that of an activity.
    """
    name = re.sub(r"[\s_:*?()./-]+", " ", plain(spelling(text))[:80]).strip()
    return bool(_HEADER.fullmatch(name))


def plain(text: str) -> str:
    """Return a text in common characters: full-width signs made narrow, unseen ones left out.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    str
        Cut off after the longest text that a cell can hold.
    """
    text = text[:_LONGEST]
    if text.isascii():
        return text.replace("\t", " ").replace("\n", " ").replace("\r", " ")
    text = unicodedata.normalize("NFKC", text)
    return "".join(" " if c.isspace() else c for c in text if unicodedata.category(c) != "Cf")


def _number_kind(text: str, *, numbers: bool) -> str | None:
    bare = _DAY.sub(" | ", _URL.sub(" | ", text))
    if any(map(_is_iban, _IBAN.findall(text.upper()))):
        return "personal_iban"
    if _PHONE.search(bare):
        return "personal_phone"
    if _BSN_SAID.search(bare) or (numbers and any(_is_bsn(match, bare) for match in _NUMBER.finditer(bare))):
        return "personal_bsn"
    if _ADDRESS.search(text):
        return "personal_address"
    return "personal_birth" if _BIRTH.search(text) else None


def _is_bsn(match: re.Match[str], text: str) -> bool:
    """Return whether a number passes the 11-test: 9a + 8b + … + 2h − i is a multiple of 11."""
    digits = re.sub(r"\D", "", match[0])
    if len(digits) == 8 and (_YMD.fullmatch(digits) or len(match[0]) > 8):
        return False
    if _OTHER_NUMBER.search(text[max(0, match.start() - 30) : match.start()]):
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    total = sum(weight * int(digit) for weight, digit in zip(weights, digits.zfill(9), strict=True))
    return total % 11 == 0 and int(digits) > 0


def _is_iban(candidate: str) -> bool:
    """Return whether letters and digits are an IBAN: the first four put behind, A = 10, it is 1 modulo 97."""
    compact = re.sub(r"[ .\-]", "", candidate)[: _IBAN_LENGTHS.get(candidate[:2], 0)]
    if len(compact) < _IBAN_LENGTHS.get(candidate[:2], 99):
        return False
    return int("".join(str(int(character, 36)) for character in compact[4:] + compact[:4])) % 97 == 1
