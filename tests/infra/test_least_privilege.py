"""Tests of least privilege: each role grants exactly the requests that its handler makes.

First check: every call that the handlers make on all their paths is recorded as (action, resource) and compared with
the role of the deployed stack. Second check: moto's own IAM refuses what a role does not grant. It compares actions
only, takes every resource for "*", and reads no condition except those of a role's trust policy, so it gets copies of
the roles with "*" as the resource. It also requires ses:SendEmail for a raw e-mail, where SES requires
ses:SendRawEmail (infra/template.yaml has the sources), so e-mails are left out of this check.
"""

from __future__ import annotations

import datetime as dt
import json
from ast import literal_eval
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from email import message_from_bytes
from pathlib import Path
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from botocore.exceptions import ClientError
from leads.aws.facts import FactsReader
from leads.domain import lifecycle
from leads.domain.lifecycle import Event
from moto.core import enable_iam_authentication

from infra.facts import FactsTable, ReleaseFacts, people_item_of
from tests.support import deployed, factories, fakes, stack
from tests.support.deployed import Clinic
from tests.support.factories import TUESDAY
from tests.support.fakes import Interfering

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

Grant = tuple[str, str]
"""An action and the resource on which it is allowed."""

Work = Callable[[Clinic], None]

TOO_MANY_SEPARATE = 21


@contextmanager
def sending_over(ses: Any, clinic: Clinic) -> Iterator[None]:
    """Let the functions send over this client in the block."""
    before, clinic.mailbox = clinic.mailbox, ses
    yield
    clinic.mailbox = before


# --- What the handlers do, all of it ---


def take_forms(clinic: Clinic) -> None:
    """Send the form in every way: new, twice, again after closing, to be screened anew; look at its confirmation."""
    clinic.submit()
    clinic.visit(clinic.submit().headers["location"])
    mark(clinic, Event.CONTACTED)
    clinic.submit()
    clinic.submit(leave_empty="x", phone="(312) 555-0142")
    clinic.submit(phone="(312) 555-0142")
    clinic.submit(name="")


def mark(clinic: Clinic, event: Event) -> None:
    """Record an event of the staff on every lead, so that the software's own change comes too late and reads it."""
    for lead in clinic.leads():
        if (lead.status, event) in lifecycle.TRANSITIONS:
            clinic.table.change(lead, lifecycle.apply(lead, event, clinic.clock(), clinic.practice))


def press_buttons(clinic: Clinic) -> None:
    """Open the staff page and press every button, one of them on a page that is out of date."""
    for number, (before, button) in enumerate(
        [
            ((), "contacted"),
            ((), "no-answer"),
            ((), "not-a-lead"),
            ((Event.NOTIFIED, Event.CONTACTED), "reopen"),
            ((Event.NOTIFIED, Event.CONTACTED), "contacted"),
        ]
    ):
        token = clinic.token(clinic.keep(factories.stored(*before, phone=f"(312) 555-01{number:02}")))
        assert clinic.follow(token).status == 200
        clinic.press(button, token)
    quarantined = clinic.token(clinic.keep(factories.stored(suspicion="it was quick", phone="(312) 555-0150")))
    page = clinic.follow(quarantined)
    clinic.press("release", quarantined)
    assert clinic.press("release", quarantined, page).status == 409


def sweep_for_days(clinic: Clinic) -> None:
    """Send every kind of e-mail: about one lead and many, to staff and manager, in time and late, and the digest."""
    clinic.keep(factories.stored(suspicion="it was quick", phone="(312) 555-0150"))
    for number in range(TOO_MANY_SEPARATE):
        clinic.keep(factories.stored(phone=f"(312) 555-01{number:02}"))
    clinic.keep(factories.stored(conditions="suicidal-thoughts", phone="(312) 555-0151"))
    clinic.submit(phone="(312) 555-0152")
    for _ in range(2 * 6):
        clinic.clock.advance(hours=4)
        clinic.sweep()
    changed_while_its_email_is_on_the_way(clinic)
    clinic.clock.at = TUESDAY + dt.timedelta(days=3)
    clinic.keep(factories.stored(phone="(312) 555-0160", at=clinic.clock()))
    clinic.clock.advance(minutes=20)
    with_ses_down(clinic)


