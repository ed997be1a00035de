"""`make publish` and `make rollback`: bring the built site to its readers, or put the release before back.

Beside the site itself (`site/`), the bucket keeps the records from which a publish knows what is live, without asking
for each file:

    releases/live.json       the live release; during a publish also its lock: owner, end, and the paths it may change
    releases/ID.json         each release as it was when it went live, for `make rollback`
    releases/facts/SHA.json  the facts of these releases, which the functions read from a table of their own
    releases/texts/SHA.md    the sources of their articles, to build a page whose change awaits its review

A publish writes its lock first, then assets, facts and pages, and then replaces the lock by the new release; a rollback
writes the facts last, so that no page can send what the functions do not know. A publish that finds an
expired lock writes or removes again every path that the lock names.
"""
