"""moto's CloudFormation, mended where it is too simple for a whole system."""

from __future__ import annotations

from moto.cloudformation.models import ChangeSet


def apply(change_set: ChangeSet) -> None:
    """Carry out a change set, and then know the stack's outputs: moto's own forgets them."""
    stack = change_set.stack
    stack.update(change_set.template, parameters=change_set.parameters)


def patch_change_sets() -> None:
    """Let moto, in this process, do so from now on."""
    ChangeSet.apply = apply  # type: ignore[assignment,method-assign]  # the function takes what the method takes
