"""`make deploy`: bring the stack to what infra/template.yaml describes. Shows the changes and asks first."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from leads.domain.people import People, StaffedPractice
from leads.settings import COMPILED
from rich.console import Console
from rich.table import Table

from infra import facts, site, stack, template
from infra.deploy import changes, next_steps, proposal, question
from infra.deploy.code import CodePackage
from infra.deploy.proposal import Proposal
from infra.facts import FactsTable, ReleaseFacts
from infra.package import archive
from infra.package.interpreter import PackageError
from infra.stack import REGION, StackError, client, translate_aws_errors
from infra.template import Template

OPTIONS = {
    "CERTIFICATE": "CertificateArn",
    "OTHER_DOMAIN": "OtherDomainName",
    "ALARM_EMAIL": "AlarmEmail",
    "WAF_RATE_LIMIT": "WafRateLimit",
    "FORM_CONCURRENCY": "FormConcurrency",
}
"""Variables of make, and the template's parameter that each one sets. A parameter that is not set keeps its value."""

MAX_TEMPLATE_BYTES = 51_200
"""The largest template that CloudFormation accepts inside a request; a test keeps ours below it.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html"""

TAGS = {"project": "clinic-callback"}


@dataclass(frozen=True)
class DeployOptions:
    """The options of one deployment."""

    stack: str = stack.NAME
    domain: str = ""
    options: Mapping[str, str] = field(default_factory=dict)
    assume_yes: bool = False
    dry_run: bool = False

    @classmethod
    def read(cls, variables: Mapping[str, str] = os.environ) -> DeployOptions:
        """Return the options that make's variables set."""
        return cls(
            variables.get("STACK") or stack.NAME,
            variables.get("DOMAIN", ""),
            {option: variables[option] for option in OPTIONS if option in variables},
            variables.get("YES") == "1",
            variables.get("DRY_RUN") == "1",
        )


