"""Which HTTP status a code gets: one table. The words of a code stand in the app's texts."""

from litestar.exceptions import HTTPException

STATUS: dict[str, int] = {
    "bad_request": 400,
    "bad_value": 400,
    "weak_password": 400,
    "signed_out": 401,
    "revoked": 401,
    "wrong_password": 401,
    "wrong_code": 401,
    "wrong_passkey": 401,
    "code_needed": 401,
    "verify": 403,
    "set_up": 403,
    "not_allowed": 403,
    "cross_site": 403,
    "not_found": 404,
    "conflict": 409,
    "not_yet_known": 409,
    "code_used": 410,
    "code_late": 410,
    "too_large": 413,
    "wrong_type": 415,
    "protocol": 426,
    "too_many": 429,
    "internal": 500,
    "busy": 503,
}


class Refusal(HTTPException):
    """A request that is answered with a code of the table above."""

    def __init__(self, code: str, detail: str = "", *, headers: dict[str, str] | None = None) -> None:
        super().__init__(status_code=STATUS[code], detail=detail or code, headers=headers)
        self.code = code
