"""Letters to the users of each wave and the checklist, as files that people send, print and sign.

A letter is a draft: Outlook opens a message with ``X-Unsent: 1`` for writing, any other program
shows it as it is. What only its sender knows stands in brackets.
"""

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from email.message import EmailMessage
from email.policy import SMTP

from casaudit.findings import Assessment
from casaudit.i18n.languages import marked
from casaudit.remediation.lines import windows_text
from casaudit.report.phrases import Phrases, phrases_of
from casaudit.report.waves import WavesView, WaveView, waves_view
from casaudit.text import visible

FOLDER = "migration"
CHECKLIST = f"{FOLDER}/checklist.txt"
HELP_LETTER = f"{FOLDER}/outlook-does-not-connect.eml"

MOVED = marked(
    "Your mailbox will be moved to a newer server on [date]. You can work while it is moved. Near"
    " the end Outlook says that an administrator has made a change and that it has to be restarted:"
    " close it and open it again. Nothing is lost. Browser and phone may ask for your password once"
    " more."
)
NOT_CONNECTED = marked(
    "Close Outlook. In the Control Panel open Mail, then E-mail Accounts, choose your account and"
    " Repair, and follow the steps. If that does not help, call [service desk]; do not delete"
    " anything, your mail is on the server."
)
"""What users are told, before their wave and on the day; the page shows the same."""

# Lines of a message have at most 998 bytes (RFC 5322); paragraphs stay whole below that, since
# mail programs break lines themselves, and are readable in the file.
_POLICY = SMTP.clone(max_line_length=998)
_WIDTH = 78


def letter_of(view: WaveView, waves: int) -> str:
    """Return the file of the letter to the users of a wave."""
    return f"{FOLDER}/wave-{view.wave.number:0{max(2, len(str(waves)))}}.eml"


def files(assessment: Assessment) -> dict[str, bytes]:
    """Return the letters and the checklist; nothing where there are no waves."""
    view = waves_view(assessment)
    if view is None or not view.waves:
        return {}
    phrases = phrases_of(assessment)
    found = {CHECKLIST: windows_text("\n".join(_checklist(view, assessment, phrases)))}
    for each in view.waves:
        found[letter_of(each, len(view.waves))] = _letter(
            phrases.say("Your mailbox moves to a newer server: %(wave)s", wave=each.title),
            (phrases.say(MOVED), phrases.say("Questions: [service desk].")),
        )
    found[HELP_LETTER] = _letter(
        phrases.say("If Outlook does not connect any more"), (phrases.say(NOT_CONNECTED),)
    )
    return found


def _letter(subject: str, paragraphs: Sequence[str]) -> bytes:
    message = EmailMessage(policy=_POLICY)
    # Site names come from the directory: a line break in one must not become a header.
    message["Subject"] = visible(subject)
    message["X-Unsent"] = "1"
    message.set_content("\n\n".join(map(visible, paragraphs)) + "\n")
    return message.as_bytes()


def _checklist(view: WavesView, assessment: Assessment, phrases: Phrases) -> Iterator[str]:
    head = phrases.say("Checklist: %(organization)s", organization=assessment.organization)
    yield from (visible(head), "=" * min(len(visible(head)), _WIDTH))
    yield from _part(phrases.say("Before the first wave"), (*view.shut, *view.ready))
    for each in view.waves:
        yield from ("", "", visible(each.title), "-" * min(len(visible(each.title)), _WIDTH))
        for stage in each.checklist:
            yield from _part(stage.title, stage.items)
        yield from ("", phrases.say("Done by ____________________ on ____________________"))
    yield from ("", *_part(phrases.say("After the last wave"), view.last))


def _part(title: str, items: Iterable[str]) -> Iterator[str]:
    yield from ("", visible(title), "")
    for item in items:
        # A long name stays whole: it is copied from here.
        yield from textwrap.wrap(
            visible(item),
            _WIDTH,
            initial_indent="[ ] ",
            subsequent_indent="    ",
            break_long_words=False,
            break_on_hyphens=False,
        )
