"""How Vietnamese is stored and searched: the tables specify, the properties hold for any text."""

import sqlite3
from itertools import product
from unicodedata import is_normalized, normalize

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.syllables import bare
from archive.vietnamese import (
    exact,
    fold,
    has_accents,
    language_of,
    normalise,
    normalise_lines,
    slug,
    spellings,
)

LETTERS = "aăâeêioôơuưy"
TONES = ["", *"\u0300\u0301\u0303\u0309\u0323"]
# A word for every group of vowels, with and without a coda, written as we search it.
RIGHT = (
    "bà cắn cấm hé hết gì tìm cỏ ổn mở cũng sử mái sáo láy máu cấy đậu kéo nếu nghĩa chịu tiếng chiếu "
    "hòa hoàng hoặc ngoài ngoáo xoáy khỏe choẹt ngoẹo xoòng gói nổi mới mùa cuộn tuần khuấy huế thuở "
    "tuổi thủy tuýt khuya khuỷu chuyện yến yểu lửa gửi cửu được cười rượu giã giếng giỏ giữa giường "
    "quả quẻ quốc quở quyển quấy quào khuếch nghiễm"
)

STORED = [
    ("Ba\u0309o Lo\u0323\u0302c", "Bảo Lộc", "marks typed apart become one letter"),
    ("Lo\u0302\u0323c", "Lộc", "in whichever order they were typed"),
    ("Huyện Ðam Rông, Lâm Ðồng", "Huyện Đam Rông, Lâm Đồng", "eth for Đ, as printed in 2017–2019"),
    ("ðường Ɖông", "đường Đông", "small eth and African D too"),
    ("Đà\u00a0Lạt\u2009\u3000ngày\t\n về", "Đà Lạt ngày về", "any run of spaces is one blank"),
    ("\u2028 Di Linh\u0085", "Di Linh", "none at the ends"),
    ("\ufeffcà\u200b phê\u00ad\u2060 Cầu\u200d Đất", "cà phê Cầu Đất", "the zero-width is dropped"),
    ("\u202aTP. Bảo Lộc\u202c\u200e", "TP. Bảo Lộc", "so is what turns the writing round"),
    ("Lạc\x00 Dương\x07\x9f\x7f", "Lạc Dương", "and controls, C0 and C1"),
    ("Đơn\uffff \ufffeDương", "Đơn Dương", "and what XML forbids"),
    ("L\u200ba\u0302\u200b\u0300m", "Lầm", "dropping brings letter and mark together"),
    ("giá \ud83d tăng", "giá \ufffd tăng", "half a pair cannot be stored"),
    ("“Trà B’Lao” – KHÔNG 'đổi'…", "“Trà B’Lao” – KHÔNG 'đổi'…", "as printed: quotes and case"),
    ("Toà án, bác sỹ", "Toà án, bác sỹ", "as printed: the spelling"),
    ("Thác Dambri 🌸", "Thác Dambri 🌸", "as printed: what lies beyond the basic plane"),
    ("", "", "nothing stays nothing"),
]  # fmt: skip

SAME = [
    ("hoà bình", "hòa bình", "oa open: tone on either"),
    ("sức khoẻ", "sức khỏe", "oe open"),
    ("thuỷ điện, UỶ BAN", "thủy điện, Ủy ban", "uy open"),
    ("hòan tòan", "hoàn toàn", "with a coda the last vowel bears it"),
    ("gía", "giá", "gi is an onset"),
    ("qúy, qủa", "quý, quả", "so is qu"),
    ("ngòai", "ngoài", "of three the middle one"),
    ("khủyu", "khuỷu", "of three the middle one, y"),
    ("bác sỹ", "bác sĩ", "y and i after s"),
    ("hy vọng", "hi vọng", "after h"),
    ("kỹ thuật, kỳ", "kĩ thuật, kì", "after k"),
    ("Lý Thường Kiệt", "Lí Thường Kiệt", "after l"),
    ("nước Mỹ", "nước Mĩ", "after m"),
    ("tỷ đồng, công ty", "tỉ đồng, công ti", "after t"),
    ("Vy", "Vi", "after v"),
    ("quý 1, quỹ", "quí 1, quĩ", "after qu"),
    ("quýt, Quỳnh", "quít, Quình", "after qu with a coda"),
    ("K’Ho K‘Ho KʼHo K´Ho K`Ho", "K'Ho K'Ho K'Ho K'Ho K'Ho", "any apostrophe"),
    ("Ðạ Tẻh", "đạ tẻh", "eth, also before it is stored"),
    ("ĐẠ TẺH", "đạ tẻh", "upper case"),
    ("“Toà, (uỷ)\nThuỷ-điện", "“tòa, (ủy)\nthủy-điện", "whatever stands around a word"),
]  # fmt: skip

