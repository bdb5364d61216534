"""How a case goes its way: steps, joins, timers, facts that are missing, and the same again from what was kept."""

from __future__ import annotations

import datetime as dt
import json
import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.base.flow.bpmn_texts import CHOICE, END, PARALLEL_LOOP, PLAIN, START, flow, step, text, timer, way

from zhizao.base.flow import deadline, running, soundness
from zhizao.base.flow.bpmn import read
from zhizao.base.flow.diagram import Diagram, Kind
from zhizao.base.flow.running import Running
from zhizao.kernel.result import Refused

AT = dt.datetime(2025, 9, 29, 9, tzinfo=dt.timezone(dt.timedelta(hours=8)))  # Monday; 1 to 8 October is holiday


def begun(body: str, facts: dict[str, object] | None = None, *, declared: str = "") -> Running:
    return running.start(read(text(body, facts=declared), "x"), facts or {}, at=AT)


def ids(run: Running) -> list[str]:
    return sorted(one.task_id for one in run.ready())


def again(run: Running) -> Running:
    """The case after a night in the database."""
    return running.from_json(run.diagram, json.loads(json.dumps(run.to_json())))


def code(act: object) -> str:
    with pytest.raises(Refused) as caught:
        act()  # type: ignore[operator]
    return caught.value.problems[0].code


def test_a_case_goes_from_start_to_end():
    run = begun(PLAIN)
    assert (ids(run), run.current, run.is_finished) == (["a.1"], {"a"}, False)
    run.complete("a.1", {}, at=AT)
    assert (ids(run), run.current, run.done, run.is_finished) == ([], frozenset(), {"s", "a", "e"}, True)


def test_an_answer_chooses_the_way():
    for answer, following in (("yes", ["b.1"]), ("no", [])):
        run = begun(CHOICE)
        run.complete("a.1", {"r": answer}, at=AT)
        assert ids(run) == following
        assert run.is_finished == (answer == "no")


def test_an_answer_of_which_a_gateway_knows_nothing_makes_the_case_wait_and_say_so():
    run = begun(CHOICE)
    run.complete("a.1", {}, at=AT)
    for case in (run, again(run)):
        (waiting,) = case.waiting()
        assert (waiting.spec, waiting.missing, waiting.names) == ("x", ("R",), ("a_r",))
        assert (ids(case), case.current, case.is_finished) == ([], {"x"}, False)
    run.learn({"a_r": "no"}, at=AT)
    assert (run.waiting(), run.is_finished) == ((), True)


def test_unknown_is_not_no_the_default_is_not_taken_while_a_condition_is_unknown():
    body = CHOICE.replace('<bpmn:exclusiveGateway id="x"', '<bpmn:exclusiveGateway default="x_e" id="x"')
    body = body.replace(flow("x", "e", "a_r == 'no'"), flow("x", "e"))
    run = begun(body)
    run.complete("a.1", {}, at=AT)
    assert [one.spec for one in run.waiting()] == ["x"]


def test_what_decides_is_enough_though_something_else_is_unknown():
    body = CHOICE.replace("a_r == 'yes'", "k or a_r == 'yes'").replace("a_r == 'no'", "not k and a_r == 'no'")
    run = begun(body, {"k": True}, declared="k: yes_no")
    run.complete("a.1", {}, at=AT)
    assert ids(run) == ["b.1"]


def test_facts_are_taken_by_their_kind_and_others_are_not_kept():
    run = begun(
        CHOICE,
        {"loss": 3, "k": False, "day": dt.date(2025, 1, 2), "x": "y"},
        declared="loss: number; k: yes_no; day: date",
    )
    assert run.to_json()["acts"][0]["facts"] == {"loss": "3", "k": "no", "day": "2025-01-02"}
    assert code(lambda: run.learn({"loss": "much"}, at=AT)) == "flow.fact_value"
    assert again(run).to_json() == run.to_json()


def test_a_wrong_answer_is_refused_with_its_field_and_nothing_happens():
    run = begun(CHOICE)
    before = run.to_json()
    assert code(lambda: run.complete("a.1", {"r": "maybe"}, at=AT)) == "flow.field_value"
    assert code(lambda: run.complete("a.1", {"q": "1"}, at=AT)) == "flow.field_unknown"
    assert code(lambda: run.complete("b.1", {}, at=AT)) == "flow.not_ready"
    run2 = begun(PARALLEL_LOOP)
    run2.complete("a.1", {}, at=AT)
    run2.complete("b.1", {}, at=AT)
    assert code(lambda: run2.complete("c.1", {}, at=AT)) == "flow.field_missing"
    assert run.to_json() == before