def main() -> None:
    """Deploy; exit with a message if it fails."""
    for name in ("LOCAL", "SITE_URL"):  # by these, `make serve` builds a site that works on this machine only
        os.environ.pop(name, None)
    try:
        deploy(DeployOptions.read(), Console(highlight=False, soft_wrap=True))
    except (StackError, site.BuildError, PackageError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("\nStopped. What CloudFormation has begun goes on: `make deploy` shows the state.")


def deploy(
    requested: DeployOptions, console: Console, body: Callable[[], str] | None = None, poll_seconds: float = 3
) -> None:
    """Bring the stack to what the template says, asking AWS for progress every `poll_seconds`. Raises StackError."""
    practice = validate(site.practice(), requested)
    account = _account()
    mail = ses_account(practice)
    console.print(f"Account {account}, region {REGION}, stack {requested.stack}.")
    for note in _notes(mail):
        console.print(f"Note: {note}", style="yellow")
    site.build()
    code = CodePackage(archive.build(), account)
    chosen = parameters(template.load(), practice, requested.options, stack.parameters(requested.stack), code)
    ensure_certificate(chosen)
    proposed = proposal.propose(requested.stack, (body or template_body)(), chosen, TAGS)
    if proposed is None:
        console.print("Nothing to change: the stack is what the template, the package and the options say.")
    elif _confirm(requested, proposed, console):
        code.upload()
        proposed.execute(console, poll_seconds)
    else:
        return
    outputs = stack.outputs(requested.stack)
    people = store_first_facts(FactsTable(outputs["FactsTable"], client("dynamodb")), practice)
    _print_next_steps(outputs, next_steps.next_steps_for(practice, people, outputs, chosen, mail), console)


def store_first_facts(table: FactsTable, practice: StaffedPractice) -> People | None:
    """Write what a new stack's functions read, and return the people who are live.

    What `make publish` and `make staff` have written stays as it is. Raises StackError.
    """
    with translate_aws_errors():
        table.put_missing(ReleaseFacts.compiled(COMPILED).item)
        table.put_missing(facts.people_item_of(practice))
        return table.people()


# --- What is checked first ---


def validate(practice: StaffedPractice, requested: DeployOptions) -> StaffedPractice:
    """Return the practice if it can go live. Raises StackError."""
    host = urlsplit(practice.url).hostname
    certificate = requested.options.get("CERTIFICATE", "")
    if practice.sample:
        raise StackError(
            "content/practice.toml still describes the sample practice: write yours, and then sample = false."
        )
    if practice.url != f"https://{host}":
        raise StackError(f'url in content/practice.toml is "{practice.url}": visitors need https:// and no port.')
    if requested.domain and requested.domain != host:
        raise StackError(
            f"DOMAIN is {requested.domain}, but url in content/practice.toml says {host}: correct one of them."
        )
    if certificate and not certificate.startswith("arn:aws:acm:us-east-1:"):
        raise StackError("CERTIFICATE must be the ARN of a certificate in us-east-1: CloudFront takes no other.")
    return practice


def ensure_certificate(chosen: Mapping[str, str]) -> None:
    """Raise StackError if the certificate cannot be used for the domain: CloudFront would fail minutes later."""
    if not chosen["CertificateArn"]:
        return
    with translate_aws_errors():
        found = client("acm").describe_certificate(CertificateArn=chosen["CertificateArn"])["Certificate"]
    if found["Status"] != "ISSUED":
        raise StackError(f"The certificate is {found['Status']}: add the DNS record that ACM shows for it, and wait.")
    hosts = (chosen["DomainName"], chosen["OtherDomainName"])
    if lacking := [host for host in hosts if host and not _covers(found["SubjectAlternativeNames"], host)]:
        raise StackError(f"The certificate does not hold {' and '.join(lacking)}: ask ACM for one that does.")


def _covers(names: Sequence[str], host: str) -> bool:
    return host in names or f"*.{host.partition('.')[2]}" in names


def _account() -> str:
    with translate_aws_errors():
        account: str = client("sts").get_caller_identity()["Account"]
    return account


def ses_account(practice: StaffedPractice) -> next_steps.SesAccount:
    """Return what SES reports about this account and the sender's domain."""
    ses, domain = client("sesv2"), practice.notify.sender.partition("@")[2]
    return next_steps.SesAccount(
        _ask_aws(lambda: ses.get_account()["ProductionAccessEnabled"]),
        _ask_aws(lambda: ses.get_email_identity(EmailIdentity=domain)["VerifiedForSendingStatus"]),
    )


def _ask_aws(question: Callable[[], bool]) -> bool | None:
    """Return AWS's answer; None if the call fails: then the list at the end says what to check."""
    try:
        return question()
    except (BotoCoreError, ClientError):
        return None


def _notes(mail: next_steps.SesAccount) -> Iterator[str]:
    """Yield what the user should know before the question and what is no reason to stop."""
    if mail.out_of_sandbox is False:
        yield "SES is in its sandbox here: e-mails reach verified addresses only. The list at the end says what to do."
    if (own := boto3.Session().region_name) not in {None, REGION}:
        yield f"Your own region is {own}; the stack goes to {REGION}, where CloudFront looks for its parts."
    if changed := _uncommitted_changes():
        yield f"What is deployed is in no commit: {changed}."


def _uncommitted_changes() -> str:
    """Return which files differ from the last commit, in a few words; "" if none does."""
    command = ["git", "status", "--porcelain"]
    try:
        status = subprocess.run(command, cwd=site.ROOT, capture_output=True, check=True, text=True).stdout  # noqa: S603 -- our own
    except (OSError, subprocess.CalledProcessError):
        return "this folder is no git repository"
    files = [line[3:] for line in status.splitlines()]
    more = f" and {len(files) - 3} more" if len(files) > 3 else ""
    return f"{', '.join(files[:3])}{more} changed" if files else ""


# --- What is requested from CloudFormation ---


def template_body() -> str:
    """Return the template's text as it is sent to CloudFormation."""
    return template.PATH.read_text(encoding="utf-8")


def parameters(
    description: Template,
    practice: StaffedPractice,
    options: Mapping[str, str],
    previous: Mapping[str, str],
    code: CodePackage,
) -> dict[str, str]:
    """Return the stack's parameters.

    An option that is not set keeps its value; one that is set to "" gets the template's default.
    """
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


def _confirm(requested: DeployOptions, proposed: Proposal, console: Console) -> bool:
    """Show the changes and ask; delete the change set unless the answer is yes. Return the answer."""
    for line in changes.lines(proposed.changes):
        console.print(line)
    console.print(summary(proposed))
    try:
        wanted = not requested.dry_run and _ask_for_consent(requested, proposed)
    except BaseException:
        proposed.delete()
        raise
    if not wanted:
        proposed.delete()
        console.print("Nothing was changed.")
    return wanted


def summary(proposed: Proposal) -> str:
    """Return the number of changes of each kind."""
    actions = [change.action for change in proposed.changes]
    return ", ".join(f"{actions.count(action)} {action}" for action in changes.SYMBOLS if action in actions) + "."


def _ask_for_consent(requested: DeployOptions, proposed: Proposal) -> bool:
    """Return True if the user agrees. Where data is at risk, only typing the stack's name counts, not YES=1."""
    if any(change.data_at_risk for change in proposed.changes):
        asked = f"Type the stack's name ({requested.stack}) if that is what you want: "
        return question.answer(asked) == requested.stack
    return requested.assume_yes or question.is_yes("Do this?")


# --- What is printed last ---


def _print_next_steps(outputs: Mapping[str, str], steps: Iterable[str], console: Console) -> None:
    table = Table("DNS record (CNAME)", "value", title="DKIM", title_justify="left")
    for record in next_steps.dkim_records(outputs):
        table.add_row(*record)
    console.print(f"\nThe site's address: {outputs['SiteAddress']}\n")
    console.print(table, soft_wrap=False)
    console.print("\nStill to do by hand:")
    for number, step in enumerate(steps, 1):
        console.print(f" {number}. {step}")


if __name__ == "__main__":
    main()
