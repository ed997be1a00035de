"""The scenario from deploy to teardown, run in a copy of the project that infra/e2e/__main__.py makes."""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import redirect_stdout, suppress
from dataclasses import asdict
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from leads.handlers import sweep
from leads.wiring import Wiring
from rich.console import Console

from infra import site, stack
from infra.deploy import __main__ as deploy
from infra.deploy import staff
from infra.deploy.__main__ import DeployOptions
from infra.e2e import environment, resources, sam
from infra.e2e.edge import CloudFrontEdge, as_json
from infra.e2e.report import CHECKED, ReportRow, ScenarioError, require, table
from infra.local import cloud
from infra.local.gateway import LambdaContext
from infra.package import archive
from infra.package.interpreter import PackageError
from infra.publish import __main__ as publish
from infra.publish.publishing import PublishError
from infra.stack import client
from plugins.lint import front_matter

FORM = {
    "name": "Ada Rehearsal",
    "phone": "(312) 555-0187",
    "best_time": "any",
    "consent": "2026-11",
    "source": "/",
    "elapsed": "30",
}

OPTIONS = {"ALARM_EMAIL": "alarms@example.net", "WAF_RATE_LIMIT": "2000"}

DATA = ("LeadsTable", "FactsTable", "LeadsSecret", "SiteBucket")
"""Resources that outlive the stack, with all that is in them."""

NEW_ADDRESS = "new-desk@example.com"

ADDED_SENTENCE = "This sentence was added for the rehearsal."


def main() -> None:
    """Run the scenario and print its report.

    --small leaves out the real package; --record=FILE also writes the report as JSON.
    """
    options = ArgumentParser()
    options.add_argument("--small", action="store_true")
    options.add_argument("--record", type=Path)
    chosen = options.parse_args()
    report_rows: list[ReportRow] = []
    try:
        with Console().status("Running") as status:
            for report_row in run_scenario(small=chosen.small):
                status.update(f"Done: {report_row.step}")
                report_rows.append(report_row)
    except (PublishError, ScenarioError, site.BuildError, stack.StackError) as error:
        sys.exit(f"The scenario failed: {error}")
    if chosen.record:
        chosen.record.write_text(json.dumps([asdict(report_row) for report_row in report_rows]), encoding="utf-8")
    Console().print(table(report_rows))


def run_scenario(*, small: bool) -> Iterator[ReportRow]:
    """Run every step, in the order in which a practice does it; yield a row of the report after each."""
    practice = site.practice()
    plain = sam.transformed()
    yield _package(small=small)
    environment.aws({resource["Type"] for resource in plain["Resources"].values()}, practice.url)
    yield from _deploy(plain)
    yield from _resources(plain)
    edge = CloudFrontEdge(stack.outputs(stack.NAME))
    yield from _publish(edge)
    yield from _lead(edge)
    yield from _change(edge)
    yield _staff(edge)
    yield from _teardown(edge, plain)


# --- Deploy ---


def _package(*, small: bool) -> ReportRow:
    """Make the real package if this machine can; else a zip of functions/leads alone: moto does not run it."""
    site.build()
    try:
        if not small:
            return ReportRow("package", f"the functions' zip, {archive.build().stat().st_size / 1e6:.1f} MB")
        why = "--small"
    except PackageError as error:
        why = str(error).partition(",")[0]
    archive.build = _own_code_zip
    return ReportRow("package", f"replaced by a zip of functions/leads alone ({why})", CHECKED)


def _own_code_zip(leads: Path = site.ROOT / "functions" / "leads") -> Path:
    path = site.ROOT / ".cache" / "own-code.zip"
    path.parent.mkdir(exist_ok=True)
    files = [file for file in sorted(leads.rglob("*")) if file.is_file() and "__pycache__" not in file.parts]
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            archive.writestr(zipfile.ZipInfo(f"leads/{file.relative_to(leads).as_posix()}"), file.read_bytes())
    return path


