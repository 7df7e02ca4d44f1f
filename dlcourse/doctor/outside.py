"""What the course needs of the machine around it: a port to serve on, and a browser to look with."""

import errno
import os
import socket
import sys
import webbrowser
from itertools import count

from dlcourse.doctor.finding import Fault, Finding, Visit

USUAL = 8888  # JupyterLab's, if no port is wished for; where it is taken, JupyterLab takes the next


def port(visit: Visit) -> Finding:
    """Is the port free? One that was asked for must be; else the next one will do."""
    if visit.port is not None:
        return Finding(str(visit.port), tuple(filter(None, [wished(visit.port)])))
    taken = refusal(USUAL)
    if taken is None:
        return Finding(f"{USUAL} is free")
    if taken != errno.EADDRINUSE:
        return Finding(str(USUAL), (unreachable(taken),))
    other = next(number for number in count(USUAL + 1) if refusal(number) != errno.EADDRINUSE)
    return Finding(f"{USUAL} is taken{by_whom(USUAL)}; JupyterLab will use {other}")


def wished(number: int) -> Fault | None:
    """The fault of a port that was asked for, if it cannot be had."""
    refused = refusal(number)
    if refused is None:
        return None
    if refused == errno.EADDRINUSE:
        wrong = f"Port {number} is taken{by_whom(number) or ' by another program'}."
        return Fault(wrong, "end that program, or choose another port: dlcourse lab --port 0 takes any that is free")
    if refused in (errno.EACCES, errno.EPERM):
        return Fault(f"Port {number} may not be used by you.", "choose one above 1023, such as --port 8888")
    return unreachable(refused)


def unreachable(refused: int) -> Fault:
    """The fault of a machine that cannot be spoken to, not even by itself."""
    wrong = f"Nothing can be served on this machine's own address, localhost ({os.strerror(refused)})."
    return Fault(wrong, "see that the file `hosts` names localhost as 127.0.0.1")


def refusal(number: int) -> int | None:
    """Why a port cannot be served on, as an error's number; None if it can."""
    try:
        with socket.socket() as ours:
            if os.name == "posix":  # as JupyterLab does: a port that was served on a moment ago counts as free
                ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            ours.bind(("localhost", number))
    except OSError as error:
        return error.errno or errno.EADDRNOTAVAIL
    return None


def by_whom(number: int) -> str:
    """Who has a port, where Jupyter knows: a server of your own that still runs."""
    from jupyter_server.serverapp import list_running_servers

    servers = (server for server in list_running_servers() if server["port"] == number)
    return next((f" by a JupyterLab of yours, on {server['root_dir']}" for server in servers), "")


def browser(visit: Visit) -> Finding:
    """Is there a browser that can be opened from here? Without a screen none is wanted: JupyterLab prints its address."""
    if can_open_browser():
        return Finding(type(webbrowser.get()).__name__)
    if not has_screen():
        return Finding("no screen here: dlcourse lab prints an address, to open in any browser")
    wrong = "No browser is found, and there is a screen to show one."
    return Finding("none", (Fault(wrong, "install Firefox or Chromium; or open the address that dlcourse lab prints"),))


def has_screen() -> bool:
    """Is there a screen? On Linux it has a name; elsewhere there always is one."""
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def can_open_browser() -> bool:
    """Tell whether there is a browser, and a screen that it could open on."""
    if not has_screen():
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True
