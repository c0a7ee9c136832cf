"""``drafter replay``."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from drafter.chat import ChatModel
    from drafter.domain import Draft
    from drafter.replaying import Rebuilt


def replay(
    draft_id: Annotated[str, typer.Argument(help="The draft's id, d- and 16 digits.")],
    model: Annotated[
        str | None, typer.Option(help="Send the same messages to this model; nothing is kept.")
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="Append the draft to a recording, which the model replay:FILE answers from.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print messages and provenance as JSON.")] = False,
) -> None:
    """Rebuild what the model was told for a draft.

    The messages are compared with the draft's own by their hash; exit code 1 when they are not the same.
    """
    from drafter.opening import archive_of, model_of, prompts_folder
    from drafter.replaying import rebuild
    from drafter.replaying import record as recorded
    from drafter.settings import read_settings

    settings = read_settings()
    with archive_of(settings) as archive:
        draft = archive.draft(draft_id)
    rebuilt = rebuild(draft, prompts_folder(settings))
    if as_json:
        print(json.dumps(_as_data(draft, rebuilt), ensure_ascii=False, indent=2))
    else:
        _show(draft, rebuilt)
    if record:
        with record.open("a", encoding="utf-8") as file:
            file.write(recorded(draft, rebuilt.request) + "\n")
    if model:
        _ask(model_of(settings, model), rebuilt)
    if not rebuilt.exact:
        raise typer.Exit(1)


def _show(draft: "Draft", rebuilt: "Rebuilt") -> None:
    made_by = draft.provenance
    for message in rebuilt.request.messages:
        print(f"=== {message.role} ===\n{message.content}\n")
    print("=== provenance ===")
    print(f"Draft {draft.id} of {draft.created_at:%Y-%m-%d %H:%M} UTC by {made_by.model}, prompts:")
    for name in made_by.prompts:
        print(f"  {name}")
    print(f"Index {made_by.index_build}, embedder {made_by.embedder}; sources:")
    for source in draft.sources:
        print(f"  [{source.number}] {source.exchange.id}")
    print("Parameters: " + json.dumps(dict(made_by.parameters), ensure_ascii=False))
    print("Packages: " + ", ".join(f"{name} {version}" for name, version in made_by.packages.items()))
    if rebuilt.exact:
        print(f"These are exactly the messages of the draft (SHA-256 {made_by.messages_hash}).")
    for sentence in rebuilt.differences:
        print(f"NOT the same: {sentence}")


def _as_data(draft: "Draft", rebuilt: "Rebuilt") -> dict[str, object]:
    from pydantic import TypeAdapter

    from drafter.domain import Provenance

    return {
        "draft_id": draft.id,
        "exact": rebuilt.exact,
        "differences": list(rebuilt.differences),
        "messages": [{"role": m.role, "content": m.content} for m in rebuilt.request.messages],
        "provenance": TypeAdapter(Provenance).dump_python(draft.provenance, mode="json"),
    }


def _ask(model: "ChatModel", rebuilt: "Rebuilt") -> None:
    from drafter.chat import Outcome, to_more_info, to_reply
    from drafter.drafting import read_outcome

    *_, outcome = model.complete(rebuilt.request)
    assert isinstance(outcome, Outcome), "a model ends with an outcome"
    shape = read_outcome(outcome)
    print(f"\n=== {model.name}, now ===")
    print("\n\n".join(part for part in (to_reply(shape).text, to_more_info(shape).text) if part))
