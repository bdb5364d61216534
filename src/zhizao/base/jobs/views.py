from __future__ import annotations

import rules
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from zhizao.base.accounts.access import needs
from zhizao.base.files.views import attachment
from zhizao.base.jobs import queries, services
from zhizao.base.jobs.models import Job
from zhizao.base.jobs.problems import place_words, remedy_words, words
from zhizao.base.jobs.tables import STATE_KINDS, JobFilter, JobTable
from zhizao.base.ui.views import table_response

STOP_POLLING = 286
REFRESH_SECONDS = 3


@needs("jobs.view")
def job_list(request: HttpRequest) -> HttpResponse:
    form = JobFilter(request.GET)
    wish = form.cleaned_data if form.is_valid() else {}
    if not rules.has_perm("jobs.view_all", request.user):
        del form.fields["whose"]
    jobs = queries.visible_jobs(request.user) if wish.get("whose") == "all" else queries.jobs_of(request.user)
    if wish.get("state"):
        jobs = jobs.filter(state=wish["state"])
    waiting = queries.jobs_of(request.user).exclude(state__in=Job.FINISHED).count()
    return table_response(
        request,
        table=JobTable(jobs, filter_form=form),
        title=_("Jobs"),
        template="jobs/list.html",
        context={"waiting": waiting},
    )


@needs("jobs.view")
@never_cache
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(queries.visible_jobs(request.user), pk=pk)
    response = render(request, "jobs/detail.html", _shown(request, job))
    if "follow" in request.GET and not job.is_finished:
        response["Refresh"] = str(REFRESH_SECONDS)  # progress without JavaScript
    return response


@needs("jobs.view")
@never_cache
def live(request: HttpRequest, pk: int) -> HttpResponse:
    """What changes on the page of a job while it runs; 286 tells htmx that it will not change any more."""
    job = get_object_or_404(queries.visible_jobs(request.user), pk=pk)
    context = _shown(request, job) | {"out_of_band": True}
    return render(request, "jobs/_live.html", context, status=STOP_POLLING if job.is_finished else 200)


@needs("jobs.view")
def result(request: HttpRequest, pk: int) -> HttpResponse:
    """The file that the job made."""
    job = get_object_or_404(queries.visible_jobs(request.user), pk=pk)
    if not job.result_sha256:
        raise Http404
    return attachment(request, sha256=job.result_sha256, name=job.result_name, media_type=job.result_media_type)


@needs("jobs.view")
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(queries.visible_jobs(request.user), pk=pk)
    services.cancel(actor=request.user, job=job)
    return redirect(job)


@needs("jobs.view")
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    job = get_object_or_404(queries.visible_jobs(request.user), pk=pk)
    services.retry(actor=request.user, job=job)
    return redirect(job)


def _shown(request: HttpRequest, job: Job) -> dict[str, object]:
    problems = [
        {"place": place_words(item.place), "words": words(item), "remedy": remedy_words(item)}
        for item in job.problem_list
    ]
    return {
        "job": job,
        "kind": STATE_KINDS[Job.State(job.state)],
        "problems": problems,
        "log": queries.log_tail(job),
        "may_manage": rules.has_perm("jobs.manage", request.user, job),
    }
