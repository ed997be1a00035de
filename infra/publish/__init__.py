"""`make publish` and `make rollback`: the built site to where visitors read it, and the release before back again.

The bucket holds, beside the site itself (`site/`), what it takes to know what is live without asking for each file:

    releases/live.json      the release that is live; while a publish is under way, also whose, and what it touches
    releases/ID.json        every release as it was when it went live, for `make rollback`
    releases/code/SHA.zip   the functions' code of these releases

A publish first writes down what it will touch, then touches it, then writes down that it is done. Whoever comes after
a publish that was interrupted takes nothing for granted about what that one may have touched.
"""