DIFFERENT = [
    ("tay", "tai", "y after a vowel is another sound"),
    ("thúy", "thúi", "y after u too"),
    ("tây", "tâi", "y after â too"),
    ("ý", "í", "y alone"),
    ("lyn", "lin", "a coda, and no qu"),
    ("by", "bi", "an onset other than the seven"),
    ("má", "mã", "tones"),
    ("lúa", "lửa", "marks"),
    ("đảng", "đang", "a mark or none"),
    ("Đà", "Dà", "đ and d"),
    ("gì", "gi", "gi alone bears its tone"),
    ("Bảo Lộc", "bao lóc", "accents are meant"),
]  # fmt: skip

UNTOUCHED = [
    ("tẻh", "names of the highlands"),
    ("k'nàng", "names with an apostrophe"),
    ("krông", "onsets Vietnamese has not"),
    ("đắk", "codas it has not"),
    ("café", "French"),
    ("señor", "letters it has not: ñ"),
    ("hòá", "two tones"),
    ("sky", "English y"),
    ("hoà\u0331", "a loose mark could melt into the last letter"),
]  # fmt: skip


SPELT = [
    (exact, "Hoà, Thuỷ, Khoẻ", "hòa, thủy, khỏe", "the older style"),
    (exact, "Giá, Giếng, Gì, Quý", "giá, giếng, gì, quí", "gi and qu"),
    (exact, "Người Mạ ở B’Lá", "người mạ ở b'lá", "nothing to change but case and apostrophe"),
    (exact, "1.234 tỷ – 30/4", "1.234 tỉ – 30/4", "figures and dashes stay"),
    (exact, "İzmir", "İzmir", "a letter whose lower case is two letters stays"),
    (exact, "T\u0308", "T\u0308", "so does one that would melt into its mark"),
    (fold, "Đam Rông, đường, Đ", "dam rong, duong, d", "đ is d"),
    (fold, "huyện nước Lộc ẵm ợ", "huyen nuoc loc am o", "letters with two marks"),
    (fold, "Kỹ sư, quỳnh", "ki su, quinh", "i for y, as in exact"),
    (fold, "“Zürich” – Citroën, señor…", "“zurich” – citroen, senor…", "marks of other languages"),
    (fold, "İzmir, Йод", "izmir, иод", "in other alphabets too"),
    (fold, "한국 東京", "한국 東京", "syllable blocks and characters stay whole"),
    (slug, "Xã hội", "xa-hoi", "one hyphen between words"),
    (slug, "An sinh - Cuộc sống", "an-sinh-cuoc-song", "also where a dash stands"),
    (slug, "Kỹ thuật, quý", "ky-thuat-quy", "y as printed"),
    (slug, "  Huyện Ðam\u00a0Rông! ", "huyen-dam-rong", "none at the ends; eth is d"),
    (slug, "K’Ho 30/4_2025", "k-ho-30-4-2025", "figures stay"),
    (slug, "Công nghê\u0323", "cong-nghe", "marks typed apart"),
    (slug, "…", "", "nothing to keep"),
]


@pytest.mark.parametrize(("printed", "stored", "why"), STORED)
def test_what_is_stored(printed, stored, why):
    assert normalise(printed) == stored, why


@pytest.mark.parametrize("right", RIGHT.split())
def test_a_tone_on_the_wrong_vowel_is_put_right(right):
    marks = normalize("NFD", right)
    tone = next((mark for mark in marks if mark in TONES[1:]), "")
    level = normalize("NFC", marks.replace(tone, ""))
    for at, letter in enumerate(level, start=1):
        if letter in LETTERS:
            assert exact(normalize("NFC", level[:at] + tone + level[at:])) == right


@pytest.mark.parametrize(("one", "other", "why"), SAME)
def test_ways_to_spell_that_search_as_one(one, other, why):
    assert exact(one) == exact(other), why
    assert fold(one) == fold(other), why


@pytest.mark.parametrize(("one", "other", "why"), DIFFERENT)
def test_spellings_that_stay_apart(one, other, why):
    assert exact(one) != exact(other), why


@pytest.mark.parametrize(("word", "why"), UNTOUCHED)
def test_words_left_alone(word, why):
    assert exact(word) == word, why


@pytest.mark.parametrize(("spell", "printed", "spelt", "why"), SPELT)
def test_how_it_is_spelt(spell, printed, spelt, why):
    assert spell(printed) == spelt, why


def test_every_vietnamese_letter_folds_to_one_ascii_letter():
    letters = [normalize("NFC", vowel + tone) for vowel, tone in product(LETTERS, TONES)]
    assert len(letters) == 72
    for letter in [*letters, "đ"]:
        base = "d" if letter == "đ" else normalize("NFD", letter)[0]
        assert fold(letter) == fold(letter.upper()) == base
        assert has_accents(letter) == has_accents(letter.upper()) == (not letter.isascii())


