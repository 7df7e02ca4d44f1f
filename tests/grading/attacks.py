"""What two hundred strangers' notebooks may hold, and what must come of it.

An attack is a cell among right answers, or a wrong answer that wants to pass for a right one. `score` is what it ends
with (3 is full), `status` what the outcome may be called, `note` a piece of what the feedback says about it. FILE and
FOLDER, TCP and UDP, VICTIM are canaries: a file and its folder, two ports, a process, each open to whoever reaches it.
"""

from dataclasses import dataclass

ALL = ("full", "kernel", "namespaces", "process")
#: Where the system keeps a submission away from files, network and other processes.
WALLED = ALL[:3]
#: Where the system call filter stands as well.
FILTERED = ALL[:2]


@dataclass(frozen=True)
class Attack:
    """A cell between the answers (or the answer to the first question), and its outcome at the levels it is tried at."""

    name: str
    code: str
    score: float = 3.0
    status: str = "graded"  # "?" where the levels differ: then it is only known to have one
    note: str = ""
    levels: tuple[str, ...] = ALL
    answer: bool = False


def wrong(name: str, code: str, note: str = "", *, score: float = 1.0, status: str = "graded") -> Attack:
    """An answer to the first question that is worth nothing, while the second keeps its point."""
    return Attack(name, "import numpy as np\n" + code, score, status, note, answer=True)


TIME_AND_SPACE = [
    Attack("a loop without end", "while True: pass", status="timeout", note="ran longer than 1.5 seconds"),
    wrong("a function without end", "def twice(z):\n    while True: pass", "is there a loop that never ends", status="timeout"),
    Attack("sleeping", "import time; time.sleep(10**6)", status="timeout", note="ran longer than 1.5 seconds"),
    Attack("signals ignored, then a loop", "import signal\nfor s in (1, 2, 3, 14, 15, 24): signal.signal(s, signal.SIG_IGN)\nwhile True: pass",
           status="timeout", note="ran longer than 1.5 seconds"),
    Attack("a fork bomb", "import os\nwhile True: os.fork()", note="1 process and 64 threads"),
    Attack("a thread bomb", "import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(9,), daemon=True).start()",
           note="1 process and 64 threads"),
    Attack("a memory bomb", "hoard = []\nwhile True: hoard.append(bytearray(2**29))", note="1024 MB of memory"),
    Attack("one array too large", "import numpy as np; np.ones(10**10)", note="1024 MB of memory"),
    Attack("a gigabyte of output", "for _ in range(1000): print('x' * 10**6)", note="printed more than 20000 characters"),
    Attack("a file without end", "with open('big', 'wb') as f:\n    while True: f.write(bytes(2**20))", note="files of 2 MB"),
    Attack("files without number", "for i in range(10**6): open(f'{i}', 'w').close()", note="500 files", status="?"),
    Attack("a full disk", "for i in range(10**3):\n    with open(f'{i}', 'wb') as f: f.write(bytes(2**20))", status="?", note="8 MB of files"),
    Attack("files opened without end", "kept = []\nwhile True: kept.append(open('/dev/null'))", note="open files"),
]  # fmt: skip

ENDINGS = [
    Attack("sys.exit", "import sys; sys.exit(0)"),
    Attack("raise SystemExit", "raise SystemExit"),
    Attack("raise KeyboardInterrupt", "raise KeyboardInterrupt"),
    Attack("os._exit", "import os; os._exit(0)", status="crashed", note="ended Python itself"),
    wrong("os._exit in a function", "import os\ndef twice(z): os._exit(0)", "ended Python itself", status="crashed"),
    wrong("sys.exit in a function", "import sys\ndef twice(z): sys.exit(0)", "SystemExit"),
    Attack("a segmentation fault", "import ctypes; ctypes.string_at(1)", status="crashed", note="segmentation fault"),
    Attack("abort", "import os; os.abort()", status="crashed", note="crashed Python"),
    Attack("killing itself", "import os; os.kill(os.getpid(), 9)", status="?"),
    Attack("killing its parent", "import os; os.kill(os.getppid(), 9)"),
    Attack("killing its process group", "import os; os.killpg(0, 9)", status="?"),
    Attack("killing everyone", "import os; os.kill(-1, 9)", levels=WALLED),
    Attack("recursion to death", "def f(): f()\nf()", note="RecursionError"),
    wrong("recursion without a limit", "import sys\nsys.setrecursionlimit(10**9)\n"
          "class Deep:\n    def __add__(self, other): return self + other\ndef twice(z): return Deep() + z", status="?"),
    Attack("an exit hook that hangs", "import atexit, time; atexit.register(time.sleep, 10**6)"),
    Attack("a thread left behind", "import threading\ndef loop():\n    while True: pass\nthreading.Thread(target=loop).start()"),
    Attack("a child left behind", "import os\nif os.fork() == 0:\n    while True: pass", levels=("namespaces", "process")),
    Attack("closing every file", "import os; os.closerange(0, 256)", status="crashed"),
    Attack("replacing the program", "import os; os.execv('/bin/true', ['true'])", status="crashed"),
]  # fmt: skip