def test_a_double_click_does_a_step_once():
    run = begun(PLAIN)
    run.complete("a.1", {}, at=AT)
    assert code(lambda: run.complete("a.1", {}, at=AT)) == "flow.not_ready"


def test_a_join_waits_for_every_way_in_every_round_of_a_loop():
    """SpiffWorkflow 3.2.0 fires its own join in the second round as soon as one way has come."""
    run = begun(PARALLEL_LOOP)
    for time in range(1, 6):
        first, second = ("a", "b") if time % 2 else ("b", "a")
        assert ids(run) == [f"a.{time}", f"b.{time}"]
        run.complete(f"{first}.{time}", {}, at=AT)
        run = again(run)
        assert ids(run) == [f"{second}.{time}"]
        run.complete(f"{second}.{time}", {}, at=AT)
        assert ids(run) == [f"c.{time}"]
        run.complete(f"c.{time}", {"again": "yes" if time < 5 else "no"}, at=AT)
    assert run.is_finished


def test_a_timer_in_working_days_goes_off_after_the_holiday_and_reminds_once():
    """Three working days after Monday 29 September 2025: 30 September, 9 and 10 October."""
    run = begun(PLAIN + timer("t", "a", days="3") + flow("t", "e"))
    for day in (1, 5, 10):
        assert run.tick(AT + dt.timedelta(days=day)) == ()
    (fired,) = run.tick(AT + dt.timedelta(days=11))
    assert (fired.spec, fired.label, fired.act, fired.step) == ("t", "T", "remind", "a")
    for case in (run, again(run)):
        assert case.tick(AT + dt.timedelta(days=50)) == ()
        assert ids(case) == ["a.1"]
        assert "t" in case.done
    run.complete("a.1", {}, at=AT + dt.timedelta(days=12))
    assert run.is_finished


def test_a_timer_by_the_clock_counts_hours():
    run = begun(PLAIN + timer("t", "a", duration="P1DT2H") + flow("t", "e"))
    assert run.tick(AT + dt.timedelta(hours=25, minutes=59)) == ()
    assert len(run.tick(AT + dt.timedelta(hours=26))) == 1


def stood(*pairs, reason="suspended"):
    """The clock stood from the one day after AT to the other, for each pair."""
    days = [
        (AT + dt.timedelta(days=day), {verb: reason})
        for pair in pairs
        for day, verb in zip(pair, ("stop", "go"), strict=True)
    ]
    return sorted(days, key=lambda stop: stop[0])


def test_a_timer_counts_no_day_on_which_the_clock_of_the_case_stood():
    """Three working days after Monday 29 September 2025 are 30 September, 9 and 10 October; it stands on 9 and 10
    October and goes again from Saturday 11, which is worked: 30 September, 13 and 14 October are the three."""
    run = begun(PLAIN + timer("t", "a", days="3") + flow("t", "e"))
    pause = stood((9, 12))  # from 8 to 11 October
    assert run.tick(AT + dt.timedelta(days=14), pause) == ()
    assert len(run.tick(AT + dt.timedelta(days=15), pause)) == 1


def test_a_timer_stands_while_the_clock_stands_however_long():
    run = begun(PLAIN + timer("t", "a", days="3") + flow("t", "e"))
    assert run.tick(AT + dt.timedelta(days=300), [(AT + dt.timedelta(hours=1), {"stop": "suspended"})]) == ()


def test_what_the_clock_stood_before_a_timer_began_changes_nothing():
    run = begun(PLAIN + timer("t", "a", days="3") + flow("t", "e"))
    assert run.tick(AT + dt.timedelta(days=10), stood((-5, -1))) == ()
    assert len(run.tick(AT + dt.timedelta(days=11), stood((-5, -1)))) == 1


def test_a_timer_in_hours_counts_none_for_which_the_clock_stood():
    run = begun(PLAIN + timer("t", "a", duration="PT26H") + flow("t", "e"))
    pause = stood((1, 3))
    assert run.tick(AT + dt.timedelta(hours=48 + 25, minutes=59), pause) == ()
    assert len(run.tick(AT + dt.timedelta(hours=48 + 26), pause)) == 1


