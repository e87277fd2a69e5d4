"""Our templates, rendered by an environment of our own.

Datasette's awaits every expression, in case it is a coroutine, and asks all plugins for more to put in: none of that
is wanted here, and it takes twice the time. Nothing is let through as HTML that is not marked as such.
"""

from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader

_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    auto_reload=False,
)


def rendered(template: str, facts: dict[str, Any]) -> str:
    """Return a page as HTML: `template` names a file of templates/lamdong."""
    return _ENVIRONMENT.get_template(f"lamdong/{template}").render(facts)
