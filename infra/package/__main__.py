"""`make package`: make the zip and show what fills it."""

from __future__ import annotations

import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from infra import version
from infra.package import archive, folders
from infra.package.interpreter import PackageError


def main() -> None:
    """Make the zip and print its content, size and version. Exits with a message if it cannot be made."""
    try:
        path = archive.build()
    except PackageError as error:
        sys.exit(str(error))
    Console().print(_table(path))
    print(f"{path.relative_to(folders.ROOT)}: {path.stat().st_size / 1e6:.1f} MB, version {version.read()}")


def _table(path: Path) -> Table:
    content = archive.sizes(path)
    files, packed, unpacked = map(sum, zip(*content.values(), strict=True))
    table = Table("what fills it")
    for column in ("files", "kB zipped", "kB unpacked"):
        table.add_column(column, justify="right")
    for name, sums in {**content, "all": (files, packed, unpacked)}.items():
        table.add_row(name, str(sums[0]), *(f"{size / 1000:,.0f}" for size in sums[1:]))
    return table


if __name__ == "__main__":
    main()
