"""The name of today's reading: it changes with what a reading depends on, and with nothing else."""

import ast
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from crawler.version import extraction, name_of, sources

ROOT = Path(__file__).parent.parent
INSIDE = ("archive/dates.py", "archive/vietnamese.py", "archive/reading.py", "crawler/layouts/onecms.py",
          "crawler/conventions/names.py", "crawler/newspapers/baolamdong.py", "crawler/saved.py",
          "archive/store/articles.py")  # fmt: skip
OUTSIDE = ("crawler/scheduling.py", "crawler/spiders/newspaper.py", "crawler/cli.py", "crawler/demo/site.py",
           "crawler/alarms/run.py", "archive/__init__.py", "archive/export.py", "archive/web/views.py",
           "archive/store/opening.py")  # fmt: skip
LOADED = "import crawler.replaying, json, sys; json.dump(sorted(sys.modules), sys.stdout)"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("copy")
    for package in ("archive", "crawler"):
        shutil.copytree(ROOT / package, folder / package)
    return folder


@pytest.fixture
def changed(copy):
    """Change a file of the copy, and take the change back."""
    taken = []

    def change(name):
        taken.append((copy / name, (copy / name).read_bytes()))
        taken[-1][0].write_bytes(taken[-1][1] + b"\n# another remark\n")

    yield change
    for path, content in taken:
        path.write_bytes(content)


@pytest.mark.parametrize("name", INSIDE)
def test_what_a_reading_depends_on_changes_its_name(copy, changed, name):
    assert name_of(copy) == extraction()
    changed(name)
    assert name_of(copy) != extraction()


@pytest.mark.parametrize("name", OUTSIDE)
def test_nothing_else_changes_its_name(copy, changed, name):
    changed(name)
    assert name_of(copy) == extraction()


def test_a_new_import_is_followed_wherever_it_stands(copy, changed):
    changed("archive/dates.py")
    (copy / "archive/aside.py").write_text("")
    assert "archive.aside" not in sources(copy)
    with (copy / "archive/dates.py").open("a") as file:
        file.write(
            "def later():\n    from archive import (\n        aside,\n    )\n    return aside\n"
        )
    assert sources(copy)["archive.aside"] == copy / "archive/aside.py"


def test_every_one_of_them_is_loaded_by_a_reading():
    said = subprocess.run([sys.executable, "-c", LOADED], cwd=ROOT, capture_output=True, check=True)
    named = set(sources(ROOT))
    assert len(named) > 50
    assert named <= set(json.loads(said.stdout))


def test_no_import_is_overlooked():
    named = sources(ROOT)
    for path in named.values():
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.ImportFrom) and node.module.startswith(
                ("archive.", "crawler.")
            ):
                below = {f"{node.module}.{each.name}" for each in node.names}
                assert node.module in named or below <= set(named), (path, node.module)
