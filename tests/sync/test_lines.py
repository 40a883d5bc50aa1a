"""The line of a station: certificates from any bytes, the pace that was measured, and trust that only grows beside the county's own."""

from __future__ import annotations

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mzdesk.clock import FixedClock
from mzdesk.errors import MzError
from sync import lines
from sync.transport import tls_context
from tests.sync import rig
from tests.ui.test_page_exchange_stick import authority

PEM = authority("office")


@given(
    raw=st.one_of(
        st.binary(max_size=2000),
        st.builds(lambda at, byte: PEM[:at] + bytes([byte]) + PEM[at + 1 :], st.integers(0, len(PEM) - 1), st.integers(0, 255)),
    )
)
def test_any_bytes_are_certificates_or_a_sentence(raw: bytes) -> None:
    try:
        found = lines.read_pem(raw)
    except MzError as error:
        assert error.field == "ca"
    else:
        assert 0 < len(found) <= lines.MAX_CERTIFICATES


def test_a_file_has_limits() -> None:
    with pytest.raises(MzError, match="文件太大"):
        lines.read_pem(b"x" * (lines.MAX_PEM + 1))
    with pytest.raises(MzError, match="证书太多"):
        lines.read_pem(PEM * (lines.MAX_CERTIFICATES + 1))


def test_an_added_certificate_is_trusted_beside_the_countys_and_nothing_is_switched_off() -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    county = x509.load_pem_x509_certificate(authority("county")).public_bytes(Encoding.DER)
    alone, both = tls_context(county), tls_context(county, PEM)
    assert (len(alone.get_ca_certs()), len(both.get_ca_certs())) <= (1, 2)
    assert both.cert_store_stats()["x509"] == alone.cert_store_stats()["x509"] + 1
    assert both.verify_mode == ssl.CERT_REQUIRED and both.check_hostname


@pytest.mark.parametrize("proxy", ["ftp://a:1", "http://", "http://a:99999", "10.0.0.1:80", "socks5://a:1", "http://[::1"])
def test_what_is_no_proxy_is_refused(proxy: str) -> None:
    with pytest.raises(MzError, match="代理地址不对"):
        lines.checked_proxy(proxy)


def test_the_pace_is_what_was_measured_and_grows_old(make_station: rig.Maker, clock: FixedClock) -> None:
    station = make_station()
    assert lines.rate_of(station) is None
    lines.keep_rate(station, lines.LEAST_MEASURED - 1, 1.0)
    assert lines.rate_of(station) is None
    lines.keep_rate(station, 10_000, 2.0)
    assert lines.rate_of(station) == 5000
    lines.keep_rate(station, 10_000, 10.0)
    assert lines.rate_of(station) == 3000
    clock.advance(hours=lines.RATE_HOURS + 1)
    assert lines.rate_of(station) is None
