"""Where the rules, report templates and samples that ship with casaudit live.

In a wheel they sit inside the package, under ``_shipped``; in a checkout (and
so in an editable install) they are the folders beside the package.
"""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_IN_WHEEL = _PACKAGE / "_shipped"
_ROOT = _IN_WHEEL if _IN_WHEEL.is_dir() else _PACKAGE.parent

RULES = _ROOT / "rules"
REPORT_TEMPLATES = _ROOT / "report_templates"
SAMPLES = _ROOT / "samples"
