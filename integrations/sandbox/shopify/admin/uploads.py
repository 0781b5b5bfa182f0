"""Staged uploads: a place for a file, the form that fills it, and the file for whoever is told its address."""

import io
import secrets
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, request, send_file

from integrations.sandbox.shopify.admin.queries import Reader
from integrations.sandbox.shopify.store.fulfilling import Refused
from integrations.sandbox.shopify.world import World

_MOST_BYTES = 20 * 1024 * 1024


@dataclass
class Staged:
    """A place that was asked for; `policy` must come back with the file."""

    key: str
    policy: str
    method: str
    mime_type: str
    content: bytes | None = None


class UploadMutations(Reader):
    def staged_uploads_create(self, input: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: A002 - the API's own name
        try:
            targets = [self._staged(row, number) for number, row in enumerate(input)]
        except Refused as refusal:
            return {"staged_targets": None, "user_errors": [{"field": refusal.field, "message": str(refusal)}]}
        return {"staged_targets": targets, "user_errors": []}

    def _staged(self, row: dict[str, Any], number: int) -> dict[str, Any]:
        if row["resource"] in {"VIDEO", "MODEL_3D"} and not row.get("file_size"):
            raise Refused("File size is required", "input", str(number), "fileSize")
        if row["resource"] == "RETURN_LABEL" and row["mime_type"] not in {"application/pdf", "image/png", "image/jpeg"}:
            raise Refused("Mime type is not supported for return labels", "input", str(number), "mimeType")
        method = row.get("http_method") or "PUT"
        made = Staged(f"{secrets.token_hex(8)}/{row['filename']}", secrets.token_hex(16), method, row["mime_type"])
        self.held.staged[made.key] = made
        base = f"{self.world.shop_url(self.held)}/_uploads"
        fields = {"Content-Type": made.mime_type, "key": made.key, "policy": made.policy}
        shown = [{"name": name, "value": value} for name, value in fields.items()] if method == "POST" else []
        return {
            "url": base if method == "POST" else f"{base}/{made.key}?policy={made.policy}",
            "resource_url": f"{base}/{made.key}",
            "parameters": shown,
        }


def blueprint(world: World) -> Blueprint:
    files = Blueprint("uploads", __name__)

    def staged(domain: str, key: str, policy: str | None, method: str) -> Staged | None:
        found: Staged | None = world.room(domain).shop.staged.get(key)
        return found if found and found.policy == policy and found.method == method else None

    @files.post("/<domain>/_uploads")
    def fill(domain: str) -> tuple[str, int]:
        form, file = request.form, request.files.get("file")
        found = staged(domain, form.get("key", ""), form.get("policy"), "POST")
        if found is None or file is None or form.get("Content-Type") != found.mime_type:
            return "<Error><Code>AccessDenied</Code></Error>", 403
        found.content = file.read(_MOST_BYTES)
        return "", 201

    @files.put("/<domain>/_uploads/<path:key>")
    def put(domain: str, key: str) -> tuple[str, int]:
        found = staged(domain, key, request.args.get("policy"), "PUT")
        if found is None:
            return "<Error><Code>AccessDenied</Code></Error>", 403
        found.content = request.get_data()[:_MOST_BYTES]
        return "", 200

    @files.get("/<domain>/_uploads/<path:key>")
    def file(domain: str, key: str) -> Response | tuple[str, int]:
        found: Staged | None = world.room(domain).shop.staged.get(key)
        if found is None or found.content is None:
            return "<Error><Code>NoSuchKey</Code></Error>", 404
        return send_file(io.BytesIO(found.content), mimetype=found.mime_type)

    return files
