"""The play itself, in a copy of the project (infra/e2e/__main__.py makes it): from deploy to teardown."""

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
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from leads.handlers import sweep
from rich.console import Console

from infra import package, site, stack
from infra.deploy import __main__ as deploy
from infra.deploy.__main__ import Order
from infra.e2e import environment, resources, sam
from infra.e2e.edge import Edge, as_json
from infra.e2e.report import CHECKED, RehearsalError, Row, ensure, table
from infra.local import cloud
from infra.local.gateway import LambdaContext
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

NEWS = "This sentence was added for the rehearsal."


def main() -> None:
    """Play and show the table. --small leaves out the real package, --record=FILE writes the table as JSON."""
    options = ArgumentParser()
    options.add_argument("--small", action="store_true")
    options.add_argument("--record", type=Path)
    chosen = options.parse_args()
    rows: list[Row] = []
    try:
        with Console().status("Rehearsing") as status:
            for row in play(small=chosen.small):
                status.update(f"Done: {row.step}")
                rows.append(row)
    except (PublishError, RehearsalError, site.BuildError, stack.StackError) as error:
        sys.exit(f"The rehearsal failed: {error}")
    if chosen.record:
        chosen.record.write_text(json.dumps([asdict(row) for row in rows]), encoding="utf-8")
    Console().print(table(rows))


def play(*, small: bool) -> Iterator[Row]:
    """Everything, in the order in which a practice does it."""
    practice = site.practice()
    plain = sam.transformed()
    yield _package(small=small)
    environment.aws(
        {resource["Type"] for resource in plain["Resources"].values()}, practice.notify.sender, practice.url
    )
    yield from _deploy(plain)
    yield from _resources(plain)
    edge = Edge(stack.outputs(stack.NAME))
    yield from _publish(edge)
    yield from _lead(edge)
    yield from _news(edge)
    yield from _teardown(edge, plain)


# --- Deploy ---


def _package(*, small: bool) -> Row:
    """The real package where it can be made here; else our own code alone, which moto does not run anyway."""
    site.build()
    try:
        if not small:
            return Row("package", f"the functions' zip, {package.build().stat().st_size / 1e6:.1f} MB")
        why = "so it was asked"
    except package.PackageError as error:
        why = str(error).partition(",")[0]
    package.build = _own_code
    return Row("package", f"our own code alone stands in for it ({why})", CHECKED)


def _own_code(leads: Path = site.ROOT / "functions" / "leads") -> Path:
    path = site.ROOT / ".cache" / "own-code.zip"
    path.parent.mkdir(exist_ok=True)
    files = [file for file in sorted(leads.rglob("*")) if file.is_file() and "__pycache__" not in file.parts]
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            archive.writestr(zipfile.ZipInfo(f"leads/{file.relative_to(leads).as_posix()}"), file.read_bytes())
    return path


def _deploy(plain: Mapping[str, Any]) -> Iterator[Row]:
    certificate = client("acm").request_certificate(DomainName=urlsplit(site.practice().url).hostname)
    options = {**OPTIONS, "CERTIFICATE": certificate["CertificateArn"]}
    said = _deployed(plain, options, dry_run=True)
    ensure("+ added: DynamoDB table LeadsTable" in said, "the change set does not tell of the table")
    ensure(stack.described(stack.NAME) is None, "DRY_RUN=1 left a stack behind")
    yield Row("deploy, DRY_RUN=1", "the change set was shown and withdrawn; nothing is left of it")
    said = _deployed(plain, options)
    ensure(stack.outputs(stack.NAME).keys() == plain["Outputs"].keys(), "an output is missing")
    ensure("token1._domainkey" in said and "business associate" in said, "the list at the end is not whole")
    yield Row("deploy", f"{len(plain['Resources'])} resources; DKIM records and what is left to do were told")
    ensure("Nothing to change" in _deployed(plain, {}), "a second deployment found something to change")
    yield Row("deploy again, no option named", "nothing to change: every option kept its value")


def _deployed(plain: Mapping[str, Any], options: Mapping[str, str], *, dry_run: bool = False) -> str:
    """Deploy; all that was said."""
    said = io.StringIO()
    order = Order(options=options, assent=True, dry_run=dry_run)
    deploy.deploy(order, Console(file=said, width=200), lambda: json.dumps(plain), tick=0)
    return said.getvalue()


