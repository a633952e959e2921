"""The configuration of an nginx in front: what it answers alone, with which headers, and what it passes on (ADR 22)."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from stemsite.bodies import LARGEST, LARGEST_OF_READERS
from stemsite.serving import disk
from stemsite.serving.laying import headers_of_pages

FOR_EVER = "max-age=315360000, public, immutable"
"""Of static files whose name holds a hash of their content, as WhiteNoise says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What only the operator knows."""

    listen: str = "80"
    listen_tls: str = "443"
    certificate: str
    key: str
    brotli: bool = False
    """Whether this nginx has the module that gives ready-made .br files."""


def configuration(options: Options) -> str:
    """For the ``http`` part of nginx: /etc/nginx/conf.d/stemsite.conf."""
    servers = _plain_http(options) if settings.IS_TRIAL else _tls(options)
    return f"{_BEGINNING}{_shared()}{servers}"


_BEGINNING = """\
# Stemsite behind nginx 1.22 or later. Written by "manage.py nginx": make it anew after every upgrade and every change
# of settings.
"""


def _shared() -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.HOST, settings.HOST)  # noqa: S104
    host = f"[{host}]" if ":" in host else host
    return f"""
upstream stemsite {{ server {host}:{settings.PORT}; keepalive 64; }}

# Files are read through a name that ends by itself: all but the last two digits of the clock.
map $msec $stemsite_now {{ "~^(?<hundreds>[0-9]{{8}})" $hundreds; }}
# Only reading, and only without parameters; anything else finds no file.
map "$request_method$is_args" $stemsite_name {{ GET $stemsite_now; HEAD $stemsite_now; default none; }}
"""


def _plain_http(options: Options) -> str:
    return f"""
server {{
    listen {options.listen} default_server;
{_nobody()}}}
server {{
    listen {options.listen};
{_site(options)}}}
"""


def _tls(options: Options) -> str:
    certificate = f"    ssl_certificate {options.certificate};\n    ssl_certificate_key {options.key};"
    return f"""
server {{
    listen {options.listen} default_server;
{_nobody()}}}
server {{
    listen {options.listen_tls} ssl default_server;
    ssl_reject_handshake on;
{_nobody()}}}
server {{
    listen {options.listen};
    server_name {_hosts()};
    access_log off;
    return 301 {settings.SITE_URL}$request_uri;
}}
server {{
    listen {options.listen_tls} ssl http2;
{certificate}
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_session_cache shared:stemsite:10m;
    ssl_session_tickets off;
{_site(options)}}}
"""


def _site(options: Options) -> str:
    compressed = "gzip_static on;" + (" brotli_static on;" if options.brotli else "")
    given = headers_of_pages()
    content_type = given.pop("Content-Type")
    return f"""    server_name {_hosts()};
{_careful()}    log_not_found off;
    max_ranges 0;
    gzip off;
    gzip_proxied any;

    {_REFUSED}
    error_page 502 504 =503 @away;
    recursive_error_pages on;

    location / {{
{_passed_on()}
    }}
    location ^~ /admin/ {{
        client_max_body_size {LARGEST};
{_passed_on()}
    }}

    # Pages: the file of the present state, or else Stemsite.
    location ~ "^/(?:[a-z0-9_-]+/)*$" {{
        root {_quoted(f"{disk.names()}/$stemsite_name")};
        rewrite ^(.*)$ $1index.html break;
        {compressed}
        types {{ }} default_type "{content_type}";
        if_modified_since off;
        add_header Last-Modified "";
        add_header Vary Accept-Encoding;
{_lines(given)}
        error_page 403 404 405 500 = @stemsite;
        {_REFUSED}
    }}

    # Static files whose name holds a hash of what is in them.
    location ~ "^/static/(?<static>.+\\.[0-9a-f]{{12}}\\.[a-z0-9]+)$" {{
        alias {_quoted(f"{settings.STATIC_ROOT}/$static")};
        {compressed}
        types {{ {_TYPES} }} default_type application/octet-stream;
        charset utf-8; charset_types text/css text/javascript text/plain application/json image/svg+xml;
        add_header Vary Accept-Encoding;
{_lines({"Cache-Control": FOR_EVER, **_kept_for_files(given)})}
        error_page 403 404 405 500 = @stemsite;
    }}

    location @stemsite {{
{_passed_on("$request_uri")}
    }}
{_refusal()}    location @away {{
        default_type text/plain;
{_lines({"Cache-Control": "no-store", "Retry-After": "5", **_kept_for_files(given)}, " always")}
        return 503 "The site cannot answer at this moment. Please try again in a minute.\\n";
    }}
"""


def _nobody() -> str:
    """Whoever asks for another host, or for nothing that can be read, which nginx takes to be of the first server."""
    return f"""{_careful()}    {_REFUSED}
    location / {{
        return 444;
    }}
{_refusal()}"""


def _careful() -> str:
    """Some of it counts in the first server alone, before nginx knows which one is asked."""
    return f"""    server_tokens off;
    # A line with the address of a reader is a record of who reads about which disease: none is kept.
    access_log off;
    merge_slashes off;
    # Whoever sends or reads slowly waits here, and holds nothing of the site.
    client_header_timeout 10s;
    client_body_timeout 10s;
    send_timeout 20s;
    keepalive_timeout 60s;
    reset_timedout_connection on;
    client_max_body_size {LARGEST_OF_READERS};
"""


def _refusal() -> str:
    given = {"Cache-Control": "no-store", **_kept_for_files(headers_of_pages())}
    given.pop("Content-Type")
    return f"""    location = /-refused {{
        internal;
        default_type text/plain;
{_lines(given, " always")}
        return 200 "This request could not be read. It may be too large, or have come too slowly.\\n";
    }}
"""


_REFUSED = "error_page 400 408 413 414 431 494 /-refused;"

_TYPES = (
    "text/css css; text/javascript js mjs; text/plain txt; application/json json map; image/svg+xml svg; "
    "image/png png; image/jpeg jpg jpeg; image/webp webp; image/avif avif; image/gif gif; image/x-icon ico; "
    "font/woff2 woff2; application/pdf pdf;"
)


def _hosts() -> str:
    return " ".join(sorted(settings.ALLOWED_HOSTS))


def _passed_on(address: str = "") -> str:
    """``address`` where nginx has made another of what the reader asked for."""
    told = {
        "Host": "$http_host",
        "Connection": '""',
        "X-Forwarded-For": "$proxy_add_x_forwarded_for",
        "X-Forwarded-Proto": "$scheme",
    }
    lines = [
        f"proxy_pass http://stemsite{address};",
        "proxy_http_version 1.1;",
        "proxy_connect_timeout 5s;",
        *(f"proxy_set_header {name} {value};" for name, value in told.items()),
    ]
    return "\n".join(f"        {line}" for line in lines)


def _kept_for_files(given: dict[str, str]) -> dict[str, str]:
    """Without what speaks of the page itself."""
    return {name: value for name, value in given.items() if name != "Cache-Control"}


def _lines(headers: dict[str, str], always: str = "") -> str:
    return "\n".join(f"        add_header {name} {_quoted(value)}{always};" for name, value in headers.items())


def _quoted(text: str) -> str:
    return '"{}"'.format(text.replace("\\", "\\\\").replace('"', '\\"'))
