from __future__ import annotations

from typing import TYPE_CHECKING

import rules

from zhizao.base.accounts.permissions import has_role
from zhizao.base.accounts.roles import Role

if TYPE_CHECKING:
    from zhizao.base.accounts.models import User
    from zhizao.base.jobs.models import Job


@rules.predicate
def is_owner(actor: User, job: Job | None) -> bool:
    return job is not None and job.owner_id == actor.pk


@rules.predicate
def is_in_reach(actor: User, job: Job | None) -> bool:
    return job is not None and type(job).objects.visible_to(actor).filter(pk=job.pk).exists()


rules.add_perm("jobs.view", rules.is_authenticated)
rules.add_perm("jobs.view_all", has_role(Role.SYSTEM_ADMINISTRATOR))
rules.add_perm("jobs.manage", rules.is_authenticated & (is_owner | (has_role(Role.SYSTEM_ADMINISTRATOR) & is_in_reach)))
