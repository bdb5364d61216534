"""What is to be done, by whom, for which targets: the tasks of a plan, as headlines.

Tasks stand in the parts of a plan whose headings say so (任务, 举措, 路径, 保障 …; not what was, is or is aimed at), in
six forms:

1. a table with a column of tasks and one of units responsible;
2. a paragraph that opens with its headline: 加快培育创新主体。深入实施…;
3. a numbered item: （1）headline。…, 1. headline;
4. 一是 …；二是 … within a paragraph;
5. clauses that begin with the unit that acts: 招商科建立…；投资科安排…;
6. a heading with a verb whose paragraphs have none of these.

Only headlines are taken, never sentences: at most 30 characters. The unit is as printed (…局 at the beginning of a
clause, “牵头单位：…”). A task serves the targets whose own words (less what many targets share: 数量, 产值, 新增) stand
in its headline, in the headings above it, or in its paragraph.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from zhizao.engines.planlint.document import CAPTION, UNIT_LINE, Document
from zhizao.engines.planlint.tables.layout import NAME, SERIAL, TEXT, Shape
from zhizao.engines.planlint.tables.table import CLEAN, FILLED, Carried, Record, Table, none_to_empty
from zhizao.engines.planlint.tables.values import Notes
from zhizao.engines.planlint.text import sections
from zhizao.engines.planlint.text.sections import Sections, heading_of
from zhizao.engines.planlint.text.sentences import HIDDEN, Paragraph, lines_of_tables, paragraphs
from zhizao.kernel import names, text

LONGEST: Final = 30
"""Characters of a headline."""
PRINTED, LISTED, HEADED = Decimal("0.95"), Decimal("0.9"), Decimal("0.8")
"""Confidence: a headline of its own; a clause of a list; a heading, or a topic that was given its verb."""

SHAPE: Final = Shape(
    name="tasks",
    columns=(
        ("serial", re.compile(r"^(?:序号|编号)$")),
        ("lead", re.compile(r"(?:牵头|责任|主责|负责|实施)(?:单位|部门|科室)")),
        ("task", re.compile(r"^(?:重点|主要|具体|目标|工作)*(?:任务|工作|举措|措施|事项)(?:名称|内容|清单)?$")),
        ("category", re.compile(r"^(?:任务|工作)?(?:类别|分类|领域|方向)$")),
    ),
    claims=lambda keys: {"task", "lead"} <= keys,
    subject="task",
    kinds={"serial": SERIAL, "lead": TEXT, "task": NAME, "category": TEXT},
    merged=frozenset({"category", "lead"}),
    groups=True,
)

_TASK: Final = re.compile(
    r"任务|举措|措施|路径|行动|工程|抓手|对策|保障|重点领域|重点工作|重点方向|增长点|实施|推进|布局"
)
_NOT: Final = re.compile(
    r"(?:基础|现状|回顾|成效|成就|成绩|问题|不足|短板|形势|发展环境|环境分析|机遇|挑战|思想|要求|思路|原则|目标|定位|情况)$|"
    r"名词|术语|解释|附件|附录|附表|附图|编制|前言|图谱|名单|项目库"
)
_SECTION_WORD: Final = re.compile(
    "(?:主要|重点|保障|推进|实施|落实|具体|工作|组织|和|及)*(?:措施|任务|举措|路径|保障|行动|工程)"
)
"""Words of a heading that names a part of the plan, and nothing to do."""
_VERB: Final = re.compile(
    r"(?:加快|加强|加大|加速|推进|推动|推行|推广|完善|健全|建立|建设|构建|打造|强化|深化|优化|提升|提高|提速|促进|实施|"
    r"培育|培养|引进|引育|发展|壮大|做大|做强|做优|做精|做专|做实|坚持|落实|创新|拓展|拓宽|扩大|支持|鼓励|引导|搭建|聚集|集聚|营造|"
    r"积极|大力|深入|全面|广泛|着力|切实|持续|严格|有序|统筹|保障|转变|改善|明确|制定|开展|组织|规范|抓好|抓住|发挥|盘活|"
    r"依托|聚焦|突出|巩固|增强|融入|夯实|激发|释放|改造|淘汰|挖潜|稳定|稳步|稳链|补齐|补链|强链|延链|畅通|对接|鼓足|助推|"
    r"争取|延伸|延长|设立|安排|整合|盘点|探索|牵头|争创|创建|申报|举办|筹建|新建|扩建|改革|简化|降低|减少|控制|防范|化解|确保|实现|"
    r"升级|融合|合理|进一步|科学|精准|分类|联合|协同|做好|实化|用好|抢抓|深挖|承接|引入)"
)
_ADVERB: Final = re.compile(
    r"^(?:并|要|将|进一步|积极|着力|大力|切实|继续|不断|持续|深入|全面|合理|负责|牵头|组织)+(?=[\u4e00-\u9fff]{3})"
)
_ITEM: Final = re.compile(r"(?:^|[。；;：:，])\s*([一二三四五六七八九十]是)(?!否)")
_BODY: Final = "[\u4e00-\u9fff]{1,12}?(?:委员会|办公室|管委会|公司|中心|部门|[科局委办处院厅])"
_UNIT: Final = re.compile(
    rf"(?:由)?((?:{_BODY})(?:(?:、|与|和|会同)(?:{_BODY}))*)"
    r"(?=(?:协作|协同|配合|共同|负责|牵头|合理|积极|进一步|着力|组织|统筹|要|应|做好|制定|建立|推进|加快|加强|完善|落实))"
)
_LED_BY: Final = re.compile(r"(?:牵头|责任|主责|负责)(?:单位|部门|科室)\s*[:：]\s*([^；;。）)\]】]{2,80})")
_LEAD: Final = re.compile(rf"由((?:{_BODY})(?:(?:、|与|和|会同)(?:{_BODY}))*)(?:共同|具体)?(?:牵头|负责|主责|组织实施)")
"""The unit in a sentence behind the headline: 由甲局牵头."""
_TOGETHER: Final = re.compile(r"^(?:协作|协同|配合|共同|负责|牵头)$")
_PREAMBLE: Final = re.compile(r"^(?:通过|围绕|结合|按照|根据|为|以|在|针对|面对|当前|随着|基于|借助|利用)")
_GENERIC: Final = re.compile(
    r"^(?:其中|[：:]|规模以上|规上|规模|新增|新建|新认定|新引进|培育和?|引进和?|建成|累计|工业企业|企业|工业|国家级|市级|省级|区级|县级|"
    r"国家|有效|认定|全区|全市|全县|区域|本地|每|有|其他.*|其它.*)|"
    r"(?:数量|个数|家数|户数|总数|拥有量|数|占.*|比重|占比|总产值|产值|增加值|营业收入|利润|总额|利税|收入|认定|工业企业|工业|产业|"
    r"制造业?|行业|规模以上|规上|的)$"
)
_WHOLE: Final = frozenset({"工业企业", "企业", "工业", "产业", "制造业", "制造", "行业"})
"""Generic ends that stay where too little would be left."""
_TOPIC: Final = 16
"""Characters of a headline that is a topic and no act."""
_TOPICS: Final = re.compile("领域|增长点|方向|布局")
_ACT: Final = re.compile("(?:化|行动|计划)$")
_BRACKET: Final = re.compile(r"[（(][^（()）]*[）)]")
_SPLIT: Final = re.compile(r"[、，和与及]")
_SERVED: Final = 6
"""Targets that a task names at most: who serves everything serves nothing in particular."""
_OWN: Final = 3
"""Characters that a target's own words have at least."""
_WHOLE_NAME: Final = 6
"""Characters from which the whole name of a target names it, though others share its words: 规上工业总产值."""
_COMMON_SHARE: Final = 2
"""Words that stand at every second task tell nothing."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A task before it has an id: where its words stand, and those around them."""

    line: int
    task: str
    unit: str
    confidence: Decimal
    around: str
    note: str = ""


