from __future__ import annotations

from django.urls import path

from zhizao.base.forms import reviewing, views

app_name = "forms"

urlpatterns = [
    path("", views.mine, name="mine"),
    path("begin/<slug:form>/<str:period>/", views.begin, name="begin"),
    path("reports/<int:pk>/", views.report, name="report"),
    path("reports/<int:pk>/save/", views.save, name="save"),
    path("reports/<int:pk>/submit/", views.submit, name="submit"),
    path("reports/<int:pk>/upload/", views.upload, name="upload"),
    path("reports/<int:pk>/paste/", views.paste, name="paste"),
    path("reports/<int:pk>/sheet.xlsx", views.sheet, name="sheet"),
    path("reports/<int:pk>/judge/", reviewing.judge, name="judge"),
    path("board/", reviewing.board, name="board"),
    path("board/remind/", reviewing.remind, name="remind"),
    path("circle/", reviewing.circle, name="circle"),
    path("library/", views.form_library, name="library"),
    path("library/<slug:form>/", views.definition, name="definition"),
    path("library/<slug:form>/blank.xlsx", views.blank, name="blank"),
]
