"""Starts the real llama.cpp server; run by the interpreter that has llama-cpp-python[server], not by the tests' own.

    python tests/llama_server.py --model FILE.gguf --port 8080 --n_ctx 4096

The model's weights are kept as they are in memory: llama.cpp repacks them for the processor's matrix unit where it
seems to have one, and crashes on virtual machines that show it and do not grant it.
"""

import runpy
import sys

import llama_cpp


def _as_they_are() -> "llama_cpp.llama_model_params":
    params = given()
    params.use_extra_bufts = False
    return params


given = llama_cpp.llama_model_default_params

if __name__ == "__main__":
    llama_cpp.llama_model_default_params = llama_cpp.llama_cpp.llama_model_default_params = _as_they_are
    sys.path.pop(0)
    runpy.run_module("llama_cpp.server", run_name="__main__")
