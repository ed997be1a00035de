"""A correction of moto's CloudFormation."""

from __future__ import annotations

from moto.cloudformation.models import ChangeSet


def apply(change_set: ChangeSet) -> None:
    """Execute a change set and compute the stack's outputs, which moto 5.2 leaves as they were."""
    stack = change_set.stack
    stack.update(change_set.template, parameters=change_set.parameters)


def patch_change_sets() -> None:
    """Replace moto's ChangeSet.apply in this process."""
    ChangeSet.apply = apply  # type: ignore[assignment,method-assign]  # the function takes what the method takes
