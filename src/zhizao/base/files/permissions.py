from __future__ import annotations

import rules

rules.add_perm("files.download", rules.is_authenticated)