def test_lines_of_a_poem_stay_and_empty_ones_go():
    assert (
        normalise_lines("Đà Lạt \r\n\r\n \u200b \n\tngày\u00a0về\u2028mưa\n")
        == "Đà Lạt\nngày về\nmưa"
    )


def test_in_spellings_a_line_break_is_a_blank():
    assert spellings("Toà án\nBác sỹ") == ("tòa án bác sĩ", "toa an bac si")


@pytest.mark.parametrize("text", ["đảng vien", "Ðam", "má", "ma\u0301", "Đ", "ư", "café"])
def test_accents_are_seen(text):
    assert has_accents(text)


@pytest.mark.parametrize("text", ["dam rong", "K’Ho", "30/4", "“...”", "señor", ""])
def test_nothing_else_is_an_accent(text):
    assert not has_accents(text)


@pytest.mark.parametrize(
    ("text", "language", "why"),
    [
        ("Huyện Đam Rông đẩy mạnh xây dựng nông thôn mới ở các xã vùng xa.", "vi", "with accents"),
        ("Huyen Dam Rong day manh xay dung nong thon moi the gioi in to an", "vi", "without"),
        ("Hai ca sĩ Taylor Swift và Ed Sheeran biểu diễn tại Đà Lạt", "vi", "with foreign names"),
        ("Dalat Palace", "vi", "too little to tell"),
        (f"{'Kylian Mbappé, Eredivisie; ' * 6} Rock of Ages, Lord of War", "vi", "mere names"),
        ("30/4 – 1.234", "vi", "no words"),
        ("", "vi", "nothing"),
        ("Trần Văn Hai, Chairman of the People's Committee of Lâm Đồng, opened it", "en", "names"),
        ("Da Lat is known for its flowers and for its cool weather.", "en", "its words"),
        ("La ville est connue pour ses fleurs et la fraîcheur de son air.", "fr", "its words"),
        ("Die Stadt ist für ihre Blumen und das kühle Wetter bekannt.", "de", "its words"),
        ("La ciudad es conocida por sus flores y por el clima de los montes.", "es", "its words"),
        ("Далат известен своими цветами, Đà Lạt", "ru", "script"),
        ("大叻以鲜花和凉爽的气候闻名", "zh", "script"),
        ("ダラットは花の都として知られている", "ja", "script"),
        ("달랏은 꽃의 도시로 알려져 있다", "ko", "script"),
        ("Zürich \u1103\u1161\u11af\u1105\u1161\u11ba", "vi", "letters typed apart count once"),
        ("ດາລັດເປັນເມືອງດອກໄມ້", "lo", "script"),
        ("ქალაქი ყვავილების", "und", "a script we have no language for"),
    ],
)  # fmt: skip
def test_language(text, language, why):
    assert language_of(text) == language, why


# Properties. Text of all sorts, and text of the letters and signs that make trouble.
TROUBLE = (
    "aoeiuyăâđêôơưqghktvmslấỷọTHJWYİĐÐð '’\n\u00a0\u00ad\u200b\ud800"
    "\u0300\u0301\u0302\u0303\u0308\u0309\u0323\u031b\u0345"
)
TEXTS = st.text(st.characters(exclude_categories=[])) | st.text(TROUBLE)
ONSETS = " b ch d đ g gh gi h k kh l m n ng ngh nh ph qu s t th tr v x"
VOWELS = (
    "a ă â e ê i o ô ơ u ư y ai ay ây ia iê oa oai oe oo ôi ua uâ uê uô uôi uơ uy uya uyê uyu "
    "ưa ươ ươi yê yêu"
)
CODAS = " c ch m n ng nh p t"
SYLLABLES = st.tuples(
    *(st.sampled_from(parts.split(" ")) for parts in (ONSETS, VOWELS)),
    st.sampled_from(TONES),
    st.sampled_from(CODAS.split(" ")),
)
anything = settings(deadline=None, max_examples=100)


@anything
@given(TEXTS)
def test_normalising_twice_changes_nothing(text):
    stored = normalise(text)
    assert normalise(stored) == stored
    assert normalise_lines(normalise_lines(text)) == normalise_lines(text)
    assert normalise(normalise_lines(text)) == stored


@anything
@given(TEXTS)
def test_what_is_stored_is_composed_printable_and_fit_for_sqlite(text):
    stored = normalise(text)
    assert is_normalized("NFC", stored)
    assert stored == " ".join(stored.split())
    stored.encode()


@anything
@given(TEXTS)
def test_composed_or_decomposed_is_the_same(text):
    for spell in (normalise, exact, fold, slug, has_accents, language_of):
        assert spell(normalize("NFD", text)) == spell(normalize("NFC", text))


