"""The composition: settings become services, the door beside the Flask app, and the threads behind them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flask import Flask

from plugin.clock import Clock
from plugin.config import ROOT, Settings
from plugin.db.migrate import migrate
from plugin.jobs import table
from plugin.jobs.local import LocalJobs
from plugin.services import Services, build, wall_clock
from plugin.usecases.accept_deliveries import Committer
from plugin.usecases.install import STATE_LIFE
from plugin.web import (
    activity,
    assets,
    bounce,
    customer,
    customers,
    errors,
    first_run,
    headers,
    health,
    home,
    install,
    language,
    languages,
    leave,
    privacy,
    settings,
    status,
    tag_names,
    troubles,
    undo,
    vetoes,
    words_of_reasons,
)
from plugin.web.panel import menu
from webhooks.receive import Door, mounted

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


@dataclass
class Running:
    """The whole app in one process; start it, serve `wsgi`, stop it."""

    services: Services
    committer: Committer
    jobs: LocalJobs
    clock: Clock | None
    wsgi: "WSGIApplication"

    def start(self) -> None:
        """Creates or upgrades the database, then begins to work."""
        migrate(self.services.database)
        self.committer.start()
        self.jobs.start()
        if self.clock is not None:
            self.clock.start()

    def stop(self) -> None:
        """Ends in the order in which nothing is lost."""
        if self.clock is not None:
            self.clock.stop()
        self.committer.stop()
        self.jobs.stop()
        self.services.close()


def compose(settings: Settings, *, work: bool = True) -> Running:
    """Everything of one process; without `work` deliveries are kept but not worked off."""
    jobs = LocalJobs(
        lambda key: table.run(services, *key),
        lanes=table.LANES,
        lane_of=lambda job: table.JOBS[job].lane,
    )
    services = build(settings, jobs)
    committer = Committer(services.database, lambda shop: jobs("drain", shop) if work else None)
    clock = Clock(services) if work else None
    services.pings |= {"committer": committer.ping, "jobs": jobs.ping}
    if clock is not None:
        services.pings["clock"] = clock.ping
    door = Door(verifier=services.verifier, committer=committer, now=wall_clock)
    return Running(services, committer, jobs, clock, mounted(door, settings.app.webhooks_path, create_app(services)))


def create_app(services: Services) -> Flask:
    """The Flask app: pages, health and error pages; deliveries do not pass through it."""
    web = Path(__file__).parent / "web"
    app = Flask("regulars", root_path=str(web), template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(
        SECRET_KEY=services.settings.secret_key.get_secret_value(),
        SESSION_COOKIE_SECURE=services.settings.app_url.startswith("https:"),
        SESSION_COOKIE_SAMESITE="Lax",
        # The panel has no cookies; the code grant keeps its state in one while the merchant is at the permission page.
        SESSION_COOKIE_NAME="regulars_install",
        SESSION_COOKIE_PATH="/auth",
        PERMANENT_SESSION_LIFETIME=STATE_LIFE // 1000,
        MAX_CONTENT_LENGTH=1024 * 1024,
    )
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    headers.register(app, services.settings)
    assets.register(app)
    languages.register(app)
    words_of_reasons.register(app)
    troubles.register(app, services)
    app.context_processor(lambda: {"menu": menu()})
    for pages in (
        health,
        install,
        bounce,
        home,
        first_run,
        customers,
        customer,
        activity,
        tag_names,
        vetoes,
        undo,
        privacy,
        language,
        settings,
        leave,
    ):
        app.register_blueprint(pages.pages(services))
    if services.settings.shopify_simulator:
        app.register_blueprint(status.pages(services))
    errors.register(app)
    return app
