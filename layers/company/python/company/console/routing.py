"""The routes of one page, by Powertools' event handler."""

from aws_lambda_powertools.event_handler.api_gateway import Router


def new_routes() -> Router:
    return Router()  # type: ignore[no-untyped-call]  # published without a type for its own constructor
