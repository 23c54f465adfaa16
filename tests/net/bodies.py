"""The bodies' interfaces, one scenario a path: /s/<scenario>/<body>/..."""


def serve(request, scenario, names):
    request.answer(404)