def changed_while_its_email_is_on_the_way(clinic: Clinic) -> None:
    faster = Interfering(clinic.mailbox, ["send_email"], after=lambda: mark(clinic, Event.CONTACTED))
    with sending_over(faster, clinic):
        clinic.clock.advance(hours=24)
        clinic.sweep()


def with_ses_down(clinic: Clinic) -> None:
    paused = fakes.failing(fakes.aws_error("SendingPausedException"))
    with sending_over(Interfering(clinic.mailbox, ["send_email"], before=paused), clinic):
        clinic.sweep()


WORK: Mapping[str, Work] = {"Capture": take_forms, "Staff": press_buttons, "Sweep": sweep_for_days}


# --- The first witness ---


@dataclass
class CallRecorder:
    """Records the requests that boto3's clients make."""

    calls: set[Grant] = field(default_factory=set)
    subjects: list[str] = field(default_factory=list)
    facts: set[str] = field(default_factory=set)
    """The items of the table of facts that were read."""

    def watch(self, client: Any) -> Any:
        client.meta.events.register("before-parameter-build", self._note)
        return client

    def _note(self, params: Mapping[str, Any], model: Any, **_: object) -> None:
        if model.service_model.service_name == "sesv2":
            self.subjects.append(str(message_from_bytes(params["Content"]["Raw"]["Data"])["Subject"]))
            self.calls |= _email(params)
        else:
            tables = params["RequestItems"] if "RequestItems" in params else [params["TableName"]]
            self.facts |= {key["S"] for key in [params.get("Key", {}).get("name")] if key}
            index = f"/index/{params['IndexName']}" if "IndexName" in params else ""
            arn = f"arn:aws:dynamodb:{stack.REGION}:{stack.ACCOUNT}:table"
            self.calls |= {(f"dynamodb:{model.name}", f"{arn}/{table}{index}") for table in tables}


def _email(params: Mapping[str, Any]) -> set[Grant]:
    assert set(params["Content"]) == {"Raw"}
    arn = f"arn:aws:ses:{stack.REGION}:{stack.ACCOUNT}"
    domain = params["FromEmailAddress"].rpartition("@")[2]
    used = (f"identity/{domain}", f"configuration-set/{params['ConfigurationSetName']}")
    return {("ses:SendRawEmail", f"{arn}:{name}") for name in used}


@contextmanager
def at_work(function: str, folder: Path, names: Mapping[str, str]) -> Iterator[CallRecorder]:
    """Let the deployed function do all its work, and yield the record of its requests."""
    recorder = CallRecorder()
    dynamodb, ses = (recorder.watch(boto3.client(name, region_name=stack.REGION)) for name in ("dynamodb", "sesv2"))
    with in_place(function, folder, names, dynamodb) as clinic, sending_over(ses, clinic):
        WORK[function](clinic)
        yield recorder


@contextmanager
def in_place(function: str, folder: Path, names: Mapping[str, str], dynamodb: Any) -> Iterator[Clinic]:
    """Yield the deployed function with this client; the test's own preparations use another."""
    plain = boto3.client("dynamodb", region_name=stack.REGION)
    variables = environment(function, names)
    with deployed.clinic(folder, plain, None, **variables) as clinic:
        table = FactsTable(names["FactsTable"], plain)
        table.put(ReleaseFacts.compiled(clinic.settings.compiled).item)
        table.put(people_item_of(clinic.practice))
        clinic.wiring = replace(clinic.wiring, dynamodb=lambda: dynamodb, source=FactsReader())
        yield clinic


