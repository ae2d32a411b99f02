"""Write the JSON Schemas that ship with the package, from the types. A test holds them fresh."""

import json
from pathlib import Path

from haproof.kinds import HOUSE
from haproof.schema import file_name, names, schema

FOLDER = Path(__file__).parents[1] / "src" / "haproof" / "schemas"


def main() -> None:
    """Write each schema, indented."""
    FOLDER.mkdir(exist_ok=True)
    for name in names(HOUSE):
        text = json.dumps(schema(name, HOUSE), indent=2, ensure_ascii=False) + "\n"
        (FOLDER / file_name(name)).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
