"""``drafter drills``."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from drafter.drills import Rate, Tally
    from drafter.evaluation import Table


def drills(
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Show how often planted errors were caught in practice, by kind of error and by clinician.

    Caught rates have 95 % Wilson intervals; beside them, how many of all planted errors the desk's own checks see.
    Practice is the page of that name in the browser, with DRAFTER_TRAINING=true.
    """
    from drafter.cli.printing import print_table
    from drafter.drills import KINDS, Rate, by_clinician, by_kind, seen_by_the_desk, tally
    from drafter.opening import archive_of
    from drafter.settings import read_settings

    with archive_of(read_settings()) as archive:
        answers = archive.drill_answers()
    kinds, people, checks = by_kind(answers), by_clinician(answers), seen_by_the_desk()
    every, desk = tally(answers), sum(checks.values(), Rate(0, 0))
    if as_json:
        found = {
            "all": _tally_row(every) | {"checks": asdict(desk)},
            "by_kind": {kind: _rate_row(kinds[kind]) | {"checks": asdict(checks[kind])} for kind in KINDS},
            "by_clinician": {name: _tally_row(one) for name, one in people.items()},
        }
        print(json.dumps(found, ensure_ascii=False))
        return
    # Without an interval: the checks were tried on every planted error there is, not on a sample.
    rows = [(KINDS[kind], _shown(kinds[kind]), f"{checks[kind].hits} of {checks[kind].n}") for kind in KINDS]
    rows.append(("all", _shown(every.caught), f"{desk.hits} of {desk.n}"))
    print_table(_table(("Planted error", "Caught", "Seen by the checks"), rows))
    if people:
        named = [
            (name, _shown(one.caught), _shown(one.alarmed), str(one.false_alarms)) for name, one in people.items()
        ]
        print_table(_table(("Clinician", "Caught", "Marked untouched drafts", "Good sentences marked"), named))
    else:
        print("Nobody has practised yet: start the desk with DRAFTER_TRAINING=true.")


def _table(columns: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> "Table":
    from drafter.evaluation import Table

    return Table(columns, tuple(rows))


def _shown(rate: "Rate") -> str:
    if rate.interval is None:
        return "-"
    low, high = rate.interval
    return f"{rate.hits} of {rate.n} [{low:.0%}, {high:.0%}]"


def _rate_row(rate: "Rate") -> dict[str, Any]:
    low, high = rate.interval or (None, None)
    return {"hits": rate.hits, "n": rate.n, "low": low, "high": high}


def _tally_row(found: "Tally") -> dict[str, Any]:
    return {
        "caught": _rate_row(found.caught),
        "alarmed": _rate_row(found.alarmed),
        "false_alarms": found.false_alarms,
    }
