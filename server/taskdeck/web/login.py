"""Logging in with the server's token, and out. Works without JavaScript."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from taskdeck.web import auth, context, headers


def init_app(app: Flask) -> None:
    app.add_url_rule("/login", "login", show, methods=["GET"])
    app.add_url_rule("/login", "submit_login", submit, methods=["POST"])
    app.add_url_rule("/logout", "logout", log_out, methods=["POST"])


@auth.public
def show() -> AnyResponse:
    """The form; straight on to where it leads for who is logged in already."""
    target = auth.local_path(request.args.get("next", "/"))
    if auth.is_logged_in():
        return redirect(target)
    error = str(auth.WrongToken()) if "wrong" in request.args else ""
    return _form(target, error)


@auth.public
def submit() -> AnyResponse:
    target = auth.local_path(request.form.get("next", "/"))
    try:
        context.current().credentials.check_token(request.form.get("token", "").strip(), auth.address())
    except auth.WrongToken as error:
        return _form(target, str(error), HTTPStatus.UNAUTHORIZED)
    except auth.TooManyAttempts as error:
        answer = _form(target, str(error), HTTPStatus.TOO_MANY_REQUESTS)
        answer.headers["Retry-After"] = str(error.retry_after_seconds)
        return answer
    return auth.log_in(redirect(target, HTTPStatus.SEE_OTHER))


@auth.public
def log_out() -> AnyResponse:
    return auth.log_out(redirect("/login", HTTPStatus.SEE_OTHER))


def _form(target: str, error: str, status: HTTPStatus = HTTPStatus.OK) -> Response:
    answer = make_response(
        render_template("login.html", target=target, error=error, nonce=headers.nonce()), status.value
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
