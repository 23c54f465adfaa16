"""A module for Synapse, the Matrix server: media that is listed is not stored, nor sent on.

homeserver.yaml:

    modules:
      - module: seawall_synapse.SeawallMedia
        config:
          address: "https://seawall.example"      # or unix:/run/seawall/http.sock
          key_file: /etc/matrix-synapse/seawall.key
          check: /usr/local/bin/seawall-check     # packaging/hooks/seawall-check
          fail_open: false

Hashes are computed on this machine, in a program of their own; media never leaves it. In end-to-end encrypted rooms the
server sees ciphertext: nothing there can be met. Guide: docs/howto/federated.md. Callback: check_media_file_for_spam
(Synapse 1.62 or later).
"""
import logging
import os
import subprocess

from synapse.module_api import NOT_SPAM
from synapse.module_api.errors import Codes

logger = logging.getLogger(__name__)
KNOWN = {"address", "key_file", "check", "fail_open", "timeout"}


class SeawallMedia:
    def __init__(self, config, api):
        self._config = config
        self._api = api
        api.register_spam_checker_callbacks(check_media_file_for_spam=self.check_media_file_for_spam)

    @staticmethod
    def parse_config(config):
        if unknown := set(config) - KNOWN:
            raise ValueError(f"seawall_synapse: unknown settings: {sorted(unknown)}")
        for name in ("address", "key_file", "check"):
            if not config.get(name):
                raise ValueError(f"seawall_synapse: {name} is missing")
        return {"timeout": 10.0, "fail_open": False, **config}

    async def check_media_file_for_spam(self, file_wrapper, file_info):
        """Called when a file, local or of another server, or its thumbnail, is about to be kept."""
        try:
            passes = await self._api.defer_to_thread(self._passes, file_wrapper.path)
        except Exception:  # Fail closed: Synapse must not take a fault of ours for "not spam".
            logger.exception("seawall-check could not be run")
            passes = bool(self._config["fail_open"])
        return NOT_SPAM if passes else Codes.FORBIDDEN

    def _passes(self, path):
        with open(self._config["key_file"], encoding="ascii") as file:
            key = file.read().strip()
        words = [self._config["check"], "--timeout", str(self._config["timeout"])]
        words += ["--fail-open"] if self._config["fail_open"] else []
        # One more time for the decoder, which has limits of its own.
        done = subprocess.run([*words, "--", path], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                              stderr=subprocess.PIPE, timeout=self._config["timeout"] + 60, check=False,
                              env={**os.environ, "SEAWALL_URL": self._config["address"], "SEAWALL_KEY": key})
        if done.returncode == 2:
            logger.error("%s", done.stderr.decode(errors="replace").strip())
        return done.returncode == 0
