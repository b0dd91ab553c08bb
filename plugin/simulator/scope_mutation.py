"""appRevokeAccessScopes: the app gives back optional scopes that it needs no longer."""

from typing import Any

from plugin.simulator import access, installation
from plugin.simulator.schema import Args, fields
from plugin.simulator.view import View


def _revoke(view: View, _: Any, args: Args) -> dict[str, Any]:
    errors = [error for scope in args["scopes"] if (error := _fault(view, scope))]
    if errors:
        return {"revoked": None, "userErrors": errors}
    left = [scope for scope in view.shop.scopes if scope not in args["scopes"]]
    installation.set_scopes(view.world, view.shop, left)
    return {"revoked": args["scopes"], "userErrors": []}


def _fault(view: View, scope: str) -> dict[str, Any] | None:
    if access.covers(view.world.scopes, scope):
        return _error("CANNOT_REVOKE_REQUIRED_SCOPES", f"{scope} is required by the app")
    if scope not in view.world.optional_scopes:
        return _error("CANNOT_REVOKE_UNDECLARED_SCOPES", f"{scope} is not declared by the app")
    return None


def _error(code: str, message: str) -> dict[str, Any]:
    return {"field": ["scopes"], "code": code, "message": message}


fields("Mutation", appRevokeAccessScopes=_revoke)
