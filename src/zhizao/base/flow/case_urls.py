from __future__ import annotations

from django.urls import path

from zhizao.base.flow import case_acts, case_views

urlpatterns = [
    path("", case_views.cases, name="cases"),
    path("new/", case_acts.new, name="new"),
    path("<int:pk>/", case_views.case, name="case"),
    path("<int:pk>/steps/<int:step>/", case_acts.step, name="step"),
    path("<int:pk>/parts/<int:part>/", case_acts.part, name="part"),
    path("<int:pk>/files/<int:attachment_pk>/", case_views.case_file, name="case_file"),
    path("<int:pk>/learn/", case_acts.learn, name="learn"),
    path("<int:pk>/<slug:act>/", case_acts.act, name="act"),
]