@anything
@given(TEXTS)
def test_every_letter_keeps_its_place(text):
    stored = normalise(text)
    assert len(exact(stored)) == len(fold(stored)) == len(stored)
    assert [sign == " " for sign in exact(stored)] == [sign == " " for sign in stored]


@anything
@given(TEXTS)
def test_searching_for_what_is_searched_for(text):
    assert exact(exact(text)) == exact(text)
    assert fold(exact(text)) == fold(text)
    assert spellings(normalise(text)) == (exact(normalise(text)), fold(normalise(text)))


@anything
@given(st.lists(TEXTS, max_size=4).map("\n".join))
def test_a_text_is_spelt_piece_by_piece(text):
    stored = normalise_lines(text)
    lines = [spellings(line) for line in stored.split("\n")]
    assert spellings(stored) == (" ".join(a for a, _ in lines), " ".join(b for _, b in lines))


@anything
@given(SYLLABLES)
def test_what_is_typed_without_accents_finds_every_syllable(parts):
    word = normalize("NFC", "".join(parts))
    assert fold("".join(map(bare, word))) == fold(word)


# Search, in the table the index is made of.
STORIES = [
    "Bác sỹ khoa nội về huyện Đam Rông",
    "TP. Bảo Lộc: UỶ BAN họp",
    "Người K’Ho trồng cà phê ở Đạ Tẻh",
    "Lo\u0323\u0302c và kỹ thuật trồng dâu",
    "Mã vạch của công ty",
    "Ba má ở Hoà Bình",
    "Đạm và rộng",
]


@pytest.fixture
def index():
    """An FTS5 table with exact and folded columns side by side, over a view of the printed text."""
    db = sqlite3.connect(":memory:")
    db.executescript("""
        CREATE TABLE story (id INTEGER PRIMARY KEY, printed TEXT);
        CREATE VIEW source AS SELECT id, printed AS exact, printed AS fold FROM story;
        CREATE VIRTUAL TABLE f USING fts5(exact, fold, content='source', content_rowid='id',
            tokenize="unicode61 remove_diacritics 0");
    """)
    for number, story in enumerate(STORIES):
        stored = normalise(story)
        db.execute("INSERT INTO story VALUES (?, ?)", (number, stored))
        db.execute(
            "INSERT INTO f (rowid, exact, fold) VALUES (?, ?, ?)", (number, *spellings(stored))
        )
    yield db
    db.close()


def _match(query: str) -> str:
    pieces = normalise(query).split(" ")
    return " ".join(f'"{exact(piece) if has_accents(piece) else fold(piece)}"' for piece in pieces)


@pytest.mark.parametrize(
    ("query", "found", "why"),
    [
        ("bac si", [0], "without accents, i for y"),
        ("bac sy", [0], "without accents, y as printed"),
        ("bác sĩ", [0], "with accents, i for y"),
        ("dam rong", [0, 6], "đ without its bar; two words anywhere"),
        ("đam rông", [0], "with accents only that one"),
        ("đam rong", [0], "an accented word beside a bare one"),
        ("ÐAM RÔNG", [0], "eth and upper case"),
        ("bao loc", [1], "two marks on one letter"),
        ("bảo lộc", [1], "with accents"),
        ("ba\u0309o lo\u0323\u0302c", [1], "query typed with marks apart"),
        ("bao lóc", [], "a wrong accent finds nothing"),
        ("báo lộc", [], "a wrong accent finds nothing"),
        ("lộc", [1, 3], "text printed with marks apart"),
        ("ủy ban", [1], "tone on the other vowel, upper case"),
        ("hòa bình", [5], "tone on the other vowel"),
        ("hoa binh", [5], "without accents"),
        ("k'ho", [2], "straight apostrophe"),
        ("k’ho", [2], "curved apostrophe"),
        ("da teh", [2], "a name of the highlands"),
        ("đạ tẻh", [2], "with accents"),
        ("kĩ thuật", [3], "i for y"),
        ("má", [5], "not mã"),
        ("mã", [4], "not má"),
        ("ma", [4, 5], "both"),
        ("cong ti", [4], "i for y without accents"),
    ],
)  # fmt: skip
def test_search(index, query, found, why):
    rows = index.execute("SELECT rowid FROM f WHERE f MATCH ? ORDER BY rowid", (_match(query),))
    assert [number for (number,) in rows] == found, why


@pytest.mark.parametrize("query", ["bác sĩ", "bac sy"])
def test_what_was_printed_is_marked(index, query):
    """Marks are set by the number of the token, so index and print must have as many."""
    rows = index.execute(
        "SELECT highlight(f, 0, '[', ']') || highlight(f, 1, '[', ']') FROM f WHERE f MATCH ?",
        (_match(query),),
    )
    assert "[Bác] [sỹ] khoa nội" in rows.fetchone()[0]
