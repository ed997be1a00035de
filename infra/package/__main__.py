"""`make package`."""

from infra.package import main

main()
