"""`make staff`: bring [staff] and [notify] of the practice file to the functions. Shows the changes and asks first."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping

from leads.domain.people import People, StaffedPractice

from infra import facts, site, stack
from infra.deploy import question
from infra.facts import FactsTable
from infra.stack import StackError, client, translate_aws_errors


def main() -> None:
    """Bring the people to the functions; exit with a message if it fails."""
    try:
        with translate_aws_errors():
            bring(
                site.practice(),
                stack.name(),
                assume_yes=os.environ.get("YES") == "1",
                dry_run=os.environ.get("DRY_RUN") == "1",
            )
    except (StackError, site.BuildError) as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit("\nNothing was changed.")


def bring(practice: StaffedPractice, name: str, *, assume_yes: bool, dry_run: bool) -> None:
    """Store who gets the requests of this stack, if the answer is yes. Raises StackError."""
    outputs, parameters = stack.outputs(name), stack.parameters(name)
    ensure_sendable(practice, parameters["Sender"])
    table = FactsTable(outputs["FactsTable"], client("dynamodb"))
    changed = [*changes(table.people(), practice.people)]
    if not changed:
        print("Nothing to change: the requests go to the people of the practice file.")
        return
    print("\n".join(["What changes:", *changed]))
    if not dry_run and (assume_yes or question.is_yes("Do this?")):
        table.put(facts.people_item_of(practice))
        print("Done. The functions know it within five minutes.")
    else:
        print("Nothing was changed.")


def ensure_sendable(practice: StaffedPractice, sender: str) -> None:
    """Raise StackError if the practice is a sample, or has another sender than the functions may use."""
    if practice.sample:
        raise StackError("content/practice.toml describes the sample practice: write yours, and then sample = false.")
    if practice.notify.sender != sender:
        raise StackError(
            f"The sender in content/practice.toml is {practice.notify.sender}, and the functions may send from "
            f"{sender} only. Run `make deploy` first: it brings them the new one."
        )


def changes(before: People | None, after: People) -> Iterator[str]:
    """Yield a line for each line of [staff] and [notify] that is added, changed or removed."""
    old, new = _lines(before), _lines(after)
    for name in {**new, **old}:
        if name not in old:
            yield f"  added    {name}: {new[name]}"
        elif name not in new:
            yield f"  removed  {name}: {old[name]}"
        elif old[name] != new[name]:
            yield f"  changed  {name}: {new[name]} (before: {old[name]})"


def _lines(people: People | None) -> Mapping[str, str]:
    if people is None:
        return {}
    staff = {f"[staff] {key}": f"{member.name} <{member.email}>" for key, member in people.staff.items()}
    notify = people.notify.model_dump()
    return staff | {
        f"[notify] {key}": value if isinstance(value, str) else ", ".join(value) for key, value in notify.items()
    }


if __name__ == "__main__":
    main()
