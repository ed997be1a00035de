"""`make deploy`: what infra/template.yaml describes, on AWS. It shows what would change, and asks before it acts."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from leads.domain.practice import Practice
from rich.console import Console
from rich.table import Table

from infra import package, site, stack, template
from infra.deploy import changes, next_steps, proposal
from infra.deploy.code import Code
from infra.deploy.proposal import Proposal
from infra.stack import REGION, StackError, client, explained
from infra.template import Template

OPTIONS = {
    "CERTIFICATE": "CertificateArn",
    "OTHER_DOMAIN": "OtherDomainName",
    "ALARM_EMAIL": "AlarmEmail",
    "WAF_RATE_LIMIT": "WafRateLimit",
    "FORM_CONCURRENCY": "FormConcurrency",
}
"""What can be said on the command line, and the template's parameter behind it. What is not said stays as it is."""

LIMIT = 51_200
"""Bytes of a template that CloudFormation takes with a request; a test keeps ours below it."""

TAGS = {"project": "clinic-callback"}


@dataclass(frozen=True)
class Order:
    """What was asked for: which stack, with which options, and whether the question is answered already."""

    stack: str = stack.NAME
    domain: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    assent: bool = False
    dry_run: bool = False

    @classmethod
    def read(cls, variables: Mapping[str, str] = os.environ) -> Order:
        """The order that make's variables give."""
        return cls(
            variables.get("STACK") or stack.NAME,
            variables.get("DOMAIN", ""),
            {option: variables[option] for option in OPTIONS if option in variables},
            variables.get("YES") == "1",
            variables.get("DRY_RUN") == "1",
        )


