"""gst-rtsp-server with files as live streams: rtsp_server.py PORT METHOD USER PASSWORD [NAME=FILE...].

METHOD: none, basic or digest. A line on its output says that it listens. Ends with its input.
"""
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

METHODS = {"basic": GstRtsp.RTSPAuthMethod.BASIC, "digest": GstRtsp.RTSPAuthMethod.DIGEST}


def main():
    port, method, user, password, *files = sys.argv[1:]
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    if method in METHODS:
        auth = GstRtspServer.RTSPAuth()
        auth.set_supported_methods(METHODS[method])
        token = GstRtspServer.RTSPToken()
        token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "user")
        if method == "basic":
            auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
        else:
            auth.add_digest(user, password, token)
        server.set_auth(auth)
    for each in files:
        name, path = each.split("=", 1)
        codec = "265" if "hevc" in name else "264"
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(f"( filesrc location={path} ! qtdemux ! h{codec}parse config-interval=-1 ! "
                           f"rtph{codec}pay name=pay0 pt=96 )")
        factory.set_shared(True)
        if method in METHODS:
            permissions = GstRtspServer.RTSPPermissions()
            permissions.add_permission_for_role("user", GstRtspServer.RTSP_PERM_MEDIA_FACTORY_ACCESS, True)
            permissions.add_permission_for_role("user", GstRtspServer.RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, True)
            factory.set_permissions(permissions)
        server.get_mount_points().add_factory("/" + name, factory)
    server.attach(None)
    loop = GLib.MainLoop()
    threading.Thread(target=lambda: (sys.stdin.read(), loop.quit()), daemon=True).start()
    print("listens", flush=True)
    loop.run()


main()
