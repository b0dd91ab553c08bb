"""Every page of the panel that can be looked at, by name; whoever adds one is looked at too."""

from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask

from plugin.app import create_app
from plugin.config import load
from plugin.services import build
from tests.browser.merchant import Street

NOT_THE_PANEL = {"static", "health", "install", "bounce", "status"}
DOWNLOADS = {"privacy.answer", "customers.export", "customer.evidence"}


def examples(street: Street) -> dict[str, str | None]:
    """Endpoints whose address names something -> that address, for the first there is at this shop, if any."""
    customer = next((f"customers/Customer/{row['id']}" for row in street.shopify.rows("customers")), None)
    return {"customer.page": customer}


def pages(street: Street) -> dict[str, str]:
    """Name -> path, without the slash before it, of every page that a GET shows."""
    known = examples(street)
    found = {}
    for endpoint, rule in _routes(street).items():
        name = endpoint.removesuffix(".page").replace(".", "-").replace("_", "-")
        assert "<" not in rule or endpoint in known, f"{endpoint}: say in `examples` what is to be looked at there"
        if (path := known.get(endpoint, rule.removeprefix("/"))) is not None:
            found[name] = path
    return found


def _routes(street: Street) -> dict[str, str]:
    environment = {name.lower(): value for name, value in street.app.environment.items()}
    with TemporaryDirectory() as folder:
        here = environment | {"database_url": f"sqlite:///{Path(folder) / 'none.db'}"}
        services = build(load(**here), lambda job, shop, *, after=0.0: None)
        try:
            return routes(create_app(services))
        finally:
            services.close()


def routes(app: Flask) -> dict[str, str]:
    """Endpoint -> its rule, of every page of the panel that a GET shows."""
    return {
        rule.endpoint: rule.rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and rule.endpoint.partition(".")[0] not in NOT_THE_PANEL
        and rule.endpoint not in DOWNLOADS
    }
