"""The child side of `readers.sandbox`: lock the door, then parse. Reports lines of JSON on its standard output."""

import ctypes
import importlib
import json
import os
import platform
import resource
import struct
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from readers.disk import is_fault_of_the_file
from readers.sandbox import Job
from schemas.errors import FileRefused

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _PR_SET_PDEATHSIG, _SECCOMP_FILTER = 38, 22, 1, 2
_LOAD, _EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | 13
_OPEN_FILES = 256
_MACHINES: Mapping[str, tuple[int, tuple[int, ...]]] = {
    # audit architecture; socket, connect, sendto, bind, listen, accept, socketpair, accept4, execve, execveat, ptrace,
    # process_vm_readv, process_vm_writev, io_uring_setup, bpf
    "x86_64": (0xC000003E, (41, 42, 44, 49, 50, 43, 53, 288, 59, 322, 101, 310, 311, 425, 321)),
    "aarch64": (0xC00000B7, (198, 203, 206, 200, 201, 202, 199, 242, 221, 281, 117, 270, 271, 425, 280)),
}


def main(imports: Sequence[str] = ()) -> NoReturn:
    """Import that, wait for one job on standard input, do it and leave at once, whatever threads are still there."""
    report = _channel()
    for module in imports:
        importlib.import_module(module)
    job_text = sys.stdin.readline()  # a line, as another process may hold the other end open
    if not job_text:
        os._exit(0)
    job = Job.from_json(job_text)
    code = 0
    try:
        parse = _parser(job.parser)
        confine(job.limits.memory_bytes)
        reading = parse(job, lambda rows: report({"rows": rows}))
        report({"reading": reading.as_json()})
    except FileRefused as refused:
        report(
            {"refused": refused.code, "rows": refused.rows, "details": {k: str(v) for k, v in refused.details.items()}}
        )
    except MemoryError:
        report({"refused": "file.parser_memory", "rows": 0, "details": {"limit": job.limits.memory_bytes}})
    except OSError as wrong:
        report({"error": _said_of(wrong)} if is_fault_of_the_file(wrong) else {"failed": wrong.errno})
        code = 1
    except Exception as wrong:  # noqa: BLE001 - whatever a parser throws, its file is refused and the name of it kept
        report({"error": _said_of(wrong)})
        code = 1
    os._exit(code)


def _said_of(wrong: Exception) -> str:
    return f"{type(wrong).__name__} {_place(wrong)}"


def _place(wrong: BaseException) -> str:
    """Module and line where it went wrong: no text of the exception, which may quote the file."""
    trace = wrong.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"  # noqa: PTH119


def _channel() -> Callable[[Mapping[str, Any]], None]:
    """A private copy of standard output, so that a library that prints disturbs nothing."""
    out = os.dup(1)
    os.dup2(2, 1)

    def report(message: Mapping[str, Any]) -> None:
        data = json.dumps(message).encode() + b"\n"
        while data:
            data = data[os.write(out, data) :]

    return report


def _parser(name: str) -> Callable[[Job, Callable[[int], None]], Any]:
    module, function = name.split(":")
    found: Callable[[Job, Callable[[int], None]], Any] = getattr(importlib.import_module(module), function)
    return found


def confine(memory_bytes: int) -> None:
    """From here on: no network, no new programs, no more address space than this, no core dump, few open files."""
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl(_PR_SET_PDEATHSIG, 9, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _lower(resource.RLIMIT_AS, _address_space() + memory_bytes)
    _close_network(library)
    sys.addaudithook(_refuse_network)


def _lower(limit: int, value: int) -> None:
    _, hard = resource.getrlimit(limit)
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(limit, (value, value))


def _address_space() -> int:
    with open("/proc/self/statm", encoding="ascii") as source:  # noqa: PTH123 - before the limits, as little as can be
        return int(source.read().split()[0]) * resource.getpagesize()


def _close_network(library: ctypes.CDLL) -> None:
    """A seccomp filter: the kernel answers EACCES to sockets and to starting programs. Source: seccomp(2)."""
    machine = _MACHINES.get(platform.machine())
    if machine is None:
        return
    architecture, calls = machine
    code = [_step(_LOAD, 4), _jump(architecture, 0, 1), _step(_LOAD, 0)]
    code[1:2] = [_jump(architecture, 1, 0), _step(_RETURN, _ALLOW)]
    code += [part for call in calls for part in (_jump(call, 0, 1), _step(_RETURN, _REFUSE))]
    code.append(_step(_RETURN, _ALLOW))
    filters = ctypes.create_string_buffer(b"".join(code))
    program = struct.pack("HxxxxxxP", len(code), ctypes.addressof(filters))
    library.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    library.prctl(_PR_SET_SECCOMP, _SECCOMP_FILTER, ctypes.create_string_buffer(program), 0, 0)


def _step(code: int, value: int) -> bytes:
    return struct.pack("HBBI", code, 0, 0, value)


def _jump(value: int, if_equal: int, if_not: int) -> bytes:
    return struct.pack("HBBI", _EQUAL, if_equal, if_not, value)


def _refuse_network(event: str, _: tuple[Any, ...]) -> None:
    """A second lock, for machines whose kernel has no such filter."""
    if event.startswith(("socket.", "subprocess.", "os.exec", "os.posix_spawn", "os.system", "os.fork")):
        raise PermissionError(event)