def environment(function: str, names: Mapping[str, str]) -> Mapping[str, str]:
    """Return the deployed function's variables without the secrets, which moto's stack does not have."""
    awslambda = boto3.client("lambda", region_name=stack.REGION)
    variables = awslambda.get_function_configuration(FunctionName=names[function])["Environment"]["Variables"]
    return {name: value for name, value in variables.items() if name not in {"LEADS_SECRET", "LEADS_ORIGIN_SECRET"}}


def statements(role: str) -> list[Mapping[str, Any]]:
    """Return every policy statement of the deployed role."""
    iam = boto3.client("iam")
    policies = iam.list_role_policies(RoleName=role)["PolicyNames"]
    documents = [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in policies]
    # moto's CloudFormation stores policies as Python literals, not as JSON.
    return [statement for document in documents for statement in literal_eval(str(document))["Statement"]]


def grants(statements: list[Mapping[str, Any]]) -> set[Grant]:
    return {
        (action, resource)
        for statement in statements
        for action in _several(statement["Action"])
        for resource in _several(statement["Resource"])
    }


def _several(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


@dataclass(frozen=True)
class ObservedRole:
    """The grants of a function's role and the requests that the function made."""

    granted: set[Grant]
    statements: list[Mapping[str, Any]]
    recorder: CallRecorder
    names: Mapping[str, str]

    @property
    def for_the_handler(self) -> set[Grant]:
        """The grants without those that Lambda itself needs."""
        return {grant for grant in self.granted if not grant[0].startswith(("logs:", "sqs:"))}


@pytest.fixture(scope="module")
def observed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, ObservedRole]]:
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "test")
        yield {name: _observe(name, tmp_path_factory.mktemp(name)) for name in WORK}


def _observe(function: str, folder: Path) -> ObservedRole:
    with stack.deployed() as names:
        boto3.client("sesv2", region_name=stack.REGION).create_email_identity(EmailIdentity=stack.SENDER)
        allowed = statements(names[f"{function}Role"])
        with at_work(function, folder, names) as recorder:
            return ObservedRole(grants(allowed), allowed, recorder, names)


@pytest.mark.parametrize("function", WORK)
def test_the_role_grants_all_that_its_handler_does(function: str, observed: Mapping[str, ObservedRole]) -> None:
    assert observed[function].recorder.calls - observed[function].granted == set()


@pytest.mark.parametrize("function", WORK)
def test_the_role_grants_nothing_that_its_handler_does_not_do(
    function: str, observed: Mapping[str, ObservedRole]
) -> None:
    assert observed[function].for_the_handler - observed[function].recorder.calls == set()


@pytest.mark.parametrize(
    ("function", "items"), [("Capture", ["facts"]), ("Staff", ["facts"]), ("Sweep", ["facts", "people"])]
)
def test_a_role_reads_its_own_items_of_the_table_of_facts(
    function: str, items: list[str], observed: Mapping[str, ObservedRole]
) -> None:
    table = f":table/{observed[function].names['FactsTable']}"
    (statement,) = [each for each in observed[function].statements if str(each["Resource"]).endswith(table)]

    assert statement["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": items}}


@pytest.mark.parametrize(("function", "items"), [("Staff", {"facts"}), ("Sweep", {"facts", "people"})])
def test_a_handler_reads_no_other_facts(function: str, items: set[str], observed: Mapping[str, ObservedRole]) -> None:
    assert observed[function].recorder.facts == items


def test_every_kind_of_email_was_among_what_the_sweep_did(observed: Mapping[str, ObservedRole]) -> None:
    kinds = [
        "Urgent call-back ",
        "Reminder: ",
        "Overdue: ",
        "Today: ",
        "people ask for a call",
        "people wait for a call",
    ]
    subjects = " | ".join(observed["Sweep"].recorder.subjects)

    assert [kind for kind in kinds if kind not in subjects] == []


