from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from stemsite.nginx import Options, configuration


class Command(BaseCommand):
    help = "Print the configuration of an nginx in front of this site, true to its settings and headers."

    def add_arguments(self, parser: CommandParser) -> None:
        host = settings.ALLOWED_HOSTS[0]
        parser.add_argument("--listen", default="8080" if settings.IS_TRIAL else "80", help="address or port for http")
        parser.add_argument("--listen-tls", default="443", help="address or port for https")
        parser.add_argument("--certificate", default=f"/etc/letsencrypt/live/{host}/fullchain.pem")
        parser.add_argument("--key", default=f"/etc/letsencrypt/live/{host}/privkey.pem")
        parser.add_argument("--brotli", action="store_true", help="this nginx has the brotli_static module")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.TRUSTED_PROXIES:
            raise CommandError(
                "Set TRUSTED_PROXIES=1 first: the site believes no proxy, so all readers would look alike."
            )
        told = {name: options[name] for name in ("listen", "listen_tls", "certificate", "key", "brotli")}
        self.stdout.write(configuration(Options(**told)), ending="")
