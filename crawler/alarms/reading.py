"""Whether pages are read as well as before."""

from collections.abc import Iterator

from archive.store.alarms import Alarms
from archive.store.extraction import Measured, measured_since, waiting
from crawler import drift
from crawler.alarms.run import Run, Verdict
from crawler.extraction import measure


def extraction(run: Run) -> Iterator[Verdict]:
    """Whether layouts match and fields are filled as before. Without new articles nothing is known of it."""
    if not measure(run.archive, run.id):
        return
    rows = measured_since(run.archive.db, run.at - drift.PAST)
    asked = {key[1].partition("/")[0] for key in run.open("layout")}
    main = drift.main_layout(rows)
    for layout in sorted(asked | ({main} if main else set())):
        for question in drift.questions(rows, layout):
            yield from _answer(run, layout, question, rows)


def _answer(
    run: Run, layout: str, question: drift.Question, rows: list[Measured]
) -> Iterator[Verdict]:
    key = (question.name, question.subject)
    since = run.known.get(key)
    over = Alarms(run.archive.db).past(*key)
    rows = [row for row in rows if not any(a <= row.started_at <= b for a, b in over)]
    fall = drift.lasts(rows, question, since) if since else drift.begun(rows, question)
    if fall:
        yield drift.alarm(layout, question, fall, waiting(run.archive.db, fall.since))
    elif since:
        yield key
