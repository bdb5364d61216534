"""The pages that compare: two versions of a plan, the line of its versions, its targets beside the plan above."""

from __future__ import annotations

from collections import Counter
from typing import Any
from urllib.parse import quote

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from zhizao.apps.plan import comparison, queries
from zhizao.apps.plan.comparison import Line
from zhizao.apps.plan.models import PlanVersion
from zhizao.apps.plan.opening import LONGEST_NUMBER, of_plan
from zhizao.apps.plan.tables import PlanTable
from zhizao.apps.plan.views import source_line, source_of
from zhizao.apps.plan.wording import word
from zhizao.base.accounts.access import public
from zhizao.base.ui import errors
from zhizao.base.ui.tables import Table, TextColumn
from zhizao.base.ui.views import table_response

SORTS = {
    "added": gettext_lazy("added"),
    "removed": gettext_lazy("dropped"),
    "renamed": gettext_lazy("renamed"),
    "retargeted": gettext_lazy("target set anew"),
    "rebased": gettext_lazy("base changed"),
    "growth": gettext_lazy("growth changed"),
    "unit": gettext_lazy("unit changed"),
    "moved": gettext_lazy("moved"),
    "owner": gettext_lazy("owner changed"),
    "money": gettext_lazy("money changed"),
    "money_moved": gettext_lazy("money moved"),
    "dates": gettext_lazy("dates changed"),
    "other": gettext_lazy("changed"),
}


class DiffFilter(forms.Form):
    """Narrows the list of changes to a table, a kind of change, or a name."""

    q = forms.CharField(label=gettext_lazy("Name"), required=False)
    table = forms.ChoiceField(label=gettext_lazy("Table"), required=False)
    sort = forms.ChoiceField(label=gettext_lazy("Kind of change"), required=False)

    def __init__(self, data: Any, *, lines: list[Line]) -> None:
        super().__init__(data)
        tables = Counter(line.table for line in lines)
        sorts = Counter(line.sort for line in lines)
        names = [(table, f"{comparison.table_title(table)}（{count}）") for table, count in tables.items()]
        self.fields["table"].choices = [("", _("all")), *names]
        words = [(sort, f"{word}（{sorts[sort]}）") for sort, word in SORTS.items() if sorts[sort]]
        self.fields["sort"].choices = [("", _("all")), *words]

    def keeps(self, line: Line) -> bool:
        """Whether a line is wanted; a choice that does not exist filters nothing."""
        values = self.cleaned_data if self.is_valid() else getattr(self, "cleaned_data", {})
        return (
            values.get("q", "").strip() in line.name
            and values.get("table", "") in ("", line.table)
            and values.get("sort", "") in ("", line.sort)
        )


class DiffTable(PlanTable):
    name = TextColumn(gettext_lazy("Name"), wrap=True)
    sort = TextColumn(gettext_lazy("Kind of change"))
    column = TextColumn(gettext_lazy("Column"), quiet=True)
    old = TextColumn(gettext_lazy("Before"), empty_values=(), orderable=False, wrap=True)
    new = TextColumn(gettext_lazy("After"), empty_values=(), orderable=False, wrap=True)
    table = TextColumn(gettext_lazy("Table"), accessor="group")

    export_name = "changes"
    group_by = "group"
    fixed_columns = ("name",)
    caption = gettext_lazy("What changed, by table: name, kind of change, column, before and after")

    class Meta(Table.Meta):
        pass

    def __init__(self, data: list[Line], *, old: PlanVersion, new: PlanVersion, **options: Any) -> None:
        super().__init__(data, **options)
        self.sides = {"old": old, "new": new}
        self.columns.hide("table")

    def render_sort(self, value: str) -> str:
        return str(SORTS[value])

    def value_sort(self, value: str) -> str:
        return str(SORTS[value])

    def render_old(self, record: Line) -> str | SafeString:
        return self._side(record, "old")

    def render_new(self, record: Line) -> str | SafeString:
        return self._side(record, "new")

    def value_old(self, record: Line) -> str | None:
        return self._words(record, record.old)

    def value_new(self, record: Line) -> str | None:
        return self._words(record, record.new)

    def _words(self, line: Line, text: str | None) -> str | None:
        """A code of a column in words."""
        return text if text is None or line.cell is None or line.is_number else str(word(line.cell.column, text))

    def _side(self, line: Line, side: str) -> str | SafeString:
        """A value of one side; a figure opens its evidence in the reading of that version."""
        if line.cell is None:
            return "—"
        text, row = self._words(line, getattr(line, side)), getattr(line.change, f"{side}_row")
        if text is None:
            return format_html('<span class="unk">—{}</span>', _("unknown"))
        run = self.sides[side].run
        if run is None or row is None or not line.is_number:
            return text
        parameters = self.request.GET.copy()
        parameters.pop("evidence", None)
        kept = f"{parameters.urlencode()}&" if parameters else ""
        place = quote(f"{run.sha12}:/{line.table}/{row}/{line.cell.column}")
        return format_html(
            '<a class="fig" href="{0}" hx-get="{0}" hx-target="#drawer" hx-select="#drawer" hx-swap="outerHTML"'
            ' hx-push-url="true">{1}</a>',
            f"{self.request.path}?{kept}evidence={place}",
            text,
        )


