"""The port through the official SDK: Anthropic's own API or any endpoint that speaks it, and Bedrock by IAM.

The SDK is imported when a model is first asked: an employee that works by the book must not spend time on it.
"""

from collections.abc import Callable
from typing import Any

from company.errors import SettingsError
from company.model.answers import read_answer
from company.model.deadline import TooLate, within
from company.model.liveness import require_answer
from company.model.port import EndpointDown, ModelBusy, ModelMisconfigured, ModelRequest, Turn
from company.model.sdk_errors import LOCAL, translate_error
from company.settings import Settings

CONNECT_SECONDS = 10.0
"""For the connection alone: an endpoint that cannot be reached is asked again, and costs nothing."""


class AnthropicModel:
    """A client of the SDK. Its own retries are off: the session knows how long it may wait.

    address: where it can be asked whether it answers at all; None where the API has no such question.
    """

    def __init__(self, make_client: Callable[[], Any], *, address: str | None = None, secret: str = "") -> None:
        self._make_client = make_client
        self._client: Any = None
        self._address = address
        self._secret = secret

    def turn(self, request: ModelRequest) -> Turn:
        """Asks once, within request.seconds, whatever the endpoint does."""
        import anthropic

        client = self._made()
        try:
            return read_answer(within(request.seconds, lambda: _create(client, request)), request.messages)
        except TooLate as error:
            # The abandoned call may still hold its connection; the next one gets a new client.
            self._client = None
            raise EndpointDown(str(error), may_have_cost=True) from error
        except (ValueError, AttributeError, TypeError, RecursionError) as error:
            # Not what the API promises: it counts as no answer, and it may have been paid for.
            raise ModelBusy(f"the answer could not be read: {type(error).__name__}", may_have_cost=True) from error
        except (anthropic.AnthropicError, *LOCAL) as error:
            # Not "from error": the SDK may quote the key, and a traceback would show it.
            raise translate_error(error, seconds=request.seconds, secret=self._secret) from None

    def check(self, model: str, seconds: float) -> None:
        """Whether the endpoint answers at all. For Bedrock the API has no such question, and nothing is asked."""
        if self._address is not None:
            require_answer(self._address, self._secret, model, seconds)

    def _made(self) -> Any:
        """The SDK's client, made when it is first asked."""
        if self._client is None:
            self._client = _made(self._make_client)
        return self._client


def open_model(settings: Settings, api_key: str | None) -> AnthropicModel:
    """The model that COMPANY_MODEL names; SettingsError for an unknown name."""
    if settings.company_model == "anthropic":
        # A key is always passed: without one the SDK would use the owner's profile.
        key = api_key or "none"
        address = settings.anthropic_base_url or "https://api.anthropic.com"
        return AnthropicModel(
            lambda: _sdk().Anthropic(api_key=key, base_url=address, max_retries=0, http_client=_http_client()),
            address=address,
            secret=api_key or "",
        )
    if settings.company_model == "bedrock":
        region = settings.bedrock_region or settings.aws_region
        if not region:
            raise SettingsError("Bedrock needs a region: set BEDROCK_REGION, or AWS_REGION as Lambda does")
        address = settings.anthropic_bedrock_base_url or f"https://bedrock-runtime.{region}.amazonaws.com"
        return AnthropicModel(
            lambda: _sdk().AnthropicBedrock(
                aws_region=region,
                base_url=address,
                max_retries=0,
                http_client=_http_client(),
            )
        )
    raise SettingsError(f"COMPANY_MODEL is {settings.company_model!r}; it can be book, anthropic or bedrock")


def _sdk() -> Any:
    import anthropic

    return anthropic


def _http_client() -> Any:
    """The SDK's own would follow a redirect to any host, and post the whole prompt there."""
    return _sdk().DefaultHttpxClient(follow_redirects=False)


def _made(make_client: Callable[[], Any]) -> Any:
    try:
        return make_client()
    except Exception as error:
        # A malformed address, a missing library: asking again does not help.
        raise ModelMisconfigured(f"the model's client cannot be made: {type(error).__name__}: {error}") from error


def _create(client: Any, request: ModelRequest) -> Any:
    """The answer's JSON. The SDK's own reading trusts what an endpoint sends, and sends all of it back."""
    import anthropic

    response = client.messages.with_raw_response.create(
        model=request.model,
        system=request.system,
        tools=request.tools,
        messages=request.messages,
        max_tokens=request.most_output,
        output_config={"effort": request.effort} if request.effort else anthropic.omit,
        timeout=anthropic.Timeout(request.seconds, connect=min(request.seconds, CONNECT_SECONDS)),
    )
    return response.http_response.json()