def read_table(table: Table, notes: Notes) -> list[Record]:
    """The tasks of one table, a record a row; ``id``, ``section`` and targets come with those of the text."""
    lead = Carried()
    records: list[Record] = []
    for row, title in table.full_rows():
        unit = none_to_empty(lead(row.text("lead")))
        words = text.normalise(row.text("task"))
        cut = _headline(words)
        records.append(
            {
                "id": None,
                "section": None,
                "task": cut,
                "lead_unit": unit,
                "indicator_ids": None,
                "line": row.own_line(SHAPE.merged),
                "confidence": FILLED if lead.was_filled else CLEAN if cut == words else LISTED,
                "note": f"group: {title}" if title else None,
            }
        )
    return records


def read(document: Document, targets: Sequence[Record], tabled: Sequence[Record] = ()) -> list[Record]:
    """The tasks of a plan, in the order of its lines.

    Parameters
    ----------
    document : Document
    targets : the records of ``indicators``
    tabled : what ``read_table`` gave

    Examples
    --------
    >>> from zhizao.engines.planlint.document import load
    >>> plan = "第三章 主要任务\\n\\n一、科技\\n\\n加快培育创新主体。甲局牵头建立智能工厂。\\n"
    >>> (task,) = read(load(plan.encode()), [{"id": "ind-1", "name": "智能工厂数量"}])
    >>> task["section"], task["task"], task["indicator_ids"]
    ('第三章/一', '加快培育创新主体', 'ind-1')
    """
    skip = lines_of_tables(document)
    tree = sections.read(document, skip=skip)
    found = list(_without_headed(_from_text(document, tree, skip), tree))
    found += [
        _Found(int(str(row["line"])), str(row["task"]), str(row["lead_unit"] or ""), Decimal(str(row["confidence"])),
               "", str(row["note"] or ""))
        for row in tabled
    ]  # fmt: skip
    found.sort(key=lambda one: one.line)
    serving = _Serving(targets, [_context(one, tree) for one in found])
    seen: Counter[str] = Counter()
    records: list[Record] = []
    for one, ids in zip(found, serving, strict=True):
        titles = [heading.title for heading in tree.above(one.line)]
        words = "/".join(map(names.normalise, (*titles, one.unit, one.task)))
        seen[words] += 1
        records.append(
            {
                "id": f"task-{names.stable_id(words if seen[words] == 1 else f'{words}#{seen[words]}')}",
                "section": tree.section_of(one.line) or None,
                "task": one.task,
                "lead_unit": one.unit or None,
                "indicator_ids": " ".join(ids) or None,
                "line": one.line,
                "confidence": one.confidence,
                "note": one.note or None,
            }
        )
    return records


