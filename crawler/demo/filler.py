"""Any number of made-up articles for load and crash tests: the same number gives the same text."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from functools import cached_property

from crawler.demo.sections import BY_SLUG
from crawler.demo.story import VIETNAM, Entry, Story, listing_sections, slugged

FIRST_ID = 600000  # above every id of the written stories
DAYS = 9  # the filler is spread evenly over so many days before today
PARAGRAPHS = 8
SENTENCES = 3000  # made once; an article draws from them, as making them anew would be slow
SLUGS = ("kinh-te", "doi-song", "chinh-tri", "du-lich", "phap-luat", "the-thao", "thoi-su")

ACTORS = (
    "Hợp tác xã nông nghiệp", "Ủy ban nhân dân xã", "Đoàn thanh niên", "Hội Nông dân", "Tổ hợp tác",
    "Trường trung học", "Trạm y tế", "Ban quản lý rừng", "Hội Phụ nữ", "Câu lạc bộ cồng chiêng",
    "Trung tâm khuyến nông", "Hội Cựu chiến binh",
)  # fmt: skip
ACTIONS = (
    "ra mắt", "khánh thành", "mở rộng", "sơ kết", "bàn giao", "khởi công", "triển khai",
    "đưa vào sử dụng", "tiếp nhận", "tổ chức thử nghiệm", "rà soát", "kiểm tra",
)  # fmt: skip
THINGS = (
    "vườn ươm cà phê", "tuyến đường liên thôn", "nhà văn hóa cộng đồng", "mô hình trồng dâu",
    "hệ thống tưới nhỏ giọt", "tủ sách thiếu nhi", "công trình nước sạch", "vùng trồng sầu riêng",
    "lớp dạy nghề dệt thổ cẩm", "điểm du lịch cộng đồng", "trạm đo mưa tự động", "sân bóng mini",
)  # fmt: skip
PLACES = (
    "Đam Rông", "Lạc Dương", "Đơn Dương", "Đức Trọng", "Lâm Hà", "Di Linh", "Bảo Lâm", "Bảo Lộc",
    "Đạ Huoai", "Cát Tiên", "Đạ Tẻh", "Đà Lạt", "Tà Nung", "Xuân Trường", "Rô Men", "Đạ Tông",
)  # fmt: skip
OPENINGS = (
    "Sáng nay", "Trong tuần qua", "Theo kế hoạch", "Từ đầu năm đến nay", "Sau ba tháng chuẩn bị",
    "Nhờ nguồn vốn địa phương", "Với sự đóng góp của người dân", "Trước mùa mưa",
)  # fmt: skip
CLOSINGS = (
    "bà con trong vùng phấn khởi đón nhận", "chất lượng được đánh giá đạt yêu cầu",
    "phần việc còn lại sẽ xong trong quý tới", "nhiều gia đình đã đăng ký tham gia",
    "chi phí giảm đáng kể so với năm trước", "cán bộ kỹ thuật theo dõi hằng tuần",
)  # fmt: skip
AUTHORS = ("Hoàng My", "Lê Tuấn", "Nguyễn Hạnh", "Trần Vỹ", "K’Brền", "Thu Cúc", "Đăng Khoa")


class Filler:
    """`count` articles, number 0 the oldest, the last one on the evening before `today`."""

    def __init__(self, count: int, today: date) -> None:
        self.count = count
        self._start = datetime.combine(today - timedelta(days=DAYS), time(), VIETNAM)

    def entries(self) -> list[Entry]:
        """Return an entry for every article."""
        return self._entries

    def number_of(self, path: str) -> int | None:
        """Return which article a path names, None where it names none."""
        found = re.search(r"-(\d{6})\.html$", path)
        number = int(found[1]) - FIRST_ID if found else -1
        return number if 0 <= number < self.count and self._entries[number].path == path else None

    def path(self, number: int) -> str:
        """Return the path of an article."""
        return f"/{slugged(self.title(number))}-{FIRST_ID + number}.html"

    def title(self, number: int) -> str:
        """Return the title of an article."""
        pick = _picks(number)
        words = (_of(words, next(pick)) for words in (ACTORS, ACTIONS, THINGS, PLACES))
        return f"{' '.join(words)}, kỳ {number + 1}"

    def lead(self, number: int) -> str:
        """Return the lead of an article."""
        return self._sentences[next(_picks(number + 10**9)) % SENTENCES]

    def paragraphs(self, number: int) -> list[str]:
        """Return the paragraphs of an article, three sentences each."""
        pick = _picks(number + 2 * 10**9)
        chosen = (self._sentences[next(pick) % SENTENCES] for _ in range(PARAGRAPHS * 3))
        return [" ".join(three) for three in zip(chosen, chosen, chosen, strict=True)]

    def published(self, number: int) -> datetime:
        """Return when an article was published, to the minute."""
        return self._start + timedelta(minutes=DAYS * 24 * 60 * number // self.count)

    def author(self, number: int) -> str:
        """Return the author of an article."""
        return AUTHORS[number % len(AUTHORS)]

    def section_slug(self, number: int) -> str:
        """Return the section of an article."""
        return SLUGS[number % len(SLUGS)]

    def story(self, number: int) -> Story:
        """Return an article as a story, with the truth about it."""
        slug = self.section_slug(number)
        return Story(
            path=self.path(number),
            title=self.title(number),
            published=self.published(number),
            text="\n\n".join(self.paragraphs(number)),
            section=BY_SLUG[slug].name,
            section_slug=slug,
            lead=self.lead(number),
            authors=(self.author(number),),
        )

    @cached_property
    def _sentences(self) -> list[str]:
        pick = _picks(10**8)
        return [_sentence(pick) for _ in range(SENTENCES)]

    @cached_property
    def _entries(self) -> list[Entry]:
        return [self._entry(number) for number in range(self.count)]

    def _entry(self, number: int) -> Entry:
        path = self.path(number)
        sections = listing_sections(path, self.section_slug(number))
        return Entry(path, self.title(number), self.published(number), sections)


def _picks(seed: int) -> Iterator[int]:
    # A linear congruential generator: random.Random would cost more to seed than a page to make.
    state = seed * 2862933555777941757 + 3037000493
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) & 0xFFFFFFFFFFFFFFFF
        yield state >> 33


def _of(words: tuple[str, ...], pick: int) -> str:
    return words[pick % len(words)]


def _sentence(pick: Iterator[int]) -> str:
    opening, actor, action, thing, place, closing, figure = (next(pick) for _ in range(7))
    return (
        f"{_of(OPENINGS, opening)}, {_of(ACTORS, actor)} {_of(PLACES, place)} "
        f"{_of(ACTIONS, action)} {_of(THINGS, thing)} cho {figure % 900 + 100} hộ dân, "
        f"{_of(CLOSINGS, closing)}."
    )
