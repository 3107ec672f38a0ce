"""
A Python that has imported already what takes seconds: `warm_python.py SOCKET MODULE…` makes a process of its own for
each call of `warm_client.py`, with the caller's arguments, environment, folder and standard files.
"""

import array
import atexit
import importlib
import json
import os
import runpy
import select
import signal
import socket
import sys


def main() -> None:
    place, *modules = sys.argv[1:]
    for name in modules:
        importlib.import_module(name)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"{place}.new")
    listener.listen(16)
    os.rename(f"{place}.new", place)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        caller, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            serve(caller)
        caller.close()


def serve(caller: socket.socket) -> None:
    """Says how the called program ended; a caller that is gone ends it."""
    child = os.fork()
    if child == 0:
        become(caller)
    caller.sendall(f"{child}\n".encode())
    ended = os.pidfd_open(child)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    poll.register(caller, select.POLLRDHUP)
    if ended not in [file for file, _ in poll.poll()]:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    caller.sendall(f"{os.waitstatus_to_exitcode(status)}\n".encode())
    os._exit(0)


def become(caller: socket.socket) -> None:
    code = 1
    try:
        call = receive(caller)
        caller.close()
        os.chdir(call["folder"])
        os.environ.clear()
        os.environ.update(call["environment"])
        sys.argv = call["arguments"]
        runpy.run_path(sys.argv[0], run_name="__main__")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        # What is imported cannot be taken apart in a process that has inherited it.
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def receive(caller: socket.socket) -> dict:
    files = array.array("i")
    text, messages, _, _ = caller.recvmsg(65536, socket.CMSG_SPACE(3 * files.itemsize))
    files.frombytes(messages[0][2])
    for number, file in enumerate(files):
        os.dup2(file, number)
        os.close(file)
    while not text.endswith(b"\n"):
        text += caller.recv(65536)
    return json.loads(text)


if __name__ == "__main__":
    main()
