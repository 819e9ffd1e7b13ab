"""A Milvus server on this machine: Milvus Lite's own service, behind a door that asks for a token and may be slow."""

import time
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc

__all__ = ["Server", "serving"]


class _Door(grpc.ServerInterceptor):
    """Refuses what comes without the token, says which version it is, and waits where it is told to."""

    def __init__(self, server: "Server") -> None:
        self._server = server

    def intercept_service(self, continuation: Callable[[Any], Any], details: Any) -> Any:
        said = dict(details.invocation_metadata).get("authorization", "")
        self._server.calls.append(details.method.rsplit("/", 1)[-1])
        time.sleep(self._server.slow)
        if self._server.token and said != self._server.token:
            return grpc.unary_unary_rpc_method_handler(_refused)
        return continuation(details)


def _refused(_request: Any, context: Any) -> Any:
    context.abort(grpc.StatusCode.UNAUTHENTICATED, "auth check failure, please check api key is correct")


class Server:
    """A server that can be stopped and started again on the same port.

    Attributes:
        uri: Its address.
        token: What a client must send, in base 64; empty if nothing.
        slow: Seconds that each call waits.
        version: What it says it is; its own if empty.
        calls: Names of the calls so far.
    """

    def __init__(self, folder: Path, certificate: tuple[bytes, bytes] | None = None) -> None:
        self._folder, self._certificate = folder, certificate
        self.token, self.slow, self.version = "", 0.0, ""
        self.calls: list[str] = []
        self._port = 0
        self.start()

    @property
    def uri(self) -> str:
        return f"{'https' if self._certificate else 'http'}://localhost:{self._port}"

    def start(self) -> None:
        from milvus_lite.adapter.grpc.servicer import MilvusServicer
        from milvus_lite.db import MilvusLite
        from pymilvus.grpc_gen import milvus_pb2_grpc

        server = self

        class Versioned(MilvusServicer):
            def GetVersion(self, request: Any, context: Any) -> Any:
                said = super().GetVersion(request, context)
                said.version = server.version or said.version
                return said

        self._database = MilvusLite(str(self._folder))
        self._grpc = grpc.server(futures.ThreadPoolExecutor(max_workers=8), interceptors=[_Door(self)])
        milvus_pb2_grpc.add_MilvusServiceServicer_to_server(Versioned(self._database), self._grpc)
        address = f"localhost:{self._port}"
        if self._certificate:
            self._port = self._grpc.add_secure_port(address, grpc.ssl_server_credentials([self._certificate]))
        else:
            self._port = self._grpc.add_insecure_port(address)
        self._grpc.start()

    def stop(self) -> None:
        self._grpc.stop(grace=None).wait()
        self._database.close()


@contextmanager
def serving(folder: Path, certificate: tuple[bytes, bytes] | None = None) -> Iterator[Server]:
    """A server for as long as the block lasts.

    Args:
        folder: Where it keeps its data.
        certificate: Key and certificate (PEM), for TLS.
    """
    server = Server(folder, certificate)
    try:
        yield server
    finally:
        server.slow = 0.0
        server.stop()
