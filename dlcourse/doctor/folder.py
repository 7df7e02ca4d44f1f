"""The course folder: is there one, and is it as new as the course that is installed?"""

from dlcourse.course import outdated
from dlcourse.doctor.finding import Fault, Finding, Visit, command


def folder(visit: Visit) -> Finding:
    """Compare what was given to the learner with what the course gives now."""
    if visit.folder is None:
        return Finding("none here; make one with: dlcourse start my-course")
    old = outdated(visit.folder)
    if not old:
        return Finding(str(visit.folder))
    files = "1 file" if len(old) == 1 else f"{len(old)} files"
    wrong = f"{visit.folder} is older than the course that is installed: {files} changed, such as {old[0]}."
    return Finding(str(visit.folder), (Fault(wrong, command("dlcourse", "start", str(visit.folder))),))
