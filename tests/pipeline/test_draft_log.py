"""The list of what was done with a draft: replayed, it is what an editor of cells would hold."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.draft_log import Change, Entry, Said, as_values, from_values, moved, replay
from schemas.edits import CellPlace

_PLACES = [CellPlace("a" * 32, None, line, 1) for line in (2, 3, 4)]
_STEPS = st.lists(
    st.one_of(st.sampled_from(["undo", "redo"]), st.dictionaries(st.sampled_from(_PLACES), st.sampled_from("xyz"))),
    max_size=15,
)


def entries_of(steps: list[object]) -> tuple[list[Entry], dict[CellPlace, str]]:
    """The entries that an editor would write, and the cells that it would show: a model with snapshots."""
    cells = dict.fromkeys(_PLACES, "as read")
    past, future, entries = [], [], []
    for number, step in enumerate(steps):
        who = ("lan", f"2026-01-01T00:00:{number:02d}")
        if step == "undo":
            entries.append(Entry(*who, move="undo"))
            if past:
                future.append(cells)
                cells = past.pop()
        elif step == "redo":
            entries.append(Entry(*who, move="redo"))
            if future:
                past.append(cells)
                cells = future.pop()
        elif step:
            assert isinstance(step, dict)
            entries.append(Entry(*who, tuple(Change(p, cells[p], text) for p, text in step.items())))
            past.append(cells)
            future, cells = [], {**cells, **step}
    return entries, cells


@given(_STEPS)
def test_replaying_the_list_gives_the_cells_that_an_editor_would_show(steps: list[object]) -> None:
    entries, cells = entries_of(steps)
    edits = replay(entries).edits
    assert {e.place: e.after for e in edits} == {p: text for p, text in cells.items() if text != "as read"}
    assert {e.before for e in edits} <= {"as read"}


@given(_STEPS)
def test_a_list_that_was_written_down_leads_to_the_same(steps: list[object]) -> None:
    entries, _ = entries_of(steps)
    assert [from_values(as_values(e)) for e in entries] == entries


def test_what_an_undo_will_change_goes_from_what_stands_to_what_will() -> None:
    entry = Entry("lan", "2026", (Change(_PLACES[0], "nu", "Nữ"),))
    assert [(c.before, c.after) for c in moved(replay([entry]), "undo")] == [("Nữ", "nu")]
    assert [(c.before, c.after) for c in moved(replay([entry, Entry("lan", "2026", move="undo")]), "redo")] == [
        ("nu", "Nữ")
    ]
    assert moved(replay([]), "undo") == ()


def test_the_last_way_of_reading_stands_and_is_no_step_of_undo() -> None:
    one, two = (Entry("lan", "2026", said=Said(dates=order)) for order in ("dmy", "mdy"))
    now = replay([one, two, Entry("lan", "2026", move="undo")])
    assert (now.said.dates, now.done) == ("mdy", ())
    assert from_values(as_values(two)) == two