def _without_headed(found: Iterable[_Found], tree: Sections) -> Iterator[_Found]:
    """The tasks without those headings that have tasks of their own below them."""
    every = list(found)
    own = {tree.above(one.line)[-1].line for one in every if one.line != tree.above(one.line)[-1].line}
    numbered = {one.line for one in every if one.confidence != HEADED}
    yield from (
        one for one in every if one.confidence != HEADED or one.note or one.line not in own or one.line in numbered
    )


def _from_text(document: Document, tree: Sections, skip: frozenset[int]) -> Iterator[_Found]:
    headed: set[int] = set()
    for paragraph in paragraphs(document, skip=skip):
        line, words = paragraph.line, paragraph.text
        above = tree.above(line)
        if len(words) < 4 or not _is_task_section([heading.title for heading in above]):
            continue
        if CAPTION.match(words) or UNIT_LINE.match(words) or re.match(r"图\s*[0-9]", words):
            continue
        own = heading_of(words)
        if own is not None and own[3]:
            continue  # a heading and nothing else: it is a task if what stands below has no headlines of its own
        yield from _of_paragraph(paragraph, tree, headed)


def _is_task_section(titles: Sequence[str]) -> bool:
    """Whether the headings above say that something is to be done, and none that it was, is or is aimed at."""
    if not titles or any(_NOT.search(title) and not _acts(title) for title in titles):
        return False
    return any(_TASK.search(title) for title in titles)


def _says_act(words: str) -> bool:
    """Whether one of the clauses begins with a verb of doing."""
    return any(_VERB.match(clause) for clause in re.split("[，、]", words))


