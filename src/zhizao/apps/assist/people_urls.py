from __future__ import annotations

from django.urls import path

from zhizao.apps.assist import grid_views, leader_views, notes_views, requests_views, visits_views

urlpatterns = [
    path("grid/", grid_views.grid, name="grid"),
    path("grid/duties/", grid_views.take_in, name="take_in"),
    path("grid/duties/template/", grid_views.template, name="duty_template"),
    path("grid/duties/<int:pk>/", grid_views.preview, name="duty_preview"),
    path("grid/hand-over/", grid_views.hand_over, name="hand_over"),
    path("enterprises/<str:key>/", visits_views.enterprise, name="enterprise"),
    path("enterprises/<str:key>/briefing.docx", visits_views.briefing, name="briefing"),
    path("enterprises/<str:key>/duty/", grid_views.assign, name="assign"),
    path("enterprises/<str:key>/plan/", visits_views.plan, name="plan_visit"),
    path("enterprises/<str:key>/visit/", visits_views.record_visit, name="record_visit"),
    path("enterprises/<str:key>/note/", notes_views.write, name="write_note"),
    path("notes/<int:pk>/case/", notes_views.make_case, name="note_case"),
    path("notes/<int:pk>/file/", notes_views.file, name="file_note"),
    path("visits/", visits_views.visits, name="visits"),
    path("visits/<int:pk>/", visits_views.visit, name="visit"),
    path("visits/<int:pk>/report/", visits_views.report, name="report_visit"),
    path("visits/<int:pk>/correct/", visits_views.correct, name="correct_visit"),
    path("visits/<int:pk>/cancel/", visits_views.cancel, name="cancel_visit"),
    path("visits/<int:pk>/case/", visits_views.make_case, name="visit_case"),
    path("requests/", requests_views.requests, name="requests"),
    path("requests/new/", requests_views.new, name="new_request"),
    path("leader/", leader_views.leader, name="leader"),
    path("leader/act/", leader_views.act, name="decide"),
]
