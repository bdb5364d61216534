"""The components: their exact markup, their escaping, and that they say what they mean without script and colour."""

from __future__ import annotations

import pytest
from django import forms

HOSTILE = "<script>alert(1)</script>"


def test_stat_has_label_value_unit_and_context(render):
    html = render('<c-stat label="2025 target" value="1300" unit="亿元" context="797.1 in 2020" />', language="zh-hans")
    assert html == (
        '<div class="stat"><dt>2025 target</dt><dd>1300<small>亿元</small></dd>'
        '<dd class="stat-context">797.1 in 2020</dd></div>'
    )


def test_stat_marks_a_simulated_figure_at_its_label(render):
    html = render('<c-stat label="预测" value="1254" simulated />', language="zh-hans")
    assert '<dt>预测<span class="sim">模拟</span></dt>' in html


def test_figure_opens_its_evidence_on_the_same_page_and_keeps_the_filters(render, page_request):
    html = render(
        '<c-figure :value="value" unit="亿元" run="0123456789ab" pointer="/targets/0/base" />',
        value=797.1,
        request=page_request("/plan/", tier="a"),
    )
    address = "/plan/?tier=a&amp;evidence=0123456789ab%3A%2Ftargets%2F0%2Fbase"
    assert html == (
        f'<a class="fig" href="{address}" hx-get="{address}" hx-target="#drawer" hx-select="#drawer"'
        ' hx-swap="outerHTML" hx-push-url="true">797.1</a><small class="unit">CNY 100 m</small>'
    )


def test_figure_that_is_not_known_is_never_nought_or_blank(render):
    assert '<span class="unk">—未知</span>' in render(
        '<c-figure :value="value" run="a" pointer="/x" />', value=None, language="zh-hans"
    )


@pytest.mark.parametrize(("kind", "shape"), [("good", "●"), ("watch", "▲"), ("bad", "▼"), ("none", "○"), ("odd", "○")])
def test_status_is_shape_and_word_not_colour_alone(render, kind, shape):
    html = render(f'<c-status kind="{kind}" word="there" />')
    assert html == f'<span class="st {kind}"><span class="shape" aria-hidden="true">{shape}</span> there</span>'


def test_sim_and_unknown_follow_the_language(render):
    assert render("<c-sim /><c-unknown />") == '<span class="sim">simulated</span><span class="unk">—unknown</span>'


@pytest.mark.parametrize(
    "source",
    [
        '<c-stat label="{{ text }}" value="{{ text }}" context="{{ text }}" />',
        '<c-stat :label="text" :value="text" :context="text" :unit="text" />',
        '<c-card title="{{ text }}">{{ text }}</c-card>',
        '<c-section :title="text" :subtitle="text" />',
        '<c-empty :title="text" :why="text" :step="text" :href="text" />',
        '<c-status :word="text" />',
        '<c-next title="{{ text }}">{{ text }}</c-next>',
        '<c-chart :src="text" :title="text" :subtitle="text" />',
        '<c-graph :src="text" :title="text" />',
        '<c-progress label="{{ text }}" value="1" total="2" />',
        '<c-button :href="text">{{ text }}</c-button>',
        '<c-figure :value="text" run="a" pointer="/b" />',
        '<c-crumb :href="text">{{ text }}</c-crumb>',
    ],
)
def test_components_escape_what_they_are_given(render, source):
    html = render(source, text=HOSTILE)
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert "&amp;lt;" not in html  # once, not twice


def test_components_have_no_inline_style_or_script(render):
    html = render(
        '<c-progress label="x" value="1" total="2" /><c-chart src="/a.json" title="t" />'
        '<c-graph src="/b.json" title="t" />'
        '{% bar 0.5 kind="bad" %}{% sparkline "s" periods=2 actual=values target=3 %}',
        values=[1, 2],
    )
    assert " style=" not in html
    assert " on" not in html.replace(" one", "")
    assert "<script" not in html


class PersonForm(forms.Form):
    name = forms.CharField(label="Name", help_text="As on the card.")
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A")], widget=forms.RadioSelect)
    note = forms.CharField(label="Note", required=False)


def test_field_ties_label_hint_and_error_to_its_input(render):
    html = render('<c-field :field="form.name" />', form=PersonForm({"name": ""}))
    assert '<div class="field wrong"><label for="id_name">Name</label>' in html
    assert '<p class="hint" id="id_name_helptext">As on the card.</p>' in html
    assert '<p class="field-error" id="id_name_error">' in html
    assert 'aria-invalid="true"' in html
    described = html.split('aria-describedby="')[1].split('"')[0]
    assert set(described.split()) == {"id_name_helptext", "id_name_error"}