def _acts(title: str) -> bool:
    """Whether a heading says what is done: 优化基础配套, and not 发展基础."""
    if _VERB.match(title) is None or _SECTION_WORD.fullmatch(title):
        return False
    return not (title.startswith("发展") and _NOT.search(title))


def _of_paragraph(paragraph: Paragraph, tree: Sections, headed: set[int]) -> Iterator[_Found]:
    words, line = paragraph.text, paragraph.line
    titles = [heading.title for heading in tree.above(line)]
    unit = _led(words)
    if heading_of(words):
        yield from _titled(titles[-1], words, line, unit, titles)
        return
    lead, _, body = words.partition("。")
    if not body.strip() and len(lead) <= LONGEST and _VERB.match(lead) and not re.search("[：:；;]", lead):
        # a heading that lost its number; or an item, of which the first clause is enough
        yield _Found(line, _headline(lead) if lead == words else _first_clause(lead), unit, PRINTED, words)
        return
    if body and _is_headline(lead, titles):
        yield from _titled(lead, words, line, unit, titles)
        return
    if listed := list(_items(paragraph, unit)):
        yield from listed
        return
    heading = tree.above(line)[-1]
    if heading.line not in headed and _acts(heading.title) and heading.line != line:
        headed.add(heading.line)
        yield _Found(heading.line, _headline(heading.title), unit, HEADED, words)


def _led(words: str) -> str:
    """The unit responsible, where the words name it apart from the task: 牵头单位：甲局, 由甲局牵头."""
    found = _LED_BY.search(words) or _LEAD.search(words)
    return found[1].strip() if found else ""


def _is_headline(lead: str, titles: Sequence[str]) -> bool:
    """Whether the first sentence of a paragraph is its headline: an act, or a short topic."""
    if not 2 <= len(lead) <= LONGEST - 4 or _unit(lead) or re.search("[；：]", lead):
        return False
    if _PREAMBLE.match(lead) and "，" in lead:
        return False
    return _says_act(lead) or (len(lead) <= _TOPIC and ("，" not in lead or _of_topics(titles)))


def _of_topics(titles: Sequence[str]) -> bool:
    return any(_TOPICS.search(title) for title in titles)


def _titled(title: str, words: str, line: int, unit: str, titles: Sequence[str]) -> Iterator[_Found]:
    """A paragraph with a headline; a topic without a verb is given one."""
    headline = _headline(title)
    if not headline:
        return
    if _says_act(headline) or _ACT.search(headline):
        yield _Found(line, headline, unit, PRINTED, words)
    elif _of_topics(titles):
        verb = "推进" if headline.endswith(("项目", "工程")) else "发展"
        yield _Found(line, f"{verb}{headline.removesuffix('领域')}"[:LONGEST], unit, HEADED, words, "verb added")
    else:
        yield _Found(line, headline, unit, HEADED, words)


def _items(paragraph: Paragraph, unit: str) -> Iterator[_Found]:
    """一是 …；二是 …, and clauses that begin with the unit that acts."""
    words = paragraph.text
    if len(marks := list(_ITEM.finditer(words))) >= 2:
        ends = [mark.start(1) for mark in marks[1:]] + [len(words)]
        for mark, end in zip(marks, ends, strict=True):
            item = words[mark.end() : end]
            if headline := _first_clause(item):
                own = _led(item) or unit
                yield _Found(paragraph.place(mark.start(1))[0], headline, own, LISTED, item)
        return
    stretches = [(found.start(), found[0]) for found in re.finditer(r"[^。；;]+", words)]
    acting = [(start, part, found) for start, part in stretches if (found := _unit(part.strip()))]
    if len(acting) < 2 and not (acting and unit):
        return
    for start, part, found in acting:
        rest = part.strip()[found.end() :]
        if headline := _first_clause(rest):
            yield _Found(paragraph.place(start)[0], headline, found[1], LISTED, part)


def _unit(words: str) -> re.Match[str] | None:
    """The unit that a clause begins with; 统筹布局加快… begins with none."""
    found = _UNIT.match(words)
    return None if found is None or _VERB.match(found[1]) or re.search("[的布格]局|的", found[1]) else found


