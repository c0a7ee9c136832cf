"""``drafter doctor``."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from drafter.abstaining import Calibration
    from drafter.chat import Result
    from drafter.settings import Settings

_MARKS = {True: "works", False: "FAILS", None: "note"}


def doctor(
    model: Annotated[
        str | None, typer.Argument(help="offline or PREFIX:NAME; without it the one that is set.")
    ] = None,
    write: Annotated[
        str | None, typer.Option(metavar="NAME", help="Keep what worked as a profile: NAME:MODEL then uses it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Examine the installation and the model's server.

    A language model is asked about ten short questions with invented words; no patient's text is sent. Exit code 1
    if no draft could be written.
    """
    from dataclasses import asdict

    from drafter.chat.profiles import check_name, write_profile
    from drafter.errors import BadInput
    from drafter.opening import examine, uses_no_server
    from drafter.settings import read_settings

    settings = read_settings(model=model)
    if write:
        check_name(write)
        if uses_no_server(settings):
            raise BadInput("A profile is of a language model's server: name one, such as openai:NAME.")
    results, profile = list(_house(settings)), None
    if not uses_no_server(settings):
        report = examine(settings)
        results, profile = [*results, *report.results], report.profile
    drafts = not any(result.works is False for result in results)
    name = settings.model
    if write and profile:
        write_profile(settings.profiles_file, write, profile)
        name = f"{write}:{name.partition(':')[2]}"
    if as_json:
        fields = profile.model_dump(exclude={"notes"}) if profile else None
        said = {"model": name, "drafts": drafts, "results": [asdict(one) for one in results], "profile": fields}
        print(json.dumps(said, ensure_ascii=False, indent=2))
    else:
        _print(results)
        print(f"\n{name} {'can write drafts' if drafts else 'cannot write drafts yet'}.")
        if write:
            kept = f"Kept in {settings.profiles_file}: set DRAFTER_MODEL={name}."
            print(kept if profile else "No profile was kept.")
    if not drafts:
        raise typer.Exit(1)


def _print(results: "list[Result]") -> None:
    for result in results:
        print(f"{_MARKS[result.works]:<6} {result.what}{f' {result.todo}' if result.todo else ''}")


def _house(settings: "Settings") -> "Iterator[Result]":
    """Home, archive, index and prompts: what every draft needs, with or without a language model."""
    from drafter.chat import Result
    from drafter.errors import DrafterError
    from drafter.opening import archive_of, calibration_of, prompts_folder, retriever_of
    from drafter.prompting import active_prompts

    # In this order: each needs the one before.
    home = _home(settings)
    yield home
    if home.works is False:
        return
    try:
        names = [name.partition("@")[0] for name in active_prompts(prompts_folder(settings)).names]
        yield Result(True, f"The prompts are as they were released: {', '.join(names)}.")
        with archive_of(settings) as archive:
            yield Result(True, f"The archive opens and holds {archive.count_exchanges():,} past replies.")
            standing = retriever_of(settings, archive).status()
            yield _index(standing)
            yield _nearness(calibration_of(settings), standing)
    except DrafterError as error:
        yield Result(False, str(error))


def _home(settings: "Settings") -> "Result":
    from tempfile import TemporaryFile

    from drafter.chat import Result

    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=settings.home):
            pass
    except OSError as error:
        return Result(
            False,
            f"{settings.home} cannot be written to ({error.strerror}).",
            "Set DRAFTER_HOME to another folder.",
        )
    return Result(True, f"{settings.home} can be written to.")


def _index(standing: "Mapping[str, object]") -> "Result":
    from drafter.chat import Result

    found, unsearched = standing["in the archive"], standing["of these not searched"]
    if not found:
        return Result(None, "There is no past reply to draft from.", "Run `drafter import FOLDER`.")
    if unsearched:
        return Result(False, f"{unsearched:,} past replies cannot be found.", "Run `drafter index build`.")
    embedder = str(standing["embedder"]).partition("/")[0]
    return Result(True, f"Past replies can be searched: {standing['exchanges']:,} in the index ({embedder}).")


def _nearness(found: "Calibration | None", standing: "Mapping[str, object]") -> "Result":
    """Whether it is known how near past replies must be for a draft."""
    from drafter.chat import Result

    again = "Run `drafter calibrate`."
    if found is None:
        return Result(None, "A draft is written however far the past replies are: not calibrated.", again)
    if found.embedder != standing["embedder"]:
        return Result(
            None,
            f"The calibration of {found.created_at:%Y-%m-%d} is of another embedder and is not used: a draft is "
            "written however far the past replies are.",
            again,
        )
    names = {"en": "English", "zh": "Chinese"}
    least = ", ".join(f"{names[group]} {one.least:.2f}" for group, one in sorted(found.thresholds.items()))
    said = f"Nothing is drafted below a nearness of {least}, as calibrated on {found.created_at:%Y-%m-%d}."
    held = standing["in the archive"]
    if isinstance(held, int) and held >= 2 * found.exchanges:
        return Result(None, f"{said} The archive has doubled since.", again)
    return Result(True, said)