def test_field_with_several_inputs_is_a_fieldset(render):
    html = render('<c-field :field="form.kind" />', form=PersonForm())
    assert "<fieldset><legend>Kind</legend>" in html


def test_optional_fields_say_so(render):
    assert 'Note <span class="optional">(optional)</span>' in render(
        '<c-field :field="form.note" />', form=PersonForm()
    )


def test_error_summary_links_to_the_fields_in_the_same_words(render):
    form = PersonForm({"name": "", "kind": "z"})
    html = render('<c-errors :form="form" />', form=form)
    assert '<li><a href="#id_name">Name: This field is required.</a></li>' in html
    assert '<a href="#id_kind' in html
    assert 'role="alert"' in html
    assert "This field is required." in render('<c-field :field="form.name" />', form=form)


def test_form_without_errors_has_no_summary(render):
    assert render('<c-errors :form="form" />', form=PersonForm()) == ""


def test_chart_carries_its_table_so_that_it_can_be_read_without_script(render):
    html = render(
        '<c-chart src="/a.json" title="Finding" subtitle="CNY 100 m"><table><tr><td>1</td></tr></table></c-chart>'
    )
    assert '<h2>Finding</h2><span class="sub">CNY 100 m</span>' in html
    assert '<x-chart src="/a.json" label="Finding" height="320"' in html
    assert '<details class="twin"><summary>Data table</summary>' in html
    assert "<table><tr><td>1</td></tr></table>" in html


def test_progress_of_known_length_shows_share_and_count(render):
    html = render('<c-progress value="1240" total="15000" unit="家" label="Reading" />', language="zh-hans")
    assert '<span class="progress-count">1240/15,000<span class="unit">家</span></span>' in html
    assert '<progress aria-label="Reading" value="1240" max="15000"></progress>' in html


def test_progress_of_unknown_length_has_no_value(render):
    assert '<progress aria-label="Waiting"></progress>' in render('<c-progress label="Waiting" />')


def test_button_is_a_link_or_a_button_with_its_type(render):
    assert render('<c-button href="/x" primary>Go</c-button>').startswith('<a class="btn pri" href="/x"')
    assert 'type="submit"' in render("<c-button submit>Send</c-button>")
    assert 'type="button"' in render("<c-button>Act</c-button>")


def test_sparkline_draws_each_part_in_its_own_way(render):
    html = render(
        '{% sparkline "2020—2025" periods=3 path=path actual=actual forecast=4 low=3 high=5 target=5 %}',
        path=[1, 3, 5],
        actual=[1, 2],
    )
    assert '<polyline class="sp-path" points="6.0,24.0 54.0,14.0 102.0,4.0"' in html
    assert '<polyline class="sp-actual" points="6.0,24.0 54.0,19.0"' in html
    assert '<polyline class="sp-forecast" points="54.0,19.0 102.0,9.0"' in html
    assert '<line class="sp-band" x1="102.0" x2="102.0" y1="14.0" y2="4.0"' in html
    assert '<circle class="sp-target" cx="102.0" cy="4.0" r="2.75"' in html
    assert 'role="img" aria-label="2020—2025"' in html


def test_sparkline_breaks_where_a_value_is_not_known(render):
    html = render('{% sparkline "x" periods=4 actual=values %}', values=[1, None, 2, 3])
    assert html.count('class="sp-actual"') == 2


def test_bar_has_its_length_in_attributes_and_an_unknown_share_none(render):
    assert '<rect class="bar-part" width="6.7" height="4"' in render('{% bar 0.21 kind="bad" %}')
    assert "bar-part" not in render("{% bar None %}")


def test_a_component_does_not_take_what_its_page_happens_to_hold(render):
    html = render("<c-section>text</c-section><c-button>x</c-button>", title="Page title", href="/page/", id="page")
    assert "Page title" not in html
    assert "/page/" not in html


def test_named_slots_reach_their_place(render):
    html = render(
        '<c-graph src="/b.json" title="t"><c-slot name="legend"><span>dashed</span></c-slot></c-graph>'
        '<c-card title="t"><c-slot name="actions"><a href="/x">Act</a></c-slot></c-card>'
    )
    assert '<p class="legend"><span>dashed</span></p>' in html
    assert '<a href="/x">Act</a></div>' in html
