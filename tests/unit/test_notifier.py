"""The notifier: what is sent, and a second try without names where SES rejects the words."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import pytest
from leads.domain.errors import MailError
from leads.domain.lifecycle import Action, Event
from leads.domain.people import StaffedPractice
from leads.mail.compose import Composer
from leads.mail.notifier import EmailNotifier

from tests.support import compiled_assets, factories
from tests.support.factories import SAMPLE, TUESDAY
from tests.support.fakes import text_of

SETTINGS = compiled_assets.settings(LEADS_SITE_URL="https://www.lakeside.example")
LEAD = factories.stored()
FAILED_ONCE = factories.stored(Event.SEND_FAILED)
REJECTED = MailError("MessageRejected", rejected=True)


class ForgetfulTransport:
    """Refuses the first e-mails with these errors, and takes all others."""

    def __init__(self, *errors: MailError) -> None:
        self._errors = list(errors)
        self.taken: list[EmailMessage] = []
        self.tried = 0

    def __call__(self, email: EmailMessage) -> None:
        self.tried += 1
        if self._errors:
            raise self._errors.pop(0)
        self.taken.append(email)


def notifier(transport: ForgetfulTransport, practice: StaffedPractice = SAMPLE) -> EmailNotifier:
    return EmailNotifier(Composer(practice, SETTINGS), transport)


SENDS: dict[str, Callable[[EmailNotifier], None]] = {
    "one that failed before": lambda mailer: mailer.send_one(Action.NOTIFY, FAILED_ONCE, TUESDAY),
    "many": lambda mailer: mailer.send_many(Action.NOTIFY, [LEAD, LEAD], TUESDAY),
    "review": lambda mailer: mailer.send_review([LEAD], 1, TUESDAY, is_overdue=False),
}


@pytest.mark.parametrize("send", SENDS.values(), ids=SENDS)
def test_an_email_is_sent_once(send: Callable[[EmailNotifier], None]) -> None:
    transport = ForgetfulTransport()

    send(notifier(transport))

    assert (transport.tried, "Ada Lovelace" in text_of(transport.taken[0])) == (1, True)


@pytest.mark.parametrize("send", SENDS.values(), ids=SENDS)
def test_rejected_words_are_left_out(send: Callable[[EmailNotifier], None]) -> None:
    transport = ForgetfulTransport(REJECTED)

    send(notifier(transport))

    text = text_of(transport.taken[0])
    assert ("Lovelace" in text, "555" in text, LEAD.reference in text) == (False, False, True)


def test_the_first_email_about_a_lead_is_one_call() -> None:
    transport = ForgetfulTransport(REJECTED)

    with pytest.raises(MailError):
        notifier(transport).send_one(Action.NOTIFY, LEAD, TUESDAY)

    assert transport.tried == 1


@pytest.mark.parametrize("send", SENDS.values(), ids=SENDS)
def test_other_errors_are_not_tried_in_other_words(send: Callable[[EmailNotifier], None]) -> None:
    transport = ForgetfulTransport(MailError("AccountSuspendedException", permanent=True))

    with pytest.raises(MailError, match="AccountSuspendedException"):
        send(notifier(transport))

    assert transport.tried == 1


def test_an_email_without_names_is_not_tried_again() -> None:
    transport = ForgetfulTransport(REJECTED)
    practice = factories.practice(notify={"email_detail": "reference"})

    with pytest.raises(MailError):
        SENDS["many"](notifier(transport, practice))

    assert transport.tried == 1


def test_a_lead_that_cannot_be_listed_is_logged_by_its_reference(capsys: pytest.CaptureFixture[str]) -> None:
    broken = factories.in_state(LEAD.status, call_by=None)

    assert not notifier(ForgetfulTransport()).can_list(broken, TUESDAY)
    assert broken.reference in capsys.readouterr().out
