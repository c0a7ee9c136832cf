"""``drafter supersede``."""

from typing import Annotated

import typer


def supersede(
    old_id: Annotated[str, typer.Argument(help="The reply that no longer holds; `drafter search` shows ids.")],
    new_id: Annotated[str | None, typer.Argument(help="The newer reply that replaces it.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Let OLD_ID be a source again.")] = False,
) -> None:
    """Mark a past reply as replaced by a newer one, so that it is never a source again.

    It stays in the archive, and no new index is needed.
    """
    from drafter.errors import BadInput
    from drafter.opening import archive_of
    from drafter.settings import read_settings

    if undo == (new_id is not None):
        raise BadInput("Name the newer reply that replaces it, or give --undo, and not both.")
    with archive_of(read_settings()) as archive:
        archive.supersede(old_id, new_id)
    if undo:
        print(f"{old_id} is no longer superseded: it can be a source again.")
    else:
        print(f"{old_id} is superseded by {new_id}: it stays in the archive and is no source any more.")