@public
@of_plan
def compare(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    """What changed from one version to another, both chosen in the address; by default since the one before."""
    known = list(queries.versions(request.user, version.plan))
    new = _asked(request, known, "new") or version
    old = _asked(request, known, "old") or comparison.before(new, known)
    context = {
        "version": version,
        "plan": version.plan,
        "versions": known,
        "old": old,
        "new": new,
        "source": source_line(version),
    }
    if old is None:
        return _nothing_before(request, context)
    found = comparison.difference(old, new)
    every = comparison.lines(found)
    form = DiffFilter(request.GET, lines=every)
    table = DiffTable([line for line in every if form.keeps(line)], old=old, new=new, filter_form=form)
    if request.GET.get("format"):
        table.columns.show("table")
    claims = found.counts.get("claims")
    context |= {
        "found": found,
        "answer": summary(found, old, new),
        "moved": [said(change.sentences[0]) for change in found.changes if change.shift]
        + [said(transfer.sentence) for transfer in found.transfers],
        "counts": [(comparison.table_title(table), count) for table, count in found.counts.items() if count.differing],
        "claims": claims if claims and (claims.added or claims.removed) else None,
        "not_compared": [comparison.table_title(table) for table in found.not_compared],
    }
    title = _("Compare versions")
    return table_response(
        request, table=table, title=title, source=source_of(new), template="plan/compare.html", context=context
    )


def _nothing_before(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The page of a plan with one version; a file of nothing is refused."""
    if request.GET.get("format"):
        return errors.refuse(
            request, reason=_("There is no other version to compare with."), remedy=_("Choose two versions.")
        )
    return render(request, "plan/compare.html", context | {"title": _("Compare versions"), "table": None})


def _asked(request: HttpRequest, known: list[PlanVersion], name: str) -> PlanVersion | None:
    """The version whose number the address gives; one that the reader cannot see is not found."""
    number = request.GET.get(name, "")
    if not number:
        return None
    short = number.isdecimal() and len(number) <= LONGEST_NUMBER
    found = next((version for version in known if short and version.number == int(number)), None)
    if found is None:
        raise Http404
    return found


def said(sentence: Any) -> str:
    """A sentence of the engine in the reader's language."""
    return sentence.say(_)


def summary(found: Any, old: PlanVersion, new: PlanVersion) -> str:
    """One sentence over all that changed."""
    between = {"old": old.number, "new": new.number}
    if not found:
        return _("Versions %(old)s and %(new)s say the same.") % between
    parts = []
    targets = len(found.of("retargeted", "indicators"))
    if targets:
        parts.append(ngettext("%(n)d target set anew", "%(n)d targets set anew", targets) % {"n": targets})
    total = [sum(getattr(count, name) for count in found.counts.values()) for name in ("added", "removed", "changed")]
    words = (
        ngettext("%(n)d row added", "%(n)d rows added", total[0]),
        ngettext("%(n)d row dropped", "%(n)d rows dropped", total[1]),
        ngettext("%(n)d row changed", "%(n)d rows changed", total[2]),
    )
    parts += [word % {"n": number} for word, number in zip(words, total, strict=True) if number]
    said_of_all = _("From version %(old)s to version %(new)s: %(what)s.")
    return said_of_all % {**between, "what": _(", ").join(parts)}


# --- the plan above


@public
@of_plan
def parent(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    """The targets of a plan beside those of the plan above it."""
    plan = version.plan
    above = None
    if plan.parent_id and queries.plans(request.user).filter(pk=plan.parent_id).exists():
        above = queries.version_at(request.user, plan.parent, as_of=request.as_of)
    pairs = comparison.aligned(version, above) if above else []
    may_edit = not request.looking_back and request.user.has_perm("plan.edit", version)
    context = {
        "version": version,
        "plan": plan,
        "above": above,
        "pairs": pairs,
        "met": sum(bool(pair.target and pair.above) for pair in pairs),
        "missing": sum(pair.target is None for pair in pairs),
        "choices": comparison.possible_parents(request.user, plan) if may_edit else [],
        "may_edit": may_edit,
        "title": _("Plan above"),
        "source": source_line(version),
    }
    return render(request, "plan/parent.html", context)
