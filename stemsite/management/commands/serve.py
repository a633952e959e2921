import errno
import socket
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor

from stemsite.accounts.models import User
from stemsite.bodies import THREADS
from stemsite.supervisor import Child, Supervisor

WORKERS = 2
PATIENCE = 30


class Command(BaseCommand):
    help = "Web server and worker under one parent, on HOST and PORT. SIGTERM lets both finish what they have in hand."

    def handle(self, *args: Any, **options: Any) -> None:
        self._refuse_what_cannot_run()
        web = [
            *(sys.executable, "-m", "stemsite.web", "--interface", "wsgi", "--host", settings.HOST, "--port"),
            *(str(settings.PORT), "--workers", str(WORKERS), "--blocking-threads", str(THREADS), "--http", "1"),
            *("--respawn-failed-workers", "--workers-kill-timeout", str(PATIENCE - 5), "--log-level", "error"),
            "stemsite.wsgi:application",
        ]
        worker = [sys.executable, str(settings.BASE_DIR / "manage.py"), "worker"]
        children = [Child("web server", web), Child("worker", worker)]
        connections.close_all()
        Supervisor(children, patience=PATIENCE, when_up=self._tell_when_up).run()
        self.stdout.write("Stopped.")

    def _refuse_what_cannot_run(self) -> None:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise CommandError("The database is behind the program. Run manage.py prepare first.")
        manifest = getattr(staticfiles_storage, "manifest_name", None)
        if manifest and not settings.DEBUG and not (Path(settings.STATIC_ROOT) / manifest).exists():
            raise CommandError("The static files are not collected. Run manage.py prepare first.")
        family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.HOST, settings.PORT))
            except OSError as error:
                taken = error.errno == errno.EADDRINUSE
                reason = "is in use by another program" if taken else f"cannot be opened ({error.strerror})"
                raise CommandError(f"{settings.HOST}:{settings.PORT} {reason}. Set HOST or PORT.") from error

    def _tell_when_up(self) -> bool:
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)  # noqa: S104
        try:
            socket.create_connection((host, settings.PORT), timeout=0.2).close()
        except OSError:
            return False
        self.stdout.write(f"Stemsite is at {settings.SITE_URL}/ and its staff at {settings.SITE_URL}/admin/")
        if how := self._how_to_log_in():
            self.stdout.write(how)
        self.stdout.write("Ctrl-C stops it.")
        self.stdout.flush()
        return True

    def _how_to_log_in(self) -> str:
        samples = list(
            User.objects.filter(is_sample=True, is_active=True).order_by("pk").values_list("email", flat=True)
        )
        someone = User.objects.filter(is_active=True).exists()
        connections.close_all()
        password = settings.DATA_DIR / "sample-login.txt"
        if settings.IS_TRIAL and samples and password.exists():
            names = ", ".join(samples)
            return f"Log in at {settings.SITE_URL}/accounts/login/ as {names}. Password: {password.read_text().strip()}"
        return "" if someone else "Nobody can log in yet. Make the first account: manage.py createsuperuser"
