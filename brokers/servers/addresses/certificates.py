"""Certificates of servers, over amqps:// and rediss://. They are always checked, and so is the name of the host.

All client libraries use OpenSSL, so one variable of OpenSSL's names the file of a CA that the system does not know.
"""

from __future__ import annotations

import ssl

AUTHORITIES = "SSL_CERT_FILE"
OTHER_NAME = {62, 64}  # OpenSSL's codes: the certificate is of another host, or of another address


def why_refused(error: BaseException | None) -> str:
    """Return why the certificate of a server is not accepted, if that is the cause of an error; else nothing."""
    while error is not None and not isinstance(error, ssl.SSLCertVerificationError):
        error = error.__cause__ or error.__context__
    if error is None:
        return ""
    reason = f"its certificate is not accepted: {error.verify_message.rstrip('.')}"
    return reason if error.verify_code in OTHER_NAME else f"{reason}; {AUTHORITIES} names the file of its CA"


def checked(host: str | None) -> dict[str, object]:
    """Return kombu's options for a connection on which certificate and host are checked; by itself it checks neither.

    Args:
        host: as the user has typed it; kombu would take `localhost` for an address.
    """
    return {"cert_reqs": ssl.CERT_REQUIRED, "server_hostname": host}