def _resources(plain: Mapping[str, Any]) -> Iterator[Row]:
    """One row for each kind of resource: who made it here, if anybody did."""
    kinds = [resource["Type"] for resource in plain["Resources"].values()]
    made = Counter(each["ResourceType"] for each in _stack_resources())
    for kind in sorted(set(kinds)):
        ensure(made[kind] == kinds.count(kind), f"of {kinds.count(kind)} × {kind} {made[kind]} were made")  # noqa: RUF001
        step = f"{kinds.count(kind)} × {kind.removeprefix('AWS::')}"  # noqa: RUF001 -- a multiplication sign
        if kind in resources.NATIVE:
            yield Row(step, "by moto's CloudFormation")
        elif kind in resources.MAKERS:
            yield Row(step, "by its own API, from the template")
        else:
            yield Row(step, resources.LEFT_OUT.get(kind, "moto has none"), CHECKED)
    yield _table_settings(plain["Resources"]["LeadsTable"]["Properties"])
    yield _bucket_settings(plain["Resources"]["SiteBucket"]["Properties"])
    yield Row("encryption at rest; what the roles allow", "moto takes no notice; tests read the template", CHECKED)


def _stack_resources() -> Iterator[Mapping[str, Any]]:
    for page in client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack.NAME):
        yield from page["StackResourceSummaries"]


def _table_settings(properties: Mapping[str, Any]) -> Row:
    """What moto's CloudFormation leaves out of the table."""
    name, dynamodb = stack.outputs(stack.NAME)["LeadsTable"], client("dynamodb")
    dynamodb.update_time_to_live(TableName=name, TimeToLiveSpecification=properties["TimeToLiveSpecification"])
    recovery = properties["PointInTimeRecoverySpecification"]
    dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)
    return Row("table: TTL, point-in-time recovery", "set through DynamoDB's own API; moto deletes nothing by TTL")


def _bucket_settings(properties: Mapping[str, Any]) -> Row:
    """What moto's CloudFormation leaves out of the site's bucket, and a rollback needs."""
    name, s3 = stack.outputs(stack.NAME)["SiteBucket"], client("s3")
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration=properties["VersioningConfiguration"])
    closed = properties["PublicAccessBlockConfiguration"]
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=closed)
    return Row("bucket: versions, no public access", "set through S3's own API")


# --- Publish ---


def _publish(edge: Edge) -> Iterator[Row]:
    _published(edge, dry_run=True)
    ensure(not edge.has("/"), "DRY_RUN=1 published something")
    yield Row("publish, DRY_RUN=1", "shown; the bucket is still empty")
    _published(edge)
    home = edge.fetch(f"{edge.address}/").decode()
    ensure("988" in home and "<form" in home, "the live home page is not the site's")
    ensure("988" in edge.fetch(_page(edge)).decode(), "a live page is not the site's")
    yield Row("publish", f"live: crisis lines and the form on the home page, and {urlsplit(_page(edge)).path}")
    before = edge.invalidations()
    _published(edge)
    ensure(edge.invalidations() == before, "an unchanged site was invalidated")
    yield Row("publish again", "nothing uploaded, nothing invalidated")


def _published(edge: Edge, *, dry_run: bool = False) -> None:
    # An article that awaits its review is left out and said; the rehearsal is of all the rest.
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
    raise RehearsalError("nothing is published: content/articles and content/pages have drafts only")


def _page(edge: Edge) -> str:
    return f"{edge.address}/{published_source(site.ROOT)[1]}/"


# --- A request, and a call ---


def _lead(edge: Edge) -> Iterator[Row]:
    body = urlencode(FORM)
    ensure(edge.ask_directly("POST", "/api/leads", body).status_code == 403, "the API let somebody in past CloudFront")
    yield Row("a form sent to the API's own address", "refused (403): only CloudFront knows the word")
    answer = edge.ask("POST", "/api/leads", body, accept="application/json")
    ensure(answer.status_code == 201, f"the form was answered {answer.status_code}")
    yield Row("a request from the form", f"stored; promised by {as_json(answer)['contact_by_text']}")
    again = edge.ask("POST", "/api/leads", body, accept="application/json")
    stored = client("dynamodb").scan(TableName=edge.outputs["LeadsTable"], FilterExpression="attribute_exists(digest)")
    ensure(as_json(again) == as_json(answer) and stored["Count"] == 1, "the same request sent twice is two")
    yield Row("the same request once more", "the same reference, one request in the table, one e-mail")
    yield from _call(edge)


