"""The few words that the renderer itself puts into a post, in the language of the post."""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

from markdown_it.utils import EnvType


class Phrases(NamedTuple):
    """The words of one language."""

    anchor: str
    """What the link beside a heading is called: it leads to this heading."""
    footnotes: str
    back_to_text: str
    """With `{number}`, that of the reference."""
    contents: str
    note: str
    tip: str
    important: str
    warning: str
    caution: str


_PHRASES = MappingProxyType(
    {
        "en": Phrases(
            "Link to this section",
            "Footnotes",
            "Back to reference {number}",
            "Contents",
            "Note",
            "Tip",
            "Important",
            "Warning",
            "Caution",
        ),
        "zh-hans": Phrases(
            "本节链接", "脚注", "返回引用处 {number}", "目录", "说明", "提示", "重要", "警告", "小心"
        ),
        "zh-hant": Phrases(
            "本節連結", "腳註", "返回引用處 {number}", "目錄", "說明", "提示", "重要", "警告", "小心"
        ),
        "ja": Phrases(
            "この節へのリンク",
            "脚注",
            "参照 {number} に戻る",
            "目次",
            "注記",
            "ヒント",
            "重要",
            "警告",
            "注意",
        ),
        "ko": Phrases(
            "이 절의 링크",
            "각주",
            "참조 {number}(으)로 돌아가기",
            "목차",
            "참고",
            "도움말",
            "중요",
            "경고",
            "주의",
        ),
        "de": Phrases(
            "Link zu diesem Abschnitt",
            "Fußnoten",
            "Zurück zu Verweis {number}",
            "Inhalt",
            "Hinweis",
            "Tipp",
            "Wichtig",
            "Warnung",
            "Vorsicht",
        ),
        "fr": Phrases(
            "Lien vers cette section",
            "Notes",
            "Retour à l’appel {number}",
            "Sommaire",
            "Remarque",
            "Astuce",
            "Important",
            "Attention",
            "Prudence",
        ),
        "es": Phrases(
            "Enlace a esta sección",
            "Notas",
            "Volver a la referencia {number}",
            "Contenido",
            "Nota",
            "Consejo",
            "Importante",
            "Advertencia",
            "Precaución",
        ),
    }
)
_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


def phrases(env: EnvType) -> Phrases:
    """The words in the language of `env["lang"]`, English if there are none in it."""
    language = str(env.get("lang", "en")).lower()
    if language.startswith("zh"):
        return _PHRASES["zh-hant" if language.startswith(_TRADITIONAL) else "zh-hans"]
    return _PHRASES.get(language.split("-", 1)[0], _PHRASES["en"])
