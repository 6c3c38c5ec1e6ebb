"""How many fields of the collected texts the agent reads right, misses, or reads wrong.

    python tests/tools/texts.py           halves, fresh texts and sets, by field and by language
    python tests/tools/texts.py --show    and what is not read right, blind ones apart
    python tests/tools/texts.py B         one set alone

Blind texts are only counted: nobody looks at them while writing words.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / part) for part in ("protocol", "firmware", "tests/unit")]

import collected  # noqa: E402

ENDS = ("right", "missing", "wrong")
BLIND = ("held", *collected.BLIND)


def count(half: str, show: bool = False) -> tuple[dict, dict]:
    """({field: [right, missing, wrong]}, the same by language) of one half."""
    fields: dict[str, list[int]] = {}
    languages: dict[str, list[int]] = {}
    for case in collected.texts(half):
        for name, end, found in collected.judge(case, collected.read(case)):
            for table, key in ((fields, name), (languages, case["lang"])):
                table.setdefault(key, [0, 0, 0])[ENDS.index(end)] += 1
            if show and end != "right":
                print(f"{case['id']:16} {name} {end}: {found}   {case['text']!r}")
    return fields, languages


def lookalikes(half: str, show: bool = False) -> tuple[int, int]:
    """(how many look-alikes were taken for something, of how many)."""
    cases = collected.lookalikes(half)
    number = 0
    for case in cases:
        found = collected.taken(collected.read(case))
        number += bool(found)
        if show and found:
            print(f"{case['id']:16} taken for {found}   {case['text']!r}")
    return number, len(cases)


def table(title: str, rows: dict[str, list[int]]) -> None:
    print(f"  {title:16}" + "".join(f"{end:>9}" for end in ENDS))
    for key in sorted(rows, key=lambda key: -sum(rows[key])):
        print(f"  {key:16}" + "".join(f"{number:9}" for number in rows[key]))


def report(half: str, show: bool) -> None:
    fields, languages = count(half, show)
    number, of = lookalikes(half, show)
    totals = [sum(row[n] for row in fields.values()) for n in range(3)]
    share = 100 * totals[0] / (totals[0] + totals[1] + totals[2])
    print(f"{half}: {totals[0]} right ({share:.1f} %), {totals[1]} missing, {totals[2]} wrong;")
    print(f"  look-alikes taken: {number} of {of}")
    table("field", fields)
    table("language", languages)


def main() -> None:
    show = "--show" in sys.argv
    named = [name for name in sys.argv[1:] if name != "--show"]
    for half in named or (
        "open",
        "held",
        "fresh",
        *collected.SETS,
        *collected.LATER,
        *collected.BLIND,
        *collected.JUDGED,
    ):
        report(half, show and half not in BLIND)


if __name__ == "__main__":
    main()
