"""brief.html: the first page of the report alone, for people who decide; it prints on one sheet."""

from casaudit.findings import Assessment
from casaudit.report.html.head import brief_head
from casaudit.report.html.markup import environment
from casaudit.report.html.page import first_page
from casaudit.report.summary import summarize


def files(assessment: Assessment) -> dict[str, bytes]:
    """Return brief.html."""
    template = environment(assessment.language).get_template("brief.html.j2")
    context = first_page(assessment, summarize(assessment)) | brief_head()
    return {"brief.html": template.render(context).encode("utf-8")}
