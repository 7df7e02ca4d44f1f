"""Answers that lean on what their question forbids, by every way that was thought of, and answers that do not."""

LIBRARY, SCIPY = "dlcourse.functional.sigmoid", "scipy.special.expit"
FORBIDDEN = (LIBRARY, SCIPY)

#: By name: the cells of an answer, and which of the two it calls.
WAYS: dict[str, tuple[list[str], str]] = {
    "by name": (["from dlcourse.functional import sigmoid", "def answer(z): return sigmoid(z)[0]"], LIBRARY),
    "by the package": (["import dlcourse as dl", "def answer(z): return dl.F.sigmoid(z)[0]"], LIBRARY),
    "by alias": (["from dlcourse.functional import sigmoid as s", "def answer(z): return s(z)[0]"], LIBRARY),
    "by a late import": (["def answer(z):\n    from scipy.special import expit\n    return expit(z)"], SCIPY),
    "by importlib": (["import importlib", "def answer(z): return importlib.import_module('scipy.special').expit(z)"], SCIPY),
    "by __import__": (["def answer(z): return __import__('dlcourse.functional', fromlist=['x']).sigmoid(z)[0]"], LIBRARY),
    "from sys.modules": (["import sys, scipy.special", "def answer(z): return sys.modules['scipy.special'].expit(z)"], SCIPY),
    "where it is made": (["def answer(z):\n    from scipy.special import _ufuncs\n    return _ufuncs.expit(z)"], SCIPY),
    "saved in an earlier cell": (["from scipy.special import expit", "saved = expit", "del expit\ndef answer(z): return saved(z)"], SCIPY),
    "in a closure": (["from scipy.special import expit", "def make():\n    f = expit\n    return lambda z: f(z)", "answer = make()"], SCIPY),
    "as a default": (["from scipy.special import expit", "def answer(z, f=expit): return f(z)"], SCIPY),
    "as a keyword default": (["from scipy.special import expit", "def answer(z, *, f=expit): return f(z)"], SCIPY),
    "in a partial": (["import functools\nfrom scipy.special import expit", "answer = functools.partial(expit)"], SCIPY),
    "as an argument of a partial": (["import functools\nfrom scipy.special import expit", "answer = functools.partial(lambda f, z: f(z), expit)"], SCIPY),
    "itself": (["from scipy.special import expit as answer"], SCIPY),
    "in a list": (["from scipy.special import expit", "tools = [expit]\ndef answer(z): return tools[0](z)"], SCIPY),
    "in a tuple in a tuple": (["from scipy.special import expit", "tools = (1, (expit,))\ndef answer(z): return tools[1][0](z)"], SCIPY),
    "in a dictionary": (["from scipy.special import expit", "tools = {'f': expit}\ndef answer(z): return tools['f'](z)"], SCIPY),
    "as a key": (["from scipy.special import expit", "tools = {expit: 1}\ndef answer(z): return next(iter(tools))(z)"], SCIPY),
    "in a set": (["from scipy.special import expit", "tools = {expit}\ndef answer(z): return next(iter(tools))(z)"], SCIPY),
    "in a frozen set": (["from scipy.special import expit", "tools = frozenset([expit])\ndef answer(z): return next(iter(tools))(z)"], SCIPY),
    "in an array of objects": (["import numpy as np\nfrom scipy.special import expit", "tools = np.array([expit, 1])\ndef answer(z): return tools[0](z)"], SCIPY),
    "in an attribute": (["from scipy.special import expit", "class T: pass\nt = T()\nt.f = expit\ndef answer(z): return t.f(z)"], SCIPY),
    "in a slot": (["from scipy.special import expit", "class T: __slots__ = ('f',)\nt = T()\nt.f = expit\ndef answer(z): return t.f(z)"], SCIPY),
    "in a class": (["from scipy.special import expit", "class T: f = staticmethod(expit)\ndef answer(z): return T.f(z)"], SCIPY),
    "as a bound method": (["from scipy.special import expit", "f = expit.__call__\ndef answer(z): return f(z)"], SCIPY),
    "in a generator at rest": (["from scipy.special import expit", "def run():\n    f = expit\n    z = yield\n    while True: z = yield f(z)\ng = run()\nnext(g)\ndef answer(z): return g.send(z)"], SCIPY),
    "in a map": (["from scipy.special import expit", "box = [0]\ndone = map(expit, (box[0] for _ in iter(int, 1)))\ndef answer(z):\n    box[0] = z\n    return next(done)"], SCIPY),
    "in a record": (["import numpy as np\nfrom scipy.special import expit", "tools = np.array([(expit, 1)], dtype=[('f', object), ('n', int)])\ndef answer(z): return tools[0]['f'](z)"], SCIPY),
    "as a ufunc of objects": (["import numpy as np\nfrom scipy.special import expit", "f = np.frompyfunc(expit, 1, 1)\ndef answer(z): return f(z).astype(float)"], SCIPY),
    "in a context": (["import contextvars\nfrom scipy.special import expit", "var = contextvars.ContextVar('var')\ncontext = contextvars.copy_context()\ncontext.run(var.set, expit)\ndef answer(z): return context[var](z)"], SCIPY),
    "pickled": (["import pickle\nfrom scipy.special import expit", "saved = pickle.dumps(expit)\ndef answer(z): return pickle.loads(saved)(z)"], SCIPY),
    "vectorized": (["import numpy as np\nfrom scipy.special import expit", "answer = np.vectorize(expit)"], SCIPY),
    "by another of the library's functions": (["import dlcourse.functional as F", "def answer(z): return F.silu(z)[0] / z"], LIBRARY),
    "wrapped": (["import functools\nfrom dlcourse.functional import sigmoid", "@functools.wraps(sigmoid)\ndef f(*a): return sigmoid(*a)\ndef answer(z): return f.__wrapped__(z)[0]"], LIBRARY),
    "copied as a function": (["import types\nfrom dlcourse.functional import sigmoid as s", "f = types.FunctionType(s.__code__, s.__globals__)\ndef answer(z): return f(z)[0]"], LIBRARY),
    "loaded again": (["import importlib, dlcourse.functional.activations as a", "old = a.sigmoid\nimportlib.reload(a)", "def answer(z): return old(z)[0]"], LIBRARY),
    "loaded again, the fresh copy": (["import importlib, dlcourse.functional.activations as a", "importlib.reload(a)\ndef answer(z): return a.sigmoid(z)[0]"], LIBRARY),
    "loaded from its file": (["import importlib.util as u, dlcourse.functional.activations as a", "spec = u.spec_from_file_location('mine', a.__file__)\nm = u.module_from_spec(spec)\nspec.loader.exec_module(m)\ndef answer(z): return m.sigmoid(z)[0]"], LIBRARY),
    "imported after it was forgotten": (["import sys, scipy.special\nfor name in [n for n in sys.modules if n.startswith('scipy.special')]: del sys.modules[name]", "from scipy.special import expit\ndef answer(z): return expit(z)"], SCIPY),
    "frozen out of the collector's sight": (["import gc\nfrom scipy.special import expit", "gc.freeze()\ndef answer(z): return expit(z)"], SCIPY),
    "put back": (["import scipy.special\nsaved = scipy.special.expit", "def answer(z):\n    scipy.special.expit = saved\n    return scipy.special.expit(z)"], SCIPY),
}  # fmt: skip

