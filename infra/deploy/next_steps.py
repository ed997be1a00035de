"""The manual steps that `make deploy` lists at its end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from leads.domain.people import People, StaffedPractice


@dataclass(frozen=True)
class SesAccount:
    """What SES reports about the account; None where the call failed."""

    out_of_sandbox: bool | None = None
    """True if SES sends to any address, not only to verified ones."""
    domain_verified: bool | None = None
    """True if SES has found the DKIM records of the sender's domain."""


def dkim_records(outputs: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return the CNAME records (name, value) by which receivers verify e-mails that SES sends for the domain."""
    pairs = (record.partition("=") for record in outputs["DkimRecords"].split())
    return [(name, value) for name, _, value in pairs]


def next_steps_for(
    practice: StaffedPractice,
    people: People | None,
    outputs: Mapping[str, str],
    parameters: Mapping[str, str],
    account: SesAccount,
) -> Iterator[str]:
    """Yield each step, in the order in which they can be done. `people` are those who get the requests now."""
    yield from _staff(practice, people)
    sender = practice.notify.sender.partition("@")[2]
    if not account.domain_verified:
        yield f"Add the three CNAME records above to the DNS of {sender}: without them no e-mail is sent."
    yield (
        f'Add a TXT record _dmarc.{sender}, "v=DMARC1; p=quarantine", if there is none: receivers then put forged '
        "e-mails aside."
    )
    if not account.out_of_sandbox:
        yield from _out_of_the_sandbox(practice, known=account.out_of_sandbox is False)
    yield from _certificate(practice, parameters)
    yield from _alarms(outputs, parameters)
    yield "Accept AWS's business associate agreement (AWS Artifact, in the console) before the first real request."
    yield from _domain(practice, outputs)


def _staff(practice: StaffedPractice, people: People | None) -> Iterator[str]:
    if people == practice.people:
        return
    step = "Run `make staff`: [staff] or [notify] in content/practice.toml differ from what is live."
    if people is None or people.notify.sender != practice.notify.sender:
        step += f" Until then no e-mail is sent: the functions may send from {practice.notify.sender} only."
    yield step


def _out_of_the_sandbox(practice: StaffedPractice, *, known: bool) -> Iterator[str]:
    readers = ", ".join(dict.fromkeys((*practice.front_desk, *practice.late_contacts)))
    state = "SES is in its sandbox" if known else "If SES is in its sandbox"
    yield (
        f"{state}: it sends to verified addresses only, 200 e-mails a day. Ask for production access in SES's console "
        f"(answered in about a day), or until then verify {readers} there."
    )


def _certificate(practice: StaffedPractice, parameters: Mapping[str, str]) -> Iterator[str]:
    if not parameters.get("CertificateArn"):
        yield (
            f"Ask ACM in us-east-1 for a certificate of {_host(practice)}, add the record that it shows, and run "
            "`make deploy CERTIFICATE=arn:...`: until then the links in e-mails lead nowhere."
        )


def _domain(practice: StaffedPractice, outputs: Mapping[str, str]) -> Iterator[str]:
    """Yield the steps by which visitors get to the site; an older site at the address is left without a gap."""
    host = _host(practice)
    yield (
        f"If an older site answers at {host}: give each of its pages a line “Was:” or “Gone:” (docs/editors.md), and a "
        "day before the move set the TTL of its DNS record to 300 seconds, so that the move and the way back take "
        "minutes."
    )
    yield (
        "Run `make publish`: until the first one the site is empty, and opening hours that changed since the last one "
        f"are not live. While {host} does not lead to the site, it ends with an error that says so."
    )
    yield f"Point {host} to {outputs['DistributionDomain']} (a CNAME; at the top of a domain an ALIAS)."
    yield (
        f"After a move, run `make publish` again: it opens a page at {host}. Then open the older site's article at its "
        "old address, and one of its pins on Pinterest: both must lead to the article here. Keep the older site for a "
        "week, then set the TTL back."
    )


def _host(practice: StaffedPractice) -> str:
    return urlsplit(practice.url).hostname or ""


def _alarms(outputs: Mapping[str, str], parameters: Mapping[str, str]) -> Iterator[str]:
    if address := parameters.get("AlarmEmail"):
        yield f"Confirm the e-mail that SNS sent to {address}: until then no alarm reaches you."
    else:
        yield (
            "Name an address for alarms: `make deploy ALARM_EMAIL=...`, at a domain that does not send through this "
            f"stack. Now they go to {outputs['AlarmTopic']}, which has no subscriber."
        )