def _deploy(plain: Mapping[str, Any]) -> Iterator[ReportRow]:
    certificate = client("acm").request_certificate(DomainName=urlsplit(site.practice().url).hostname)
    options = {**OPTIONS, "CERTIFICATE": certificate["CertificateArn"]}
    output = _deployed(plain, options, dry_run=True)
    require("+ added: DynamoDB table LeadsTable" in output, "the change set does not list the table")
    require(stack.describe(stack.NAME) is None, "DRY_RUN=1 left a stack behind")
    yield ReportRow("deploy, DRY_RUN=1", "the change set was shown and deleted; nothing is left of it")
    output = _deployed(plain, options)
    require(stack.outputs(stack.NAME).keys() == plain["Outputs"].keys(), "an output is missing")
    require("token1._domainkey" in output and "business associate" in output, "the list at the end is not whole")
    yield ReportRow("deploy", f"{len(plain['Resources'])} resources; DKIM records and manual steps were listed")
    require("Nothing to change" in _deployed(plain, {}), "a second deployment found something to change")
    yield ReportRow("deploy again, no option named", "nothing to change: every option kept its value")


def _deployed(plain: Mapping[str, Any], options: Mapping[str, str], *, dry_run: bool = False) -> str:
    """Deploy and return everything that was printed."""
    output = io.StringIO()
    order = DeployOptions(options=options, assume_yes=True, dry_run=dry_run)
    deploy.deploy(order, Console(file=output, width=200), lambda: json.dumps(plain), poll_seconds=0)
    return output.getvalue()


def _resources(plain: Mapping[str, Any]) -> Iterator[ReportRow]:
    """Yield a row for each type of resource: how it was created here, if it was."""
    kinds = [resource["Type"] for resource in plain["Resources"].values()]
    made = Counter(each["ResourceType"] for each in _stack_resources())
    for kind in sorted(set(kinds)):
        require(made[kind] == kinds.count(kind), f"of {kinds.count(kind)} × {kind} {made[kind]} were made")  # noqa: RUF001 -- a multiplication sign
        step = f"{kinds.count(kind)} × {kind.removeprefix('AWS::')}"  # noqa: RUF001 -- a multiplication sign
        if kind in resources.NATIVE:
            yield ReportRow(step, "by moto's CloudFormation")
        elif kind in resources.CREATORS:
            yield ReportRow(step, "by its own API, from the template")
        else:
            yield ReportRow(step, resources.LEFT_OUT.get(kind, "moto has none"), CHECKED)
    yield _table_settings(plain["Resources"]["LeadsTable"]["Properties"])
    yield _bucket_settings(plain["Resources"]["SiteBucket"]["Properties"])
    yield ReportRow(
        "encryption at rest; what the roles allow", "moto does not enforce them; tests read the template", CHECKED
    )


def _stack_resources() -> Iterator[Mapping[str, Any]]:
    for page in client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack.NAME):
        yield from page["StackResourceSummaries"]


def _table_settings(properties: Mapping[str, Any]) -> ReportRow:
    """Set what moto's CloudFormation leaves out of the table."""
    name, dynamodb = stack.outputs(stack.NAME)["LeadsTable"], client("dynamodb")
    dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"])
    recovery = properties["PointInTimeRecoverySpecification"]
    dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
    return ReportRow(
        "table: TTL, point-in-time recovery", "set through DynamoDB's own API; moto deletes nothing by TTL"
    )


def _bucket_settings(properties: Mapping[str, Any]) -> ReportRow:
    """Set what moto's CloudFormation leaves out of the site's bucket, and a rollback needs."""
    name, s3 = stack.outputs(stack.NAME)["SiteBucket"], client("s3")
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=properties["VersioningConfiguration"])
    closed = properties["PublicAccessBlockConfiguration"]
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=closed)
    return ReportRow("bucket: versions, no public access", "set through S3's own API")


# --- Publish ---


def _publish(edge: CloudFrontEdge) -> Iterator[ReportRow]:
    _published(edge, dry_run=True)
    require(not edge.has("/"), "DRY_RUN=1 published something")
    yield ReportRow("publish, DRY_RUN=1", "shown; the bucket is still empty")
    _published(edge)
    home, call = edge.fetch(f"{edge.address}/").decode(), f'href="tel:{site.practice().crisis_lines.lifeline}"'
    require(call in home and "<form" in home, "the live home page is not the site's")
    require(call in edge.fetch(_page(edge)).decode(), "a live page is not the site's")
    yield ReportRow("publish", f"live: crisis lines and the form on the home page, and {urlsplit(_page(edge)).path}")
    yield from _old_addresses(edge)
    before = edge.invalidations()
    _published(edge)
    require(edge.invalidations() == before, "an unchanged site was invalidated")
    yield ReportRow("publish again", "nothing uploaded, nothing invalidated")