def _first_clause(words: str) -> str:
    """The first clause that says what is done, without what leads up to it.

    >>> _first_clause("协作，进一步优化招商政策，建立项目库")
    '优化招商政策'
    """
    for clause in re.split(r"[，,。；;：:]", words):
        clause = clause.strip()
        if len(clause) >= 4 and not _TOGETHER.match(clause) and not _PREAMBLE.match(clause):
            return _headline(_ADVERB.sub("", clause))
    return ""


def _headline(words: str) -> str:
    """Words as a headline: no brackets, no number before them, and whole clauses up to 30 characters.

    >>> _headline("（一）加快培育创新主体（试点）"), len(_headline("推进" + "甲" * 40))
    ('加快培育创新主体', 30)
    """
    found = heading_of(words)
    title = found[2] if found and found[1] else text.normalise(words)
    title = _BRACKET.sub("", title).replace(HIDDEN, "").strip(" 。，；：:、")
    while len(title) > LONGEST and re.search("[，、]", title[:LONGEST]):
        title = title[: max(title.rfind("，", 0, LONGEST), title.rfind("、", 0, LONGEST))]
    return title[:LONGEST]


def _context(one: _Found, tree: Sections) -> tuple[str, str]:
    """The words by which a task may serve a target: its own and those of the headings above; those around it."""
    return one.task + "/" + "/".join(heading.title for heading in tree.above(one.line)), one.around


class _Serving:
    """For each task the targets that it serves: those whose own words stand with it."""

    def __init__(self, targets: Sequence[Record], contexts: Sequence[tuple[str, str]]) -> None:
        self.contexts = contexts
        self.terms = {str(row["id"]): _terms(str(row["name"])) for row in targets}
        every = {term for terms in self.terms.values() for term in terms}
        pattern = re.compile("|".join(sorted(map(re.escape, every), key=len, reverse=True)) or "(?!)")
        self.near = [frozenset(_all(pattern, every, _plain(near))) for near, _ in contexts]
        self.around = [frozenset(_all(pattern, every, _plain(around))) for _, around in contexts]
        counts = Counter(term for near, around in zip(self.near, self.around, strict=True) for term in near | around)
        self.common = {term for term, count in counts.items() if count > 3 and count * _COMMON_SHARE > len(contexts)}

    def __iter__(self) -> Iterator[list[str]]:
        for near, around in zip(self.near, self.around, strict=True):
            first = [key for key, terms in self.terms.items() if (near - self.common).intersection(terms)]
            then = [key for key, terms in self.terms.items() if (around - self.common).intersection(terms)]
            yield list(dict.fromkeys(first + then))[:_SERVED]


def _all(pattern: re.Pattern[str], every: Iterable[str], words: str) -> Iterator[str]:
    """The terms that stand in words, those inside longer terms too."""
    found = set(pattern.findall(words))
    yield from found
    yield from (term for term in every if any(term in longer for longer in found))


def _terms(name: str) -> tuple[str, ...]:
    """A target's own words, and its whole name where it is long enough to mean nothing else."""
    whole = _plain(_BRACKET.sub("", name))
    return (*own_words(name), *([whole] if len(whole) >= _WHOLE_NAME else []))


def own_words(name: str) -> tuple[str, ...]:
    """The words of a target's name that other targets do not share.

    >>> own_words("新增智能工厂个数"), own_words("培育科技型企业和高新技术企业"), own_words("规上工业总产值")
    (('智能工厂',), ('科技型企业', '高新技术企业'), ())
    """
    found = []
    for part in _SPLIT.split(_plain(_BRACKET.sub("", name))):
        rest = part
        while generic := _GENERIC.search(rest):
            shorter = rest[: generic.start()] + rest[generic.end() :]
            if generic[0] in _WHOLE and generic.end() == len(rest) and 0 < len(shorter) < _OWN:
                break
            rest = shorter
        rest = rest.removesuffix("业") if rest.endswith("制造业") else rest
        if len(rest) >= _OWN:
            found.append(rest)
    return tuple(dict.fromkeys(found))


def _plain(words: str) -> str:
    """Words without what writers add or leave out: 战略性新兴产业 is 战略新兴产业."""
    return text.normalise(words).replace("性", "")
