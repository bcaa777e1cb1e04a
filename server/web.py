"""The built app: its files, their caching, and the headers every answer carries."""

import mimetypes
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from litestar import MediaType, Request, Response, get

from server.errors import Refusal
from server.settings import Settings

# The one service worker; a script anywhere else never becomes one. Beside it, what stretches a vault's secret may work apart.
WORKER = "/sw.js"
PERMITTED = ("camera", "publickey-credentials-get", "publickey-credentials-create")
# What a browser would let a page ask for, as far as Chromium knows the name.
CLOSED = (
    "accelerometer", "bluetooth", "clipboard-read", "display-capture", "geolocation", "gyroscope", "hid", "idle-detection",
    "local-fonts", "magnetometer", "microphone", "midi", "payment", "serial", "usb", "window-management", "xr-spatial-tracking",
)  # fmt: skip


def headers_of(settings: Settings) -> dict[str, str]:
    """Return the headers of every answer."""
    scripts = (
        WORKER,
        *(f"/assets/{path.name}" for path in sorted(Path(settings.app_dir).glob("assets/stretch.worker-*.js"))),
    )
    workers = " ".join(f"{origin}{script}" for origin in _origins(settings) for script in scripts)
    policy = (
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self';"
        " img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self';"
        f" worker-src {workers}; base-uri 'none'; form-action 'self'; frame-ancestors 'none';"
        # Svelte's own policy makes its templates, ours the addresses of workers (device/scripts.ts).
        " require-trusted-types-for 'script'; trusted-types svelte-trusted-html onthaal"
    )
    https = {"Strict-Transport-Security": "max-age=63072000; includeSubDomains"} if settings.is_https else {}
    return https | {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": ", ".join([*(f"{one}=(self)" for one in PERMITTED), *(f"{one}=()" for one in CLOSED)]),
    }


def _origins(settings: Settings) -> list[str]:
    """Return where the app is opened: the public address; in development this machine by both its names."""
    parts = urlsplit(settings.public_url)
    origins = [f"{parts.scheme}://{parts.netloc}"]
    if not settings.is_production:
        origins += [f"http://{host}:{settings.port}" for host in ("localhost", "127.0.0.1")]
    return list(dict.fromkeys(origins))


mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("application/wasm", ".wasm")
mimetypes.add_type("font/woff2", ".woff2")
mimetypes.add_type("text/javascript", ".js")


class BuiltApp:
    """The files of the build, held in memory: a dozen of them, a few hundred kB."""

    def __init__(self, folder: Path) -> None:
        self.files: dict[str, tuple[bytes, str, str]] = {}
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if path.is_file() and not path.name.startswith("."):
                body = path.read_bytes()
                kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
                self.files["/" + path.relative_to(folder).as_posix()] = (
                    body,
                    kind,
                    f'"{sha256(body).hexdigest()[:20]}"',
                )

    def answer(self, path: str, if_none_match: str) -> Response[bytes]:
        """Return a file, 304 where the browser has it, or the app's page for any other path. Raises ``Refusal``."""
        found = path if path in self.files else "/index.html"
        if path.startswith("/api") or found not in self.files or (found != path and "." in path.rsplit("/", 1)[-1]):
            raise Refusal("not_found")
        body, kind, etag = self.files[found]
        hashed = found.startswith("/assets/")
        headers = {"ETag": etag, "Cache-Control": "public, max-age=31536000, immutable" if hashed else "no-cache"}
        # A proxy that compresses weakens what it passes on, and gets it back so.
        had = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        if had & {etag, "*"}:
            return Response(b"", status_code=304, headers=headers, media_type=kind)
        return Response(body, headers=headers, media_type=kind)


@get(["/", "/{path:path}"], include_in_schema=False, media_type=MediaType.TEXT)
async def app_files(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return a file of the app; as a service worker only the one there is."""
    if "service-worker" in request.headers and request.url.path != WORKER:
        raise Refusal("not_found")
    built: BuiltApp = request.app.state.built
    return built.answer(request.url.path, request.headers.get("if-none-match", ""))


HANDLERS = (app_files,)