def _old_addresses(edge: CloudFrontEdge) -> Iterator[ReportRow]:
    source, slug = published_source(site.ROOT)
    for _, address in front_matter.old_addresses(source.read_text(encoding="utf-8-sig")):
        require(edge.moved_to(address) == f"/{slug}/", f"{address} does not lead to /{slug}/")
        yield ReportRow("an old address", f"{address} leads to /{slug}/: in the bucket's metadata", CHECKED)


def _published(edge: CloudFrontEdge, *, dry_run: bool = False) -> None:
    # UnreviewedError: an article awaits its review; everything else is published.
    with redirect_stdout(io.StringIO()), suppress(publish.UnreviewedError):
        publish.publish(dry_run=dry_run, everything=False, fetch=edge.fetch)


def published_source(root: Path) -> tuple[Path, str]:
    """Return the source of an article that was built, of a page if there is none, and its slug.

    Drafts, scheduled articles and those that await their review were not built. Raises RehearsalError if nothing was.
    """
    content = root / "content"
    for source in (*sorted((content / "articles").rglob("*.md")), *sorted((content / "pages").rglob("*.md"))):
        slug = front_matter.values(source.read_text(encoding="utf-8-sig")).get("slug", "")
        if slug and (root / "output" / slug / "index.html").exists():
            return source, slug
    raise ScenarioError("nothing is published: content/articles and content/pages have drafts only")


def _page(edge: CloudFrontEdge) -> str:
    return f"{edge.address}/{published_source(site.ROOT)[1]}/"


# --- A request, and a call ---


def _lead(edge: CloudFrontEdge) -> Iterator[ReportRow]:
    body = urlencode(FORM)
    require(
        edge.request_api("POST", "/api/leads", body).status_code == 404,
        "the API accepted a request that did not come through CloudFront",
    )
    yield ReportRow("a form sent to the API's own address", "refused (404): only CloudFront sends the origin secret")
    answer = edge.request_path("POST", "/api/leads", body, accept="application/json")
    require(answer.status_code == 201, f"the form was answered {answer.status_code}")
    yield ReportRow("a request from the form", f"stored; promised by {as_json(answer)['contact_by_text']}")
    again = edge.request_path("POST", "/api/leads", body, accept="application/json")
    leads_only = "attribute_exists(fingerprint)"
    stored = client("dynamodb").scan(TableName=edge.outputs["LeadsTable"], FilterExpression=leads_only)
    require(as_json(again) == as_json(answer) and stored["Count"] == 1, "the same request sent twice is two")
    yield ReportRow("the same request once more", "the same reference, one request in the table, one e-mail")
    yield _confirmation(edge, body, as_json(answer))
    yield from _call(edge)


def _confirmation(edge: CloudFrontEdge, body: str, facts: Mapping[str, str]) -> ReportRow:
    """Send the form once more, without a script, and go where the answer leads."""
    answer = edge.request_path("POST", "/api/leads", body)
    require((answer.status_code, answer.location) == (303, facts["url"]), "without a script the form leads elsewhere")
    page = edge.request_path("GET", facts["url"])
    text = page.get_data(as_text=True)
    require(page.status_code == 200 and facts["contact_by_text"] in text, "the confirmation is not shown")
    require(facts["reference"] in text and FORM["name"] not in text, "the confirmation has the wrong facts")
    return ReportRow("without a script", "its confirmation: the promise and the reference, no name")


def _sweep(edge: CloudFrontEdge) -> list[EmailMessage]:
    """Run the sweep, and return every e-mail about the request that was sent until now."""
    with environment.variables(edge.environment("Sweep")), redirect_stdout(edge.log):
        sweep.handler({}, LambdaContext(180))
    return [mail for mail in cloud.sent_emails() if FORM["name"] in mail.as_string() and "Today" not in mail["Subject"]]