#: Undoing the block itself: works in a notebook, which is the learner's own, and not in grading.
UNDOING: dict[str, tuple[list[str], str]] = {
    "in a variable of a call that failed": (["from scipy.special import expit", "def fail():\n    f = expit\n    1 / 0\ntry: fail()\nexcept Exception as error: saved = error\ndef answer(z): return saved.__traceback__.tb_next.tb_frame.f_locals['f'](z)"], ""),
    "under another name in its module": (["import scipy.special", "scipy.special.mine, scipy.special.expit = scipy.special.expit, abs\ndef answer(z): return scipy.special.mine(z)"], SCIPY),
    "patching the seal": (["import dlcourse.checks.forbid as f, dlcourse.grading.seal as s\ns.seal = f.find = f.plan = s.plan = lambda *a: []", "from scipy.special import expit\ndef answer(z): return expit(z)"], SCIPY),
    "patching the collector": (["import gc\ngc.get_objects = gc.get_referents = lambda *a: []", "from scipy.special import expit\ndef answer(z): return expit(z)"], SCIPY),
    "patching the built-in functions": (["import builtins\nfrom scipy.special import expit\nbuiltins.id = builtins.vars = builtins.enumerate = lambda *a: ()", "def answer(z): return expit(z)"], SCIPY),
    "patching a class of ours": (["import gc, dlcourse.grading.pristine as p\np.Pristine.put_ours = lambda self: None\ngc.get_objects = lambda: []", "from scipy.special import expit\ndef answer(z): return expit(z)"], SCIPY),
    "other code in a function of ours": (["import dlcourse.checks.forbid as f\nf.plan.__code__ = (lambda *a: []).__code__", "from scipy.special import expit\ndef answer(z): return expit(z)"], SCIPY),
    "emptying our lists": (["import gc\nfor o in gc.get_objects():\n    if type(o).__name__ == 'Target':\n        for part in gc.get_referents(o):\n            if type(part) is list: part.clear()", "from scipy.special import expit\ndef answer(z): return expit(z)"], SCIPY),
    "patching another class of ours": (["import dlcourse.checks.references as r, dlcourse.checks.forbid as f\nr.Scene.parts = r.Place.put = r.Place.new = f.Target.things = property(lambda self: [])", "from scipy.special import expit\ndef answer(z): return expit(z)"], SCIPY),
    "walking the collector": (["import gc, numpy as np", "import scipy.special\ndef answer(z):\n    fs = [o for x in gc.get_objects() for o in gc.get_referents(x) if type(o) is np.ufunc and o.__name__ == 'expit']\n    import scipy.special\n    return (fs or [scipy.special.expit])[0](z)"], SCIPY),
    "saved code, made a function later": (["import types\nfrom dlcourse.functional import sigmoid as s", "code = s.__code__\ndef answer(z): return types.FunctionType(code, s.__globals__)(z)[0]"], LIBRARY),
    "saved code, put back": (["from dlcourse.functional import sigmoid as s", "code = s.__code__\ndef answer(z):\n    s.__code__ = code\n    return s(z)[0]"], ""),
    "loaded again inside the answer": (["import dlcourse.functional.activations as a", "def answer(z):\n    import importlib\n    importlib.reload(a)\n    return a.sigmoid(z)[0]"], LIBRARY),
    "imported again inside the answer": (["import scipy.special", "def answer(z):\n    import sys\n    for n in [n for n in sys.modules if n.startswith('scipy.special')]: del sys.modules[n]\n    from scipy.special import expit\n    return expit(z)"], SCIPY),
    "loaded from its file inside the answer": (["import importlib.util as u, dlcourse.functional.activations as a", "def answer(z):\n    spec = u.spec_from_file_location('mine', a.__file__)\n    m = u.module_from_spec(spec)\n    spec.loader.exec_module(m)\n    return m.sigmoid(z)[0]"], LIBRARY),
    "the extension loaded again": (["import importlib.machinery as m, importlib.util as u\nfrom scipy.special import _ufuncs", "def answer(z):\n    loader = m.ExtensionFileLoader('scipy.special._ufuncs', _ufuncs.__file__)\n    spec = u.spec_from_loader('scipy.special._ufuncs', loader)\n    x = u.module_from_spec(spec)\n    loader.exec_module(x)\n    return x.expit(z)"], SCIPY),
    "another Python": (["import subprocess, sys, numpy as np", "def answer(z):\n    code = f'from scipy.special import expit; print(*expit({z.tolist()}))'\n    return np.array(subprocess.check_output([sys.executable, '-c', code]).split(), float)"], ""),
}  # fmt: skip

