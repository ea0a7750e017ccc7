"""S3's objects in a snapshot: a row for each, and its bytes in a file of its own that is written once."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from company.json_values import JsonObject
from watchbill.cloud.aws import LocalAws


def read_objects(cloud: LocalAws, folder: Path) -> list[JsonObject]:
    """A row for each object of the cloud. The bytes of a new or changed one are stored before its row is."""
    (folder / "objects").mkdir(exist_ok=True)
    known = {(row["Bucket"], row["Key"]): row for row in _rows(folder)}
    found: list[JsonObject] = []
    for bucket in cloud.client("s3").list_buckets()["Buckets"]:
        for page in cloud.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket["Name"]):
            for item in page.get("Contents", []):
                row = known.get((bucket["Name"], item["Key"]))
                is_same = row is not None and row["etag"] == item["ETag"]
                found.append(row if row and is_same else _stored(cloud, folder, bucket["Name"], item))
    return found


def restore_objects(cloud: LocalAws, folder: Path, rows: list[JsonObject]) -> None:
    for row in rows:
        described = {part: row[part] for part in ("Bucket", "Key", "ContentType", "Metadata")}
        cloud.client("s3").put_object(Body=(folder / "objects" / row["file"]).read_bytes(), **described)


def remove_unlisted(folder: Path, rows: list[JsonObject]) -> None:
    """Removes the bytes of objects that were deleted or replaced; their rows are gone already."""
    listed = {row["file"] for row in rows}
    for path in (folder / "objects").iterdir():
        if path.name not in listed:
            path.unlink()


def replace_file(path: Path, text: str) -> None:
    """Replaces a file at once; for a folder that one process at a time writes to."""
    fresh = path.with_name(f"{path.name}.tmp")
    fresh.write_text(text, encoding="utf-8")
    fresh.replace(path)


def _stored(cloud: LocalAws, folder: Path, bucket: str, item: JsonObject) -> JsonObject:
    answer = cloud.client("s3").get_object(Bucket=bucket, Key=item["Key"])
    file = secrets.token_hex(8)
    (folder / "objects" / file).write_bytes(answer["Body"].read())
    described = {"ContentType": answer["ContentType"], "Metadata": answer["Metadata"]}
    return {"Bucket": bucket, "Key": item["Key"], "etag": item["ETag"], "file": file, **described}


def _rows(folder: Path) -> list[JsonObject]:
    try:
        return [json.loads(line) for line in (folder / "objects.json").read_text(encoding="utf-8").splitlines()]
    except FileNotFoundError:
        return []