def _call(edge: CloudFrontEdge) -> Iterator[ReportRow]:
    (email,) = _sweep(edge)
    text = email.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # ours always has one
    sender = site.practice().notify.sender
    require(sender in str(email["From"]) and FORM["name"] in text, "the e-mail is not about the request")
    yield ReportRow("e-mail", f"to {email['To']} from {sender}, with the link")
    link = re.search(rf"{re.escape(edge.address)}(/staff/leads/\S+)", text)
    require(link, "the e-mail's link does not lead to the site")
    path = link[1] if link else ""
    page = edge.request_path("GET", path).get_data(as_text=True)
    revision = re.search(r'name="revision" value="(\d+)"', page)
    require(FORM["name"] in page and revision, "the link does not open the request")
    pressed = urlencode({"action": "contacted", "revision": revision[1] if revision else ""})
    require(edge.request_path("POST", path, pressed).status_code in {200, 303}, "“contacted” was not taken")
    require("contacted" in edge.request_path("GET", path).get_data(as_text=True).lower(), "the request is still open")
    yield ReportRow("staff link, “contacted”", "the request is closed, in its history")
    require(len(_sweep(edge)) == 1, "the staff were mailed about a request that is closed")
    yield ReportRow("a sweep", "no reminder of a closed request")
    log = edge.log.getvalue()
    require("staff notified" in log, "the functions logged nothing")
    require(not re.search(r"Rehearsal|555\D{0,2}0187", log), "a name or a number is in the functions' log")
    yield ReportRow("the functions' log", f"{len(log.splitlines())} lines, without a name or a number")


# --- A change, and back ---


def _change(edge: CloudFrontEdge) -> Iterator[ReportRow]:
    page = _page(edge)
    before, known = edge.fetch(page), edge.invalidations()
    source, _ = published_source(site.ROOT)
    source.write_text(f"{source.read_text(encoding='utf-8').rstrip()}\n\n{ADDED_SENTENCE}\n", encoding="utf-8")
    _published(edge)
    require(ADDED_SENTENCE in edge.fetch(page).decode(), "the change is not live")
    invalidated = [paths for name, paths in edge.invalidations().items() if name not in known]
    require(len(invalidated) == 1 and urlsplit(page).path in invalidated[0], "the changed page was not invalidated")
    require("/privacy/" not in invalidated[0], "an unchanged page was invalidated")
    yield ReportRow("publish a change", f"live; {len(invalidated[0])} addresses were invalidated, not the whole site")
    with redirect_stdout(io.StringIO()):
        publish.rollback(dry_run=False, fetch=edge.fetch)
    require(edge.fetch(page) == before, "the rollback did not put the page back")
    yield ReportRow("rollback", "the page is as it was, to the byte")


def _staff(edge: CloudFrontEdge) -> ReportRow:
    """Change a colleague's address, and look where the next request goes."""
    file = site.ROOT / "content" / "practice.toml"
    former = site.practice().front_desk[0]
    file.write_text(file.read_text(encoding="utf-8").replace(former, NEW_ADDRESS), encoding="utf-8")
    with redirect_stdout(io.StringIO()):
        staff.bring(site.practice(), stack.NAME, assume_yes=True, dry_run=False)
    edge.request_path("POST", "/api/leads", urlencode({**FORM, "phone": "(312) 555-0188"}))
    with environment.variables(edge.environment("Sweep")), redirect_stdout(edge.log):
        sweep.make_handler(Wiring())({}, LambdaContext(180))  # a new process, which has read no other people yet
    require(NEW_ADDRESS in str(cloud.sent_emails()[-1]["To"]), "the next request did not go to the new address")
    return ReportRow("staff", f"the next request went to {NEW_ADDRESS}; no publish, no deployment")


# --- Teardown ---


def _teardown(edge: CloudFrontEdge, plain: Mapping[str, Any]) -> Iterator[ReportRow]:
    kept = {name: plain["Resources"][name]["DeletionPolicy"] for name in DATA}
    client("cloudformation").delete_stack(StackName=stack.NAME)
    require(stack.describe(stack.NAME) is None, "the stack is still there")
    require(set(kept.values()) == {"Retain"}, "a resource that holds data would be deleted with the stack")
    require(client("dynamodb").scan(TableName=edge.outputs["LeadsTable"])["Count"], "the requests are gone")
    require(edge.has("/"), "the published site is gone")
    yield ReportRow("teardown", f"the stack is gone; {', '.join(kept)} are still there, with all that is in them")
    yield ReportRow("teardown of what other APIs made", "they stay in moto, which ends with this process", CHECKED)


if __name__ == "__main__":
    main()