def _call(edge: Edge) -> Iterator[Row]:
    (email,) = cloud.sent_emails()
    text = email.get_body(("plain",)).get_content()  # type: ignore[union-attr]  # ours always has one
    sender = site.practice().notify.sender
    ensure(sender in str(email["From"]) and FORM["name"] in text, "the e-mail is not about the request")
    yield Row("e-mail", f"to {email['To']} from {sender}, with the link")
    link = re.search(rf"{re.escape(edge.address)}(/staff/leads/\S+)", text)
    ensure(link, "the e-mail's link does not lead to the site")
    path = link[1] if link else ""
    page = edge.ask("GET", path).get_data(as_text=True)
    acts = re.search(r'name="acts" value="(\d+)"', page)
    ensure(FORM["name"] in page and acts, "the link does not open the request")
    pressed = urlencode({"action": "contacted", "acts": acts[1] if acts else ""})
    ensure(edge.ask("POST", path, pressed).status_code in {200, 303}, "“contacted” was not taken")
    ensure("contacted" in edge.ask("GET", path).get_data(as_text=True).lower(), "the request is still open")
    yield Row("staff link, “contacted”", "the request is closed, in its history")
    with environment.variables(edge.environment("SweepFunction")), redirect_stdout(edge.log):
        sweep.handler({}, LambdaContext(60))
    about = [mail for mail in cloud.sent_emails() if FORM["name"] in mail.as_string()]
    ensure(len(about) == 1, "the staff were mailed about a request that is closed")
    yield Row("a sweep", "nobody is reminded of what is done")
    log = edge.log.getvalue()
    ensure("staff notified" in log, "the functions wrote down nothing")
    ensure(not re.search(r"Rehearsal|555\D{0,2}0187", log), "a name or a number is in the functions' log")
    yield Row("the functions' log", f"{len(log.splitlines())} lines, without a name or a number")


# --- A change, and back ---


def _news(edge: Edge) -> Iterator[Row]:
    page = _page(edge)
    before, known = edge.fetch(page), edge.invalidations()
    source, _ = published_source(site.ROOT)
    source.write_text(f"{source.read_text(encoding='utf-8').rstrip()}\n\n{NEWS}\n", encoding="utf-8")
    _published(edge)
    ensure(NEWS in edge.fetch(page).decode(), "the change is not live")
    forgotten = [paths for name, paths in edge.invalidations().items() if name not in known]
    ensure(len(forgotten) == 1 and urlsplit(page).path in forgotten[0], "CloudFront was not told of the change")
    ensure("/privacy/" not in forgotten[0], "CloudFront was told to forget what has not changed")
    yield Row("publish a change", f"live; CloudFront forgets {len(forgotten[0])} addresses, not the whole site")
    with redirect_stdout(io.StringIO()):
        publish.rollback(dry_run=False, fetch=edge.fetch)
    ensure(edge.fetch(page) == before, "the rollback did not put the page back")
    yield Row("rollback", "the page is as it was, to the byte")


# --- The end ---


def _teardown(edge: Edge, plain: Mapping[str, Any]) -> Iterator[Row]:
    kept = {name: plain["Resources"][name]["DeletionPolicy"] for name in ("LeadsTable", "LeadsSecret", "SiteBucket")}
    client("cloudformation").delete_stack(StackName=stack.NAME)
    ensure(stack.described(stack.NAME) is None, "the stack is still there")
    ensure(set(kept.values()) == {"Retain"}, "something that holds data would go with the stack")
    ensure(client("dynamodb").scan(TableName=edge.outputs["LeadsTable"])["Count"], "the requests are gone")
    ensure(edge.has("/"), "the published site is gone")
    yield Row("teardown", f"the stack is gone; {', '.join(kept)} are still there, with all that is in them")
    yield Row("teardown of what other APIs made", "it stays in moto, which ends here", CHECKED)


if __name__ == "__main__":
    main()