def test_a_timer_on_the_enterprises_step_runs_while_the_enterprise_has_the_case_and_stands_while_it_is_suspended():
    body = START + step("a", role="subject") + END + way("s", "a", "e") + timer("t", "a", days="3") + flow("t", "e")
    assert len(begun(body).tick(AT + dt.timedelta(days=11), stood((1, 50), reason="returned"))) == 1
    assert begun(body).tick(AT + dt.timedelta(days=11), stood((1, 50))) == ()
    assert (
        begun(body.replace("subject", "owner")).tick(AT + dt.timedelta(days=11), stood((1, 50), reason="returned"))
        == ()
    )


def test_a_timer_that_interrupts_takes_the_step_away():
    run = begun(
        PLAIN + timer("t", "a", days="1", interrupting=True) + step("late") + flow("t", "late") + flow("late", "e")
    )
    assert len(run.tick(AT + dt.timedelta(days=2))) == 1
    for case in (run, again(run)):
        assert ids(case) == ["late.1"]
        assert "a" not in case.done
    assert code(lambda: run.complete("a.1", {}, at=AT)) == "flow.not_ready"
    run.complete("late.1", {}, at=AT)
    assert run.is_finished


def test_a_step_done_in_time_leaves_no_timer_behind():
    run = begun(PLAIN + timer("t", "a", days="1", interrupting=True) + flow("t", "e"))
    run.complete("a.1", {}, at=AT)
    assert run.is_finished
    assert run.tick(AT + dt.timedelta(days=99)) == ()


def test_a_timer_between_steps_holds_the_case():
    wait = '<bpmn:intermediateCatchEvent id="w" zz:days="2"><bpmn:timerEventDefinition/></bpmn:intermediateCatchEvent>'
    run = begun(START + wait + step("a") + END + way("s", "w", "a", "e"))
    assert (ids(run), run.current) == ([], {"w"})
    assert run.tick(AT + dt.timedelta(days=1)) == ()
    run = again(run)
    assert [one.act for one in run.tick(AT + dt.timedelta(days=10))] == ["go"]
    assert ids(run) == ["a.1"]


def test_what_went_off_stays_so_when_the_calendar_changes(monkeypatch):
    run = begun(
        PLAIN + timer("t", "a", days="1", interrupting=True) + step("late") + flow("t", "late") + flow("late", "e")
    )
    run.tick(AT + dt.timedelta(days=1))
    monkeypatch.setattr(deadline, "working_days", lambda _start, _end: (0, False))
    assert ids(again(run)) == ["late.1"]


def test_a_case_keeps_the_instant_at_which_a_step_was_reached():
    run = begun(CHOICE)
    later = AT + dt.timedelta(days=3)
    run.complete("a.1", {"r": "yes"}, at=later)
    assert [one.since for one in again(run).ready()] == [later]


def test_the_state_of_another_version_is_refused():
    run = begun(PLAIN)
    other = read(text(PLAIN.replace('name="A"', 'name="AA"')), "x")
    assert code(lambda: running.from_json(other, run.to_json())) == "flow.bad_state"


def test_learning_what_is_known_adds_nothing():
    run = begun(CHOICE, {"k": "yes"}, declared="k: yes_no")
    before = run.to_json()
    run.learn({"k": True}, at=AT)
    assert run.to_json() == before


# Block-structured procedures by chance: every one is sound, and the library must move tokens as the net does.

Block = tuple[object, ...]
BLOCKS = st.recursive(
    st.just(("step",)),
    lambda inner: st.one_of(
        st.tuples(st.just("seq"), inner, inner),
        st.tuples(st.just("both"), inner, inner),
        st.tuples(st.just("either"), inner, inner),
        st.tuples(st.just("loop"), inner),
        st.tuples(st.just("timed"), inner),
    ),
    max_leaves=7,
)