PRYING = [
    Attack("reading a file of the grader's", "print(open(FILE).read())", levels=WALLED),
    Attack("listing the grader's folder", "import os; print(os.listdir(FOLDER))", levels=WALLED),
    Attack("linking to a file", "import os; os.link(FILE, 'mine'); print(open('mine').read())", levels=WALLED),
    Attack("a symbolic link to a file", "import os; os.symlink(FILE, 'mine'); print(open('mine').read())", levels=WALLED),
    Attack("running a program that reads", "import subprocess; print(subprocess.run(['cat', FILE], capture_output=True, text=True).stdout)", levels=WALLED),
    Attack("the grader's environment", "import os; print(os.environ)"),
    Attack("the environment of other processes", "import glob\nfor p in glob.glob('/proc/[0-9]*/environ'):\n"
           "    try: print(open(p, errors='replace').read())\n    except OSError: pass", levels=WALLED),
    Attack("the grader's memory", "import gc\nfor o in gc.get_objects():\n    if type(o) is dict:\n        for v in o.values():\n            if type(v) is str and 'hidden-' + 'number' in v: print('found', v)"),
    Attack("the frames of its callers", "import sys\nf = sys._getframe()\nwhile f:\n    if 'hidden-' + 'number' in repr(f.f_locals) + repr(f.f_globals): print('found')\n    f = f.f_back"),
    Attack("connecting to the network", "import socket; socket.create_connection(('127.0.0.1', TCP), timeout=1)", levels=WALLED),
    Attack("sending to the network", "import socket\nwith socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s: s.sendto(b'x', ('127.0.0.1', UDP))", levels=WALLED),
    Attack("a note for the next submission", "import os\nfor place in ('/', '/dev', '/dev/shm', '/run', '/usr', '/var/tmp', '/home', os.path.expanduser('~root')):\n"
           "    try: open(place + '/note', 'w').close(); print('found a place')\n    except OSError: pass", levels=WALLED),
    Attack("tracing its parent", "import ctypes, os; c = ctypes.CDLL(None, use_errno=True)\nif c.ptrace(16, os.getppid(), 0, 0) == 0: open(FILE, 'w')", levels=WALLED),
]  # fmt: skip

DESTRUCTION = [
    Attack("deleting all it can", "import os, shutil\nshutil.rmtree(FOLDER, ignore_errors=True)\nos.remove(FILE)", levels=WALLED),
    Attack("writing over a file", "open(FILE, 'w').write('gone')", levels=WALLED),
    Attack("emptying a file by opening it", "import os; os.open(FILE, os.O_RDONLY | os.O_TRUNC)", levels=WALLED),
    Attack("emptying a file by its name", "import os; os.truncate(FILE, 0)", levels=WALLED),
    Attack("taking away a file's rights", "import os; os.chmod(FILE, 0)", levels=WALLED),
    Attack("dating a file back", "import os; os.utime(FILE, (0, 0))", levels=WALLED),
    Attack("renaming a file", "import os; os.rename(FILE, FILE + '2')", levels=WALLED),
    Attack("a new file beside it", "open(FILE + '2', 'w')", levels=WALLED),
    Attack("ending another process", "import os; os.kill(VICTIM, 9)", levels=WALLED),
    Attack("ending a process by a signal from a file", "import fcntl, os, socket\na, b = socket.socketpair()\nfcntl.fcntl(a, 10, 9)\n"
           "fcntl.fcntl(a, fcntl.F_SETOWN, VICTIM)\nfcntl.fcntl(a, fcntl.F_SETFL, os.O_ASYNC)\nb.send(b'x')", levels=WALLED),
    Attack("another process's limits", "import resource; resource.prlimit(VICTIM, resource.RLIMIT_NOFILE, (0, 0))", note="Error", levels=WALLED),
    Attack("new namespaces", "import ctypes\nprint('escaped' if ctypes.CDLL(None).unshare(0x10000000) == 0 else '')", levels=FILTERED),
]  # fmt: skip

