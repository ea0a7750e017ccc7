"""What the functions of a desk are given: the template's parameters, their environment and their secrets."""

from collections.abc import Mapping

from company.aws.clients import login_parameter
from company.records import read_record
from watchbill.cloud.aws import LocalAws
from watchbill.cloud.runtime import FunctionSpec, Runtime
from watchbill.cloud.template.build import Deployment
from watchbill.desk.model_access import ModelAccess
from watchbill.desk.owners_secrets import kept_settings


def template_parameters(
    company: str, address: str, feed_urls: Mapping[str, str], model: ModelAccess | None
) -> dict[str, str]:
    """The parameters with which the template is deployed here; address: the brain's, without a login."""
    feeds = {f"FEED_{source.upper()}_URL": url for source, url in feed_urls.items()}
    settings = model.settings if model else {"COMPANY_MODEL": "book"}
    written = ";".join(f"{name}={value}" for name, value in {**settings, **feeds}.items())
    return {"Company": company, "BrainDsn": address, "Network": "lean", "Settings": written}


def runtime_of(
    deployment: Deployment, cloud: LocalAws, company: str, data_kind: str, model: ModelAccess | None
) -> Runtime:
    """The runtime of a company's functions; each has the password of its own login at its start."""
    environment = {
        "AWS_ENDPOINT_URL": cloud.endpoint_url,
        "SQL_DIR": str(deployment.sql_dir),
        "DESK": data_kind,
    }

    def secrets_for(spec: FunctionSpec) -> dict[str, str]:
        # The model's key only where the template gives the right to read it: to employees.
        is_employee = read_record(deployment.functions / spec.environment["ROLE"]).is_employee
        given = model.environment if model and is_employee else {}
        return _password_of(cloud, company, spec) | given

    return Runtime(
        deployment,
        environment=environment,
        at_start=secrets_for,
        libraries=libraries_for(model),
        imports_layers=True,
    )


def libraries_for(model: ModelAccess | None) -> tuple[str, ...]:
    """What functions import of the installed libraries beside what nearly all of them do."""
    return ("anthropic",) if model else ()


def _password_of(cloud: LocalAws, company: str, spec: FunctionSpec) -> dict[str, str]:
    """What AWS's layer for parameters would give to a starting function."""
    name = login_parameter(company, spec.environment["ROLE"])
    answer = cloud.client("ssm").get_parameter(Name=name, WithDecryption=True)
    kept = kept_settings(cloud, company, spec.environment)
    return {"BRAIN_PASSWORD": answer["Parameter"]["Value"], **kept}
