"""Which files hold which letter: the register says what going through all files would say."""

from hypothesis import given
from hypothesis import strategies as st

from assistant.index.register import Register
from assistant.index.state import FileEntry

PATHS = st.sampled_from("abcdef")
ENTRIES = st.builds(
    FileEntry,
    sha256=st.sampled_from("xyz"),
    size=st.just(1),
    mtime_ns=st.just(1),
    letter_id=st.sampled_from(("one", "two", "three")),
    about=st.sampled_from(("Leeds|visit", "York|visit")),
)


@given(st.dictionaries(PATHS, ENTRIES), st.lists(st.tuples(PATHS, st.none() | ENTRIES)), PATHS, ENTRIES)
def test_it_says_what_the_files_say(files, changes, path, entry):
    before = {held.letter_id for held in files.values()}
    register = Register(files)
    touched = set()
    for name, new in changes:
        if new is not None:
            touched.add(new.letter_id)
            register.put(name, new)
        elif name in files:
            register.drop(name)
    others = {name: held for name, held in files.items() if name != path}
    assert set(register.alike(entry, without=path)) == {
        held for held in others.values() if held.sha256 == entry.sha256 or held.about == entry.about
    }
    same = [held.sha256 == entry.sha256 for held in register.alike(entry)]
    assert same == sorted(same, reverse=True)  # those of the same bytes first
    for letter_id in ("one", "two", "three"):
        assert register.of(letter_id, without=path) == {
            name: held for name, held in others.items() if held.letter_id == letter_id
        }
    after = {held.letter_id for held in files.values()}
    assert register.emptied() == (before | touched) - after
    assert register.emptied() == set()
