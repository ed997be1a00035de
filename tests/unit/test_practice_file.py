"""content/practice.toml: what it becomes, and how its mistakes are explained."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugins.lint.practice_file import PracticeFileError, completed, read, with_closed_dates
from tests.support.factories import CRISIS_LINES, PRACTICE_TOML, write_practice


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    return write_practice(tmp_path)


def line_of(start: str, source: str = PRACTICE_TOML) -> int:
    return next(number for number, line in enumerate(source.splitlines(), 1) if line.startswith(start))


def complaints(source: str, folder: Path) -> list[str]:
    path = write_practice(folder, source)
    with pytest.raises(PracticeFileError) as caught:
        read(path)
    return [line.removeprefix(f"{path}:") for line in str(caught.value).splitlines()]


def changed(old: str, new: str) -> str:
    assert old in PRACTICE_TOML
    return PRACTICE_TOML.replace(old, new, 1)


def test_a_correct_file_is_read(sample: Path) -> None:
    assert read(sample).name == "Lakeside Test Clinic"


def test_a_file_of_windows_is_read(sample: Path) -> None:
    expected = read(sample)
    sample.write_bytes(b"\xef\xbb\xbf" + sample.read_bytes().replace(b"\n", b"\r\n"))
    assert read(sample) == expected


def test_closed_dates_are_public_holidays_of_four_years_and_special_days(sample: Path) -> None:
    practice = with_closed_dates(read(sample), dt.date(2026, 11, 23))
    thanksgivings = {dt.date(2026, 11, 26), dt.date(2027, 11, 25), dt.date(2028, 11, 23), dt.date(2029, 11, 22)}
    assert thanksgivings <= practice.closed_dates
    assert dt.date(2026, 11, 27) in practice.closed_dates, "its own special day"
    assert {date.year for date in practice.closed_dates} == {2026, 2027, 2028, 2029}


def test_a_holiday_on_which_the_practice_works_is_open(sample: Path) -> None:
    works = '[holidays]\nopen_on = ["Thanksgiving Day"]'
    sample.write_text(sample.read_text(encoding="utf-8").replace("[holidays]", works), encoding="utf-8")
    practice = with_closed_dates(read(sample), dt.date(2026, 11, 23))
    assert dt.date(2026, 11, 26) not in practice.closed_dates


def test_a_misspelt_holiday_is_explained_with_its_name(sample: Path) -> None:
    works = '[holidays]\nopen_on = ["Thanksgivin Day"]'
    sample.write_text(sample.read_text(encoding="utf-8").replace("[holidays]", works), encoding="utf-8")
    with pytest.raises(PracticeFileError, match='Write "Thanksgiving Day"'):
        read(sample)


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        (
            "monday =",
            "mondy =",
            f"{line_of('monday')}: hours.mondy: there is no such key. Write “monday” if that is what you mean.",
        ),
        (
            '"9:00-17:00"',
            '"9am-5pm"',
            'hours.monday: "9am-5pm" cannot be used. Write hours as "9:00-17:00", on the 24-hour clock.',
        ),
        (
            '"9:00-17:00"',
            '"9:00-25:00"',
            'hours.monday: there is no such time. Write hours from "0:00" to "23:59".',
        ),
        (
            'every = ["ana"]',
            "every = []",
            "notify.every: the list is empty. Write at least one entry between the brackets.",
        ),
        (
            'every = ["ana"]',
            'every = ["ana", "tom"]',
            f'{line_of("every")}: notify.every: "tom" is not in [staff], which has ana, maria.',
        ),
        (
            "2026-11-27 = []",
            '2026-11-27 = ["9:00-12:00"]',
            "special_hours.2026-11-27: other hours on one day come later; for now a day is closed ([]) or as in",
        ),
        (
            "2026-11-27 =",
            "11-27-2026 =",
            f'{line_of("2026-11-27")}: special_hours.11-27-2026: "11-27-2026" cannot be used. Write the day as',
        ),
        (
            "2026-11-27 =",
            "11/27/2026 =",
            f"{line_of('2026-11-27')}: this line cannot be read",
        ),
        ("2026-11-27 =", "27 Nov =", "Write each day as year-month-day, for example 2026-11-27 = []."),
        (
            'ana = { name = "Ana Ruiz", email',
            'ana = { name = "Ana Ruiz",\n  email',
            f"{line_of('ana')}: this line cannot be read",
        ),
        (
            'name = "Ana Ruiz"',
            "name = Ana",
            'Write each colleague on one line, for example ana = { name = "Ana Ruiz", email = "ana@example.com" }.',
        ),
        (
            "front-desk@",
            "front desk@",
            f'{line_of("ana")}: staff.ana.email: "front desk@lakeside.example" cannot be used. Write an e-mail address',
        ),
        (
            'subdivision = "IL"',
            'subdivision = "ILL"',
            'holidays.subdivision: "ILL" is no part of US whose holidays are known. Write "IL".',
        ),
        ('[holidays]\ncountry = "US"', '[holidays]\ncountry = "XX"', 'holidays.country: "XX" is no country'),
        ('"America/Chicago"', '"Chicago"', 'time_zone: "Chicago" cannot be used. Write a time zone of the tz database'),
        ('city = "Chicago"\n', "", "address.city: this is missing. Add a line “city = ...” under [address]."),
        (
            "keep_days = 365",
            'keep_days = "long"',
            'privacy.keep_days: "long" is not a whole number. Write one without quotes, for example 2.',
        ),
        ("keep_days = 365", "keep_days = 1", "privacy.keep_days: 1 is too small. Write a number from 30 up."),
        ('key = "ptsd"', 'key = "P T"', 'conditions.key: "P T" cannot be a key. Write small letters'),
        ('"print"', '"prnt"', 'share.networks: "prnt" is not a choice here. Write one of "copy"'),
        (
            "[share]",
            'city = "x"\n[share]',
            "conditions.city: there is no such key. Write one of: key, label, priority, retired.",
        ),
        (
            "[share]",
            '[share]\ntagline = "x"',
            "share.tagline: this key does not belong to this section. Move it to the top",
        ),
        (
            "sample = true",
            "sample = true\nclosed_dates = []",
            "closed_dates: the build works this out. Write more closed days under [special_hours].",
        ),
        ("sample = true", "sample = maybe", "this line cannot be read (invalid value). Write each fact as key"),
    ],
)
def test_a_mistake_is_explained_with_its_line_and_its_remedy(
    tmp_path: Path, old: str, new: str, complaint: str
) -> None:
    explained = complaints(changed(old, new), tmp_path)
    assert len(explained) == 1
    assert complaint in explained[0]


def test_the_line_is_that_of_the_second_condition(tmp_path: Path) -> None:
    source = changed('label = "Suicidal thoughts"', "label = 5")
    line = line_of("label = 5", source)
    assert complaints(source, tmp_path) == [f"{line}: conditions.label: this must be text. Write it in double quotes."]


def test_all_mistakes_are_explained_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    source = (
        changed('phone = "+1 312-555-0100"', 'phone = "312"')
        .replace("\nevery = [", "\nevry = [")
        .replace('"IL"\n', "5\n", 1)
    )
    explained = complaints(source, tmp_path)
    assert [line.split(": ")[1] for line in explained] == ["phone", "address.region", "notify.every", "notify.evry"]
    lines = [int(line.split(":")[0]) for line in explained]
    assert lines == sorted(lines)


def test_an_empty_file_names_all_that_is_missing(tmp_path: Path) -> None:
    explained = complaints("", tmp_path)
    assert "1: hours: this is missing. Add a line “[hours]” and its facts below it." in explained
    assert len(explained) == 15


NOT_OURS = (
    ': country: "{0}" cannot be built: content/crisis-lines.toml has crisis lines for US alone, and a row for {0} '
    "needs the country's emergency number, a line that answers calls and text messages day and night, the keys and "
    "numbers for Spanish and for veterans, a chat, the languages, the source of each, and the day on which you checked "
    "them."
)


@pytest.mark.parametrize("country", ["GB", "DE", "CA", "PR", "QX"])
def test_a_country_whose_crisis_lines_are_not_known_is_refused_in_one_sentence(tmp_path: Path, country: str) -> None:
    source = changed('country = "US"', f'country = "{country}"')
    assert complaints(source, tmp_path) == [f"{line_of('country')}{NOT_OURS.format(country)}"]


def test_another_country_is_explained_together_with_all_other_mistakes(tmp_path: Path) -> None:
    source = changed('country = "US"', 'country = " GB "').replace("monday =", "mondy =")
    assert [line.split(": ")[1] for line in complaints(source, tmp_path)] == ["country", "hours.mondy"]


def test_a_practice_has_the_crisis_lines_of_its_country(sample: Path) -> None:
    assert read(sample).crisis_lines == CRISIS_LINES


def test_crisis_lines_cannot_be_written_into_the_practice_file(tmp_path: Path) -> None:
    (complaint,) = complaints(f'{PRACTICE_TOML}\n[crisis_lines]\nlifeline = "999"\n', tmp_path)
    assert complaint.endswith("crisis_lines: the build takes these from crisis-lines.toml. Remove this.")


def test_a_mistake_in_the_crisis_lines_is_explained_with_their_file(sample: Path) -> None:
    lines = sample.with_name("crisis-lines.toml")
    lines.write_text("[[crisis_lines", encoding="utf-8")
    with pytest.raises(PracticeFileError, match=rf"^{lines}:1: this line cannot be read"):
        read(sample)


def test_holidays_may_be_those_of_any_country(sample: Path) -> None:
    source = changed(
        '[holidays]\ncountry = "US"\nsubdivision = "IL"', '[holidays]\ncountry = "GB"\nsubdivision = "ENG"'
    )
    sample.write_text(source, encoding="utf-8")
    assert read(sample).holidays.country == "GB"


@given(st.text(max_size=60), st.integers(0, 70))
def test_any_line_put_anywhere_is_read_or_explained(
    tmp_path_factory: pytest.TempPathFactory, line: str, place: int
) -> None:
    lines = PRACTICE_TOML.splitlines()
    path = write_practice(tmp_path_factory.getbasetemp(), "\n".join([*lines[:place], line, *lines[place:]]))
    explained = ""
    try:
        read(path)
    except PracticeFileError as error:
        explained = str(error)
    assert all(complaint.startswith(f"{path}:") for complaint in explained.splitlines())


def closed_for(days: int) -> str:
    """Return the sample file with this many special days from January 1, 2028 on."""
    first = dt.date(2028, 1, 1)
    dates = (first + dt.timedelta(days=distance) for distance in range(days))
    closed = "".join(f"{date} = []  # moving\n" for date in dates)
    return changed("keep_days = 365", "keep_days = 30").replace("[special_hours]\n", f"[special_hours]\n{closed}")


def test_requests_that_would_be_deleted_while_the_practice_is_closed_are_refused(tmp_path: Path) -> None:
    source = closed_for(40)
    (complaint,) = complaints(source, tmp_path)
    assert complaint.startswith(f"{line_of('keep_days', source)}: privacy.keep_days: you are closed for 4")


def test_a_closure_of_more_than_a_year_is_refused(tmp_path: Path) -> None:
    source = closed_for(380)
    (complaint,) = complaints(source, tmp_path)
    assert complaint.startswith(f"{line_of('[special_hours]', source)}: special_hours: you are closed for 3")
    assert "After that, no call can be promised." in complaint


def test_a_closure_that_is_shorter_than_requests_are_kept_is_allowed(sample: Path) -> None:
    sample.write_text(closed_for(14), encoding="utf-8")
    assert len(read(sample).special_hours) == 15


def test_all_unknown_names_are_explained_at_once(tmp_path: Path) -> None:
    source = changed('every = ["ana"]', 'every = ["anna", "tom"]').replace('late = ["maria"]', 'late = ["mary"]')
    assert complaints(source, tmp_path) == [
        f'{line_of("every", source)}: notify.every: "anna" is not in [staff], which has ana, maria.',
        f'{line_of("every", source)}: notify.every: "tom" is not in [staff], which has ana, maria.',
        f'{line_of("late", source)}: notify.late: "mary" is not in [staff], which has ana, maria.',
    ]


def test_a_mistake_in_staff_does_not_hide_behind_the_lists(tmp_path: Path) -> None:
    (complaint,) = complaints(changed("maria = {", "Maria = {"), tmp_path)
    assert complaint.startswith(f"{line_of('maria')}: staff.Maria: ")


def test_an_old_key_is_explained_once_and_with_its_line(tmp_path: Path) -> None:
    staff = PRACTICE_TOML.partition("[staff]\n")[2].partition("\n\n")[0]
    source = (
        changed(f"[staff]\n{staff}\n\n", "")
        .replace("[special_hours]\n2026-11-27 = []", "[[closures]]\ndate = 2026-11-27\nreason = 'Day after'")
        .replace('every = ["ana"]', 'to = ["front-desk@lakeside.example"]')
        .replace('late = ["maria"]', 'escalate_to = ["manager@lakeside.example"]')
    )
    closures, to, escalate_to = complaints(source, tmp_path)
    assert closures.startswith(f"{line_of('[[closures]]', source)}: closures: ")
    assert "Write [special_hours] and below it “2026-11-27 = []  # Day after”." in closures
    assert to.startswith(f"{line_of('to =', source)}: notify.to: ")
    assert 'email = "front-desk@lakeside.example" }”, and under [notify] “every = ["front-desk"]”' in to
    assert escalate_to.startswith(f"{line_of('escalate_to =', source)}: notify.escalate_to: ")


def test_a_state_that_does_not_exist_is_a_mistake(tmp_path: Path) -> None:
    expected = f'{line_of("states")}: patients.states: "XX" is no state. Write its two capital letters, as in "IL".'
    assert complaints(changed('states = ["IL"]', 'states = ["XX"]'), tmp_path) == [expected]


def test_the_states_names_are_worked_out(sample: Path) -> None:
    assert completed(read(sample), dt.date(2026, 11, 23)).patients.state_names == ("Illinois",)


def test_the_name_of_the_time_zone_is_worked_out(sample: Path) -> None:
    assert completed(read(sample), dt.date(2026, 11, 23)).time_zone_name == "Central Time"