def main() -> None:
    """`make deploy`."""
    for name in ("LOCAL", "SITE_URL"):  # by these, `make serve` builds a site that works on this machine only
        os.environ.pop(name, None)
    try:
        deploy(Order.read(), Console(highlight=False, soft_wrap=True))
    except (StackError, site.BuildError, package.PackageError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("\nStopped. What CloudFormation has begun goes on without us: `make deploy` says where it stands.")


def deploy(order: Order, console: Console, body: Callable[[], str] | None = None, tick: float = 3) -> None:
    """Bring the stack to what the template says; every `tick` seconds AWS is asked how far it is. Raises StackError."""
    practice = checked(site.practice(), order)
    account = _account()
    mail = sending(practice)
    console.print(f"Account {account}, region {REGION}, stack {order.stack}.")
    for note in _notes(mail):
        console.print(f"Note: {note}", style="yellow")
    site.build()
    code = Code(package.build(), account)
    chosen = parameters(template.load(), practice, order.options, _previous(order.stack), code)
    ensure_certified(chosen)
    proposed = proposal.propose(order.stack, (body or template_body)(), chosen, TAGS)
    if proposed is None:
        console.print("Nothing to change: the stack is what the template, the package and the options say.")
    elif _wanted(order, proposed, console):
        code.upload()
        proposed.carry_out(console, tick)
    else:
        return
    _tell_the_rest(practice, stack.outputs(order.stack), chosen, mail, console)


# --- What is checked first ---


def checked(practice: Practice, order: Order) -> Practice:
    """The practice, if it can go live. Raises StackError."""
    host = urlsplit(practice.url).hostname
    certificate = order.options.get("CERTIFICATE", "")
    if practice.sample:
        raise StackError(
            "content/practice.toml still describes the sample practice: write yours, and then sample = false."
        )
    if practice.url != f"https://{host}":
        raise StackError(f'url in content/practice.toml is "{practice.url}": visitors need https:// and no port.')
    if order.domain and order.domain != host:
        raise StackError(
            f"DOMAIN is {order.domain}, but url in content/practice.toml says {host}: correct one of them."
        )
    if certificate and not certificate.startswith("arn:aws:acm:us-east-1:"):
        raise StackError("CERTIFICATE must be the ARN of a certificate in us-east-1: CloudFront takes no other.")
    return practice


def ensure_certified(chosen: Mapping[str, str]) -> None:
    """Raise StackError if the certificate cannot be used for the domain: CloudFront finds out minutes later."""
    if not chosen["CertificateArn"]:
        return
    with explained():
        found = client("acm").describe_certificate(CertificateArn=chosen["CertificateArn"])["Certificate"]
    if found["Status"] != "ISSUED":
        raise StackError(f"The certificate is {found['Status']}: add the DNS record that ACM shows for it, and wait.")
    hosts = (chosen["DomainName"], chosen["OtherDomainName"])
    if lacking := [host for host in hosts if host and not _holds(found["SubjectAlternativeNames"], host)]:
        raise StackError(f"The certificate does not hold {' and '.join(lacking)}: ask ACM for one that does.")


def _holds(names: Sequence[str], host: str) -> bool:
    return host in names or f"*.{host.partition('.')[2]}" in names


def _account() -> str:
    with explained():
        account: str = client("sts").get_caller_identity()["Account"]
    return account


def sending(practice: Practice) -> next_steps.Account:
    """What SES says about this account and the sender's domain."""
    ses, domain = client("sesv2"), practice.notify.sender.partition("@")[2]
    return next_steps.Account(
        _asked(lambda: ses.get_account()["ProductionAccessEnabled"]),
        _asked(lambda: ses.get_email_identity(EmailIdentity=domain)["VerifiedForSendingStatus"]),
    )


def _asked(question: Callable[[], bool]) -> bool | None:
    """AWS's answer; None if it has none, or not for us: then the list at the end says what to look at."""
    try:
        return question()
    except (BotoCoreError, ClientError):
        return None


def _notes(mail: next_steps.Account) -> Iterator[str]:
    """What is worth knowing before the question, and no reason to stop."""
    if mail.sends_to_anybody is False:
        yield "SES is in its sandbox here: e-mails reach proved addresses only. The list at the end says what to do."
    if (own := boto3.Session().region_name) not in {None, REGION}:
        yield f"Your own region is {own}; the stack goes to {REGION}, where CloudFront looks for its parts."
    if changed := _uncommitted():
        yield f"What is deployed is in no commit: {changed}."


def _uncommitted() -> str:
    """What differs from the last commit, in a few words; empty if nothing does."""
    command = ["git", "status", "--porcelain"]
    try:
        told = subprocess.run(command, cwd=site.ROOT, capture_output=True, check=True, text=True).stdout  # noqa: S603 -- our own
    except (OSError, subprocess.CalledProcessError):
        return "this folder is no git repository"
    files = [line[3:] for line in told.splitlines()]
    more = f" and {len(files) - 3} more" if len(files) > 3 else ""
    return f"{', '.join(files[:3])}{more} changed" if files else ""


# --- What is asked of CloudFormation ---


def template_body() -> str:
    """The template, as it is sent to CloudFormation: as it is written."""
    return template.PATH.read_text(encoding="utf-8")


def _previous(name: str) -> dict[str, str]:
    found = stack.described(name) or {}
    return {item["ParameterKey"]: item["ParameterValue"] for item in found.get("Parameters", ())}


def parameters(
    description: Template, practice: Practice, options: Mapping[str, str], previous: Mapping[str, str], code: Code
) -> dict[str, str]:
    """The stack's parameters: an option that is not named keeps its value, one that is named empty loses it."""
    defaults = {name: str(facts["Default"]) for name, facts in description["Parameters"].items() if "Default" in facts}
    kept = {name: value for name, value in previous.items() if name in defaults}
    named = {OPTIONS[option]: value or defaults[OPTIONS[option]] for option, value in options.items()}
    chosen = defaults | kept | named
    host = urlsplit(practice.url).hostname or ""
    return chosen | {
        "Sender": practice.notify.sender,
        "SiteUrl": practice.url,
        "DomainName": host if chosen["CertificateArn"] else "",
        "CodeBucket": code.bucket,
        "CodeKey": code.key,
    }


def _wanted(order: Order, proposed: Proposal, console: Console) -> bool:
    """Show what would be done, and ask. What is not wanted is withdrawn."""
    for line in changes.shown(proposed.changes):
        console.print(line)
    console.print(summary(proposed))
    try:
        wanted = not order.dry_run and _agreed(order, proposed)
    except BaseException:
        proposed.withdraw()
        raise
    if not wanted:
        proposed.withdraw()
        console.print("Nothing was changed.")
    return wanted


def summary(proposed: Proposal) -> str:
    """How many of each."""
    actions = [change.action for change in proposed.changes]
    return ", ".join(f"{actions.count(action)} {action}" for action in changes.SIGNS if action in actions) + "."


def _agreed(order: Order, proposed: Proposal) -> bool:
    """Whether somebody said yes; where data is in danger, by the stack's name and in person."""
    if any(change.endangers for change in proposed.changes):
        return _answer(f"Type the stack's name ({order.stack}) if that is what you want: ") == order.stack
    return order.assent or _answer("Do this? [y/N] ").lower() in {"y", "yes"}


def _answer(question: str) -> str:
    try:
        return input(question).strip()
    except EOFError:
        raise StackError("Nobody is there to answer. YES=1 says yes, except where data is in danger.") from None


# --- What is told last ---


def _tell_the_rest(
    practice: Practice,
    outputs: Mapping[str, str],
    chosen: Mapping[str, str],
    mail: next_steps.Account,
    console: Console,
) -> None:
    table = Table("DNS record (CNAME)", "value", title="DKIM", title_justify="left")
    for record in next_steps.dkim_records(outputs):
        table.add_row(*record)
    console.print(f"\nThe site's address: {outputs['SiteAddress']}\n")
    console.print(table, soft_wrap=False)
    console.print("\nStill to do by hand:")
    for number, step in enumerate(next_steps.remaining(practice, outputs, chosen, mail), 1):
        console.print(f" {number}. {step}")


if __name__ == "__main__":
    main()
