"""Names turned into parts of addresses and into ids: Hexo's form, GitHub's form, and one slug for each term."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence

from sitegen.digests import hash_bytes

_CONTROLS = re.compile("[\x00-\x1f]")
_SEPARATORS = re.compile(
    "[ \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff~`!@#$%^&*()\\-_+=\\[\\]{}|\\\\;:\"'<>,.?/]+"
)
_PLUS_AFTER_NAME = re.compile(r"(?<=[^\s+])\++")
_SHARP_AFTER_NAME = re.compile(r"(?<=[^\s#])#+")

_LONGEST_TERM = 180
"""Bytes; leaves room for a suffix within the 255 bytes that file systems allow a name."""

# Latin letters that Hexo reduces to plain ones although Unicode does not decompose them.
_LETTERS = (
    "ØßøĐđĦħıĿŀŁłŉŦŧſƀƁƂƃƆƇƈƉƊƋƌƎƐƑƒƓƗƘƙƚƜƝƞƟƤƥƬƭƮƲƳƴƵƶǝǤǥǾǿȠȤȥȺȻȼȽȾȿɀɃɄɅɇɈɉɊɋɌɍɎɏɐɓɔɖɗɛɠɥɨɫɯɱɲɵɽʈʉʋʌᵹᵽẚẛẞỾỿↄ"
    "ⱠⱡⱢⱣⱤⱥⱦⱧⱨⱩⱪⱫⱬⱮⱯⱲⱳⱵⱶⱾⱿꜾꜿꝀꝁꝂꝃꝄꝅꝆꝇꝈꝉꝊꝋꝌꝍꝐꝑꝒꝓꝔꝕꝖꝗꝘꝙꝚꝛꝞꝟꝢꝣꝹꝺꝻꝼꝽꝾꝿꞀꞁꞂꞃꞄꞅꞆꞇꞍꞐꞑꞠꞡꞢꞣꞤꞥꞦꞧꞨꞩ"
)
_PLAIN_LETTERS = (
    "OsoDdHhiLlLlnTtlbBBbOCcDDDdEEFfGIKklMNnOPpTtTVYyZzeGgOoNZzACcLTszBUVeJjQqRrYyaboddeghilmmnortuvvgpasSYyc"
    "LlLPRatHhKkZzMAWwHhSZCcKkKkKkLlLlOoOoPpPpPpQqQqRrVvZzDdFfGGgLlRrSsTtHNnGgKkNnRrSs"
)
_LIGATURES = (
    "ÆAE æae ŒOE œoe ƕhv ƢOI ƣoi ǄDZ ǅDz ǆdz ǇLJ ǈLj ǉlj ǊNJ ǋNj ǌnj ǢAE ǣae ǱDZ ǲDz ǳdz ǼAE ǽae ȢOU ȣou "
    "ꜨTZ ꜩtz ꜲAA ꜳaa ꜴAO ꜵao ꜶAU ꜷau ꜸAV ꜹav ꜺAV ꜻav ꜼAY ꜽay ꝎOO ꝏoo ꝠVY ꝡvy"
)


def slugify(text: str) -> str:
    """`text` as Hexo writes it in addresses and heading ids, its case kept; empty when nothing is left.

    Latin letters lose their marks, control characters vanish, and each run of white space and ASCII
    punctuation becomes one `-`, none at the ends. Han, kana, Hangul, emoji and full-width punctuation stay.
    """
    text = _CONTROLS.sub("", text)
    if not text.isascii():
        # A mark that the folding sets free may join its letter anew, hence until nothing changes.
        folded = None
        while folded != text:
            folded = text
            text = unicodedata.normalize("NFC", text).translate(_latin_folding())
    return _SEPARATORS.sub("-", text).strip("-")


def github_slug(text: str) -> str:
    """`text` as GitHub makes heading ids: lower case, punctuation dropped, each space a `-`."""
    kept = []
    for character in unicodedata.normalize("NFC", text).lower():
        if character in " -":
            kept.append("-")
        elif character.isalpha() or unicodedata.category(character) in ("Mn", "Mc", "Me", "Nd", "Nl", "Pc"):
            kept.append(character)
    return "".join(kept)


def term_slug(name: str) -> str:
    """The part of an address that a category or tag gets by its name alone.

    As `slugify`, but `+` and `#` after a name are spelled out, since they are often all that tells two names
    apart: C, C-plus-plus, C-sharp. A name of which nothing is left gets `term-` and four digits of its hash; one
    too long for a file system is cut and gets such digits too.
    """
    name = "".join(
        character
        for character in unicodedata.normalize("NFC", name)
        if unicodedata.category(character) not in ("Cc", "Cs")
    )
    spelled = _PLUS_AFTER_NAME.sub(lambda run: "-plus" * len(run[0]) + "-", name)
    spelled = _SHARP_AFTER_NAME.sub(lambda run: "-sharp" * len(run[0]) + "-", spelled)
    slug = slugify(spelled)
    if not slug:
        return f"term-{_digits(name, 4)}"
    encoded = slug.encode()
    if len(encoded) > _LONGEST_TERM:
        return f"{encoded[:_LONGEST_TERM].decode(errors='ignore')}-{_digits(name, 8)}"
    return slug


def term_slugs(names: Iterable[str], reserved: Collection[str] = ()) -> dict[str, str]:
    """A slug for each name, different for names that differ, also where letter case does not count.

    Each is `term_slug(name)`. Where several names would share one (`PyTorch` and `pytorch`, `a b` and `a-b`), it
    goes to the name that reads exactly so, or else to the first by code point; the others get it with
    digits of their own hash. So a slug depends on its name alone but for such rivals, and a new name can take the
    slug of an old one only when it fits it better. A slug in `reserved` is nobody's.
    """
    rivals: dict[str, list[str]] = {}
    spellings: dict[str, list[str]] = {}
    for name in names:
        spellings.setdefault(unicodedata.normalize("NFC", name), []).append(name)
    plain = {name: term_slug(name) for name in spellings}
    for name, slug in plain.items():
        rivals.setdefault(_case_key(slug), []).append(name)

    slugs: dict[str, str] = {}
    taken = {_case_key(slug) for slug in reserved}
    late: list[str] = []
    for key, group in rivals.items():
        group.sort(key=lambda name: (plain[name] != name, name))
        if key not in taken:
            slugs[group[0]] = plain[group[0]]
            late.extend(group[1:])
        else:
            late.extend(group)
    taken.update(rivals)
    for name in sorted(late):
        slug = _first_free(name, plain[name], taken)
        taken.add(_case_key(slug))
        slugs[name] = slug
    return {spelling: slugs[name] for name, same in spellings.items() for spelling in same}


def _first_free(name: str, slug: str, taken: Collection[str]) -> str:
    for length in range(4, 33, 4):
        longer = f"{slug}-{_digits(name, length)}"
        if _case_key(longer) not in taken:
            return longer
    raise AssertionError(f"a hash of 32 digits met another: {name!r}")


def _digits(name: str, length: int) -> str:
    return hash_bytes(name.encode("utf-8", "replace")).hex()[:length]


def _case_key(slug: str) -> str:
    return unicodedata.normalize("NFC", slug.casefold())


@functools.cache
def _latin_folding() -> dict[int, str]:
    """Each accented, circled or full-width Latin letter with the plain letters that stand for it."""
    folding = dict(zip(map(ord, _LETTERS), _PLAIN_LETTERS, strict=True))
    folding.update((ord(pair[0]), pair[1:]) for pair in _LIGATURES.split(" "))
    with_marks: Sequence[range] = (range(0xC0, 0x250), range(0x1E00, 0x1F00))
    for code in (code for block in with_marks for code in block if code not in folding):
        letter = unicodedata.normalize("NFD", chr(code))[0]
        if letter.isascii() and letter.isalpha():
            folding[code] = letter
    circled_and_wide = (range(0x24B6, 0x24EA), range(0xFF21, 0xFF3B), range(0xFF41, 0xFF5B))
    for code in (code for block in circled_and_wide for code in block):
        folding[code] = unicodedata.normalize("NFKD", chr(code))
    return folding
