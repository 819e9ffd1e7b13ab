"""What is freed goes back to the system, and threads share their heaps: each tried in a process of its own."""

import subprocess
import sys

import pytest

from assistant.system.heap import _glibc

pytestmark = pytest.mark.skipif(_glibc() is None, reason="another C library than glibc")

FREED = """
import os, resource
from assistant.system.heap import give_back
def resident(): return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 1e6
held = [bytes(10_000) for _ in range(20_000)]
full = resident()
held = held[-1:]  # on top of the heap: what lies under it stays where it is
kept = resident()
give_back()
print(full, kept, resident())
"""

HEAPS = """
import ctypes, sys, threading
from assistant.system.heap import share
if sys.argv[1] == "shared":
    share()
held, all_there = [], threading.Barrier(12)
def work():
    all_there.wait()
    held.append([bytes(10_000) for _ in range(100)])
    all_there.wait()
threads = [threading.Thread(target=work) for _ in range(12)]
for thread in threads: thread.start()
for thread in threads: thread.join()
library = ctypes.CDLL("libc.so.6")
library.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(library.fopen(sys.argv[2].encode(), b"w"))
library.malloc_info(0, file)
library.fclose(file)
print(open(sys.argv[2]).read().count("<heap nr="))
"""


def said(script, *arguments):
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True)
    return [float(number) for number in done.stdout.split()]


def test_what_is_freed_is_given_back():
    full, kept, after = said(FREED)
    assert kept > full - 100  # else this shows nothing
    assert after < full - 150


def test_threads_share_two_heaps(tmp_path):
    [shared] = said(HEAPS, "shared", str(tmp_path / "shared.xml"))
    [apart] = said(HEAPS, "apart", str(tmp_path / "apart.xml"))
    assert shared <= 2 < apart