class Maker:
    """Writes a block as BPMN."""

    def __init__(self) -> None:
        self.body, self.count = "", 0

    def add(self, tag: str, kind: str, more: str = "") -> str:
        self.count += 1
        name = f"{kind}{self.count}"
        self.body += f'<bpmn:{tag} id="{name}" {more}/>\n'
        return name

    def link(self, source: str, target: str, condition: str = "") -> None:
        self.body += flow(source, target, condition)

    def block(self, block: Block) -> tuple[str, str]:
        """The first and the last element of a block."""
        match block:
            case ("step",) | ("timed", ("step",)):
                self.count += 1
                name = f"u{self.count}"
                self.body += step(name, form="k: yes_no")
                if block[0] == "timed":
                    self.body += timer(f"t{self.count}", name, days="1") + f'<bpmn:endEvent id="te{self.count}"/>'
                    self.link(f"t{self.count}", f"te{self.count}")
                return name, name
            case ("timed", inner):
                return self.block(inner)  # type: ignore[arg-type]
            case ("seq", one, two):
                (first, a), (b, last) = self.block(one), self.block(two)  # type: ignore[arg-type]
                self.link(a, b)
                return first, last
            case ("both", one, two):
                split, join = self.add("parallelGateway", "p"), self.add("parallelGateway", "q")
                for each in (one, two):
                    first, last = self.block(each)  # type: ignore[arg-type]
                    self.link(split, first)
                    self.link(last, join)
                return split, join
            case ("either", one, two):
                split, join = self.add("exclusiveGateway", "x"), self.add("exclusiveGateway", "y")
                for each, condition in ((one, f"{split}_k"), (two, f"not {split}_k")):
                    first, last = self.block(each)  # type: ignore[arg-type]
                    self.link(split, first, condition)
                    self.link(last, join)
                return split, join
            case ("loop", inner):
                enter, leave = self.add("exclusiveGateway", "y"), self.add("exclusiveGateway", "x")
                after = self.add("exclusiveGateway", "y")
                first, last = self.block(inner)  # type: ignore[arg-type]
                self.link(enter, first)
                self.link(last, leave)
                self.link(leave, enter, f"{leave}_k")
                self.link(leave, after, f"not {leave}_k")
                return enter, after
        raise AssertionError(block)


def made(block: Block) -> Diagram:
    maker = Maker()
    first, last = maker.block(block)
    declared = "; ".join(f"x{n}_k: yes_no" for n in range(maker.count + 1) if f'id="x{n}"' in maker.body)
    return read(text(START + END + maker.body + flow("s", first) + flow(last, "e"), facts=declared), "x")


def moved(diagram: Diagram, marking: soundness.Marking, known: dict[str, bool]) -> soundness.Marking:
    """The marking when no gateway can go on, exclusive ones going the way that the facts say."""
    while True:
        for node, after in soundness._steps(diagram, marking):
            kind = diagram.nodes[node].kind
            gone = marking - after
            if diagram.nodes[node].is_step and any(name.startswith("at ") for name in gone):
                continue
            if kind is Kind.BOUNDARY:
                continue
            if kind is Kind.EXCLUSIVE and len(diagram.outgoing(node)) > 1:
                first, second = diagram.outgoing(node)
                ways = {first.id: known[f"{node}_k"], second.id: not known[f"{node}_k"]}
                (put,) = after - marking or {""}
                if not ways.get(put, False):
                    continue
            marking = after
            break
        else:
            return marking


@settings(max_examples=60, deadline=None)
@given(BLOCKS, st.integers(0, 2**16))
@example(("loop", ("both", ("step",), ("step",))), 3)
@example(("loop", ("both", ("loop", ("step",)), ("seq", ("step",), ("timed", ("step",))))), 5)
def test_tokens_move_as_in_the_workflow_net(block, seed):
    diagram, rng = made(block), random.Random(seed)
    gateways = [n.id for n in diagram.nodes.values() if n.kind is Kind.EXCLUSIVE and len(diagram.outgoing(n.id)) > 1]
    known = {f"{name}_k": rng.random() < 0.5 for name in gateways}
    run = running.start(diagram, known, at=AT)
    marking = moved(diagram, frozenset(f.id for f in diagram.outgoing("s")), known)
    for _ in range(30):
        expected = sorted(name.split(" ")[1] for name in marking if name.startswith("at ") and name.count(" ") == 1)
        assert sorted(one.spec for one in run.ready()) == expected
        assert run.is_finished == (not marking)
        if run.is_finished:
            return
        if rng.random() < 0.3:
            run = running.from_json(diagram, run.to_json())
        chosen = rng.choice(run.ready())
        if rng.random() < 0.7:
            known |= {name: rng.random() < 0.6 for name in known}
            run.learn(known, at=AT)
        run.complete(chosen.task_id, {"k": "yes"}, at=AT)
        under_way = f"at {chosen.spec}"
        rest = {name for name in marking if name == under_way or name.startswith(f"{under_way} ")}
        ended = [f.id for f in diagram.outgoing(chosen.spec) if diagram.nodes[f.target].kind is not Kind.END]
        marking = moved(diagram, marking - rest | set(ended), known)