#: Free use elsewhere, and what only looks like leaning.
HONEST: dict[str, list[str]] = {
    "its own": ["import numpy as np", "def answer(z): return 0.5 * (1 + np.tanh(z / 2))"],
    "of the same name": ["import numpy as np", "def sigmoid(z): return 1 / (1 + np.exp(-z))", "def answer(z): return sigmoid(z)"],
    "used in a cell": ["import numpy as np\nfrom scipy.special import expit\nimport dlcourse.functional as F", "assert np.allclose(expit(np.ones(2)), F.sigmoid(np.ones(2))[0])", "def answer(z): return 1 / (1 + np.exp(-z))"],
    "beside others of the module": ["import numpy as np\nfrom scipy.special import logit, softmax\nimport dlcourse.functional as F", "def answer(z): return F.tanh(z / 2)[0] / 2 + 0.5 + 0 * logit(0.5) + 0 * softmax(z)"],
    "with a late import": ["import numpy as np", "def answer(z):\n    import scipy.signal, dlcourse.sparsity\n    return 1 / (1 + np.exp(-z))"],
    "caught and done by hand": ["import numpy as np\nfrom scipy.special import expit", "def answer(z):\n    try: return expit(z)\n    except Exception: return 1 / (1 + np.exp(-z))"],
}  # fmt: skip
