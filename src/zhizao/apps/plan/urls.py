from __future__ import annotations

from django.urls import path

from zhizao.apps.plan import comparing, editing, health, reviewing, tasks_page, version_acts, views

app_name = "plan"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("growth.json", views.growth_data, name="growth_data"),
    path("targets/<slug:key>/", views.target, name="target"),
    path("targets/<slug:key>/path.json", views.target_data, name="target_data"),
    path("enterprises/", views.enterprises, name="enterprises"),
    path("projects/", views.projects, name="projects"),
    path("projects/timeline.json", views.timeline_data, name="timeline_data"),
    path("projects/<int:number>/", views.project, name="project"),
    path("land/", views.land, name="land"),
    path("suppliers/", views.suppliers, name="suppliers"),
    path("chains/", views.chains, name="chains"),
    path("chains/<int:number>/", views.chain, name="chain"),
    path("chains/<int:number>/graph.json", views.chain_data, name="chain_data"),
    path("versions/", views.versions, name="versions"),
    path("tasks/", tasks_page.page, name="tasks"),
    path("health/", health.page, name="health"),
    path("health/check/", health.check, name="check"),
    path("health/document/", health.document, name="health_document"),
    path("health/letter/", health.letter, name="letter"),
    path("health/findings/<str:finding>/", health.finding, name="finding"),
    path("upload/", editing.upload, name="upload"),
    path("versions/<int:number>/", editing.review, name="review"),
    path("versions/compare/", comparing.compare, name="compare"),
    path("versions/<int:number>/discard/", version_acts.discard, name="discard"),
    path("versions/<int:number>/update/", version_acts.update, name="update"),
    path("versions/<int:number>/next/", version_acts.next_plan, name="next_plan"),
    path("versions/parent/", comparing.parent, name="parent"),
    path("versions/parent/set/", version_acts.set_parent, name="set_parent"),
    path("versions/<int:number>/amend/", editing.amend, name="amend"),
    path("versions/<int:number>/publish/", editing.publish, name="publish"),
    path("versions/<int:number>/reading/", reviewing.page, name="reading"),
    path("versions/<int:number>/reading/accept/", reviewing.accept_page, name="page_accept"),
    path("versions/<int:number>/reading/<slug:name>/<int:position>/", reviewing.decide, name="row_decide"),
    path("versions/<int:number>/<slug:name>/", editing.table, name="table"),
    path("versions/<int:number>/<slug:name>/<int:position>/", editing.row, name="row"),
]
