"""``python -m django found CODE AREA ORGANISATION``: the first accounts of an empty installation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from zhizao.base.accounts.founding import found
from zhizao.kernel.result import Refused


class Command(BaseCommand):
    help = "Open the three administrators' accounts in an empty installation; their passwords are printed once."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("area_code")
        parser.add_argument("area_name")
        parser.add_argument("organisation_name")

    def handle(self, *args: Any, **options: Any) -> None:
        names = ("area_code", "area_name", "organisation_name")
        try:
            passwords = found(**{name: options[name] for name in names})
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        for username, password in passwords.items():
            self.stdout.write(f"{username:<24}{password}")
