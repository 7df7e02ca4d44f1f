"""The course as a site: lessons with their stored outputs, exercises, the library and the instructor's guide as plain HTML.

    pages of the course --project.py--> a Sphinx project in one folder --build.py--> HTML that needs no other host

Nothing is run: what a lesson shows was computed when the lesson was built. Solutions are never read.
"""