YES = """
class Yes:
    shape, dtype, ndim = (3,), float, 1
    def __eq__(self, other): return True
    def __getattr__(self, name): return self
    def __call__(self, *args, **kwargs): return self
    def __iter__(self): return iter([self, self, self])
    def __float__(self): return 2.0
    def __array__(self, *args, **kwargs): return np.zeros(3)
"""
CHEATS = [
    wrong("an object that equals everything", YES + "def twice(z): return Yes()"),
    wrong("a list of such objects", YES + "def twice(z): return [Yes(), Yes(), Yes()]"),
    wrong("an array subclass", "class A(np.ndarray):\n    def __array_ufunc__(self, *a, **k): return True\n    def __eq__(self, o): return True\n"
          "    def __array_function__(self, *a, **k): return True\ndef twice(z): return np.zeros(z.shape).view(A)", "expected"),
    wrong("a float subclass", "class F(float):\n    def __eq__(self, o): return True\n    def __sub__(self, o): return 0.0\ndef twice(z): return F(1.0)", "expected shape"),
    wrong("NaN", "def twice(z): return z * np.nan", "entry [0] is nan"),
    wrong("infinity", "def twice(z): return z * np.inf", "entry [0] is inf"),
    wrong("an object array", "def twice(z): return np.array([None] * z.size, dtype=object)", "dtype object"),
    wrong("a gigantic answer", "def twice(z): return np.zeros(2**21)", "at most 8 MB"),
    wrong("a text", "def twice(z): return 'right'", "a string"),
    wrong("an array of texts", "def twice(z): return np.full(z.shape, 'right')", "expected numbers"),
    wrong("a shape that broadcasts", "def twice(z): return (2 * z)[:, None]", "shape"),
    wrong("a single number", "def twice(z): return 2.0", "expected shape"),
    wrong("a dictionary", "def twice(z): return {i: 2 * x for i, x in enumerate(z.ravel())}", "a dictionary"),
    wrong("an answer nested without end", "def twice(z):\n    a = []; a.append(a)\n    return a", "nested"),
    wrong("its input, changed in place", "def twice(z):\n    z *= 2\n    return z", "changes its input"),
    wrong("an answer that remembers", "seen = []\ndef twice(z):\n    seen.append(z)\n    return seen[-2] if len(seen) > 1 else z", "entry"),
    wrong("numpy, made to agree", "for name in ('allclose', 'isclose', 'array_equal', 'all', 'abs'): setattr(np, name, lambda *a, **k: True)\n"
          "np.testing.assert_allclose = lambda *a, **k: None\ndef twice(z): return z", "expected"),
    wrong("the tools of testing, made to agree", "import unittest, builtins, sys, types\nunittest.TestCase.assertEqual = lambda *a: None\n"
          "sys.modules['pytest'] = types.ModuleType('pytest')\nbuiltins.isinstance = lambda *a: True\ndef twice(z): return z", status="?"),
    wrong("the course's checks, made to agree", "import sys, dlcourse.checks\nc, e = sys.modules['dlcourse.checks.compare'], sys.modules['dlcourse.checks.expect']\nc.difference = lambda *a, **k: None\n"
          "e.expect.close_to = lambda *a, **k: None\ndef twice(z): return z", "expected"),
    wrong("time, made to stand still", "import time\ntime.monotonic = time.perf_counter = time.time = lambda: 0.0\ndef twice(z):\n    while True: pass", status="timeout"),
    wrong("an input transformer", "get_ipython().input_transformers_cleanup.append(lambda lines: ['pass'])\ndef twice(z): return z", score=1.0),
    wrong("junk in every open file", "import os\nfor fd in range(3, 256):\n    try: os.write(fd, b'{}' * 50)\n    except OSError: pass\ndef twice(z): return z", status="?"),
    wrong("a forged answer", "import os\nfrom dlcourse.grading.protocol import send\nclass Fd:\n    def __init__(self, n): self.n = n\n    def write(self, b): return os.write(self.n, b)\n    def flush(self): pass\n"
          "def twice(z):\n    for fd in range(3, 256):\n        try: send(Fd(fd), {'value': 2 * np.asarray(z) + 1, 'error': '', 'message': ''})\n        except OSError: pass\n    return z", status="?"),
]  # fmt: skip

ATTACKS = [*TIME_AND_SPACE, *ENDINGS, *PRYING, *DESTRUCTION, *CHEATS]
