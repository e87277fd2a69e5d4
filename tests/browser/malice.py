"""An archive in which every text a page may show tries to run a script and to turn the text around it."""

from datetime import timedelta
from pathlib import Path

from test_web import AT, HOST, Writer, an_article

from archive.model import Block, Outcome
from archive.store import Archive

HACK = "window.__hacked=1;alert(1)"
TURNED = "\u202eđảo\u2067ngược"  # U+202E and U+2067 turn the direction; nothing turns it back
# Begun and ended by marks of its own, by which a test sees where it ends on a page.
EVIL = (
    f"⟦</script></title></textarea></style>\"'><script>{HACK}</script>"
    f'<img src=x onerror="{HACK}"><svg onload={HACK}>{{{{ 7*7 }}}}${{{HACK}}}{TURNED}⟧'
)
LURE = f"javascript:{HACK}"
FOREIGN = "https://evil.example/x.jpg"
SLUG = "kinh-te"

FULL = f"{HOST}/doc-hai-390901.html"
PLAIN = f"{HOST}/binh-thuong-390902.html"
LONG = f"{HOST}/rat-dai-390903.html"
WORD = f"{HOST}/mot-tu-390906.html"
GONE = f"{HOST}/da-go-390904.html"
MEGABYTE = "Đà Lạt mùa hoa " * 60_000
ONE_WORD = "Ệ" * 2_000

BLOCKS = [
    *(Block(kind, EVIL) for kind in ("p", "h2", "quote")),
    Block("list", items=[EVIL]),
    Block("verse", stanzas=[[EVIL]]),
    Block("table", rows=[[EVIL, EVIL]]),
    Block("image", url=FOREIGN, caption=EVIL, credit=EVIL),
    Block("image", url=LURE, caption=EVIL),
    Block("image", url=f'x" onerror="{HACK}', caption=EVIL),
    *(Block(kind, url=url) for kind in ("video", "embed") for url in (LURE, FOREIGN, EVIL)),
]


def _evil(url: str, text: str, **fields: object):
    return an_article(
        url, EVIL, kicker=EVIL, lead=EVIL, authors=[EVIL, "Lê Hoa"], section=EVIL,
        section_slug=SLUG, tags=[EVIL, "Cà phê"], source=EVIL, source_url=LURE,
        published_at="2026-09-05T22:17:00+07:00", precision="minute",
        modified_at="2026-09-06T08:00:00+07:00", kind="longform",
        blocks=[*BLOCKS, Block("p", text)], **fields,
    )  # fmt: skip


def make_malice(folder: Path) -> None:
    """Fill an archive with articles as no newspaper prints them."""
    with Archive(folder) as archive:
        to = Writer(archive)
        to.keep("c/doc-hai-390901", _evil(FULL, "Trước."), pictures=[FOREIGN])
        to.keep("c/doc-hai-390901", _evil(FULL, f"Sau. {EVIL}"), AT + timedelta(hours=1))
        to.keep(
            "c/binh-thuong-390902",
            an_article(PLAIN, "Bài bình thường", published_at="2026-09-04", precision="day"),
        )
        to.keep("c/da-go-390904", _evil(GONE, "Đã gỡ."))
        for days in (1, 3):
            to.see("c/da-go-390904", GONE, Outcome.GONE, AT + timedelta(days=days), status=404)
        to.see(
            "c/hong-390905", f"{HOST}/hong-390905.html", Outcome.NO_ARTICLE, status=200, detail=EVIL
        )


def make_long(folder: Path) -> None:
    """Fill an archive with an article whose title has a megabyte, and one made of single words."""
    with Archive(folder) as archive:
        to = Writer(archive)
        day = {"published_at": "2026-09-03", "precision": "day"}
        to.keep("c/rat-dai-390903", an_article(LONG, MEGABYTE, **day))
        words = {
            "lead": ONE_WORD,
            "kicker": ONE_WORD,
            "section": ONE_WORD,
            "section_slug": ONE_WORD,
        }
        lists = {"authors": [ONE_WORD], "tags": [ONE_WORD]}
        to.keep("c/mot-tu-390906", an_article(WORD, ONE_WORD, **day, **words, **lists))