@pytest.mark.parametrize("function", WORK)
def test_lambda_writes_the_functions_own_log_and_no_other(function: str, observed: Mapping[str, ObservedRole]) -> None:
    log = f"arn:aws:logs:{stack.REGION}:{stack.ACCOUNT}:log-group:{observed[function].names[f'{function}Log']}"
    logs = {grant for grant in observed[function].granted if grant[0].startswith("logs:")}

    # The "*" matches the log's streams, which Lambda names.
    assert {(action, resource.removesuffix(":*")) for action, resource in logs} == {
        ("logs:CreateLogStream", log),
        ("logs:PutLogEvents", log),
    }


@pytest.mark.parametrize(
    ("function", "actions"), [("Capture", set()), ("Staff", set()), ("Sweep", {"sqs:SendMessage"})]
)
def test_lambda_puts_dead_letters_where_there_are_some(
    function: str, actions: set[str], observed: Mapping[str, ObservedRole]
) -> None:
    assert {action for action, _ in observed[function].granted if action.startswith("sqs:")} == actions


@pytest.mark.parametrize("function", WORK)
def test_no_grant_names_more_than_one_thing(function: str, observed: Mapping[str, ObservedRole]) -> None:
    wide = [grant for grant in observed[function].granted if "*" in grant[0] + grant[1].removesuffix(":*")]

    assert wide == []


def test_emails_go_out_in_the_practices_name_only(observed: Mapping[str, ObservedRole]) -> None:
    conditions = [
        statement["Condition"]
        for statement in observed["Sweep"].statements
        if "ses:SendRawEmail" in statement["Action"]
    ]

    assert conditions == [{"StringEquals": {"ses:FromAddress": stack.SENDER}}]


# --- The second witness ---


@contextmanager
def guarded(function: str) -> Iterator[tuple[Mapping[str, str], DynamoDBClient]]:
    """Yield the stack's names, and a client under moto's IAM with a role that has this function's actions."""
    with stack.deployed() as names:
        session = _assumed(sorted({action for action, _ in grants(statements(names[f"{function}Role"]))}))
        yield names, session.client("dynamodb")


def _assumed(actions: list[str]) -> boto3.Session:
    iam = boto3.client("iam")
    role = iam.create_role(RoleName="witness", AssumeRolePolicyDocument=json.dumps({"Statement": []}))["Role"]
    allow = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    iam.put_role_policy(RoleName="witness", PolicyName="witness", PolicyDocument=document)
    made = boto3.client("sts", region_name=stack.REGION).assume_role(RoleArn=role["Arn"], RoleSessionName="witness")
    key = made["Credentials"]
    return boto3.Session(key["AccessKeyId"], key["SecretAccessKey"], key["SessionToken"], stack.REGION)


@dataclass(frozen=True)
class Guarded:
    """A client whose calls moto's IAM checks; the test's own preparations are not checked."""

    client: Any

    def __getattr__(self, operation: str) -> Any:
        def guarded(**parameters: Any) -> Any:
            with enable_iam_authentication():
                return getattr(self.client, operation)(**parameters)

        return guarded


@pytest.mark.parametrize("function", WORK)
def test_motos_iam_refuses_the_handler_nothing(function: str, tmp_path: Path, account: None) -> None:
    answers = []
    with guarded(function) as (names, client):
        client.meta.events.register("after-call", lambda parsed, **_: answers.append(parsed))
        with in_place(function, tmp_path, names, Guarded(client)) as clinic:
            WORK[function](clinic)

    assert {answer["Error"]["Code"] for answer in answers if "Error" in answer} <= {"ConditionalCheckFailedException"}


@pytest.mark.parametrize("function", WORK)
def test_motos_iam_refuses_what_no_handler_does(function: str, account: None) -> None:
    with guarded(function) as (names, client), pytest.raises(ClientError, match="AccessDenied"):
        Guarded(client).scan(TableName=names["LeadsTable"])
