#pragma once

#include <filesystem>
#include <string>

#include "seawall/base/clock.h"
#include "seawall/doctor/finding.h"
#include "seawall/http/server.h"
#include "seawall/model/feed_item.h"
#include "seawall/service/settings.h"

namespace seawall {

/// What a store is, as far as it could be read.
struct StoreStand {
  ListVersion version;
  bool readable = false;
};

/// Opens the store: its schema against this build's, the chain of the newest thousand versions, and the clock
/// against its newest change. `whole`: also everything that check_store() recomputes (minutes for millions of
/// entries). Changes nothing.
[[nodiscard]] Findings check_store_of(const std::string& url, const Clock& clock, bool whole,
                                      StoreStand& stand);
/// Whether the access key is there, whole, and its owner's alone.
[[nodiscard]] Finding check_access_key(const ServiceSettings& settings);
/// Whether files can be made in the folder (or in the one that it would be made in), who else may look into
/// it, and how much is free there. Makes a file without a name and writes a page to it.
[[nodiscard]] Findings check_folder(const std::filesystem::path& folder);
/// For each listener with TLS: whether the files can be used together, and how long each certificate is
/// good: warns from 21 days before its end, fails from then on.
[[nodiscard]] Findings check_certificates(const ServiceSettings& settings, const Clock& clock);
/// Whether the other files that the settings name can be read.
[[nodiscard]] Findings check_named_files(const ServiceSettings& settings);
/// Decodes a picture of one pixel in a sandboxed process, as the service does. `worker_program`: empty, as
/// SandboxedDecoder finds it.
[[nodiscard]] Finding check_decoder(const std::string& worker_program);
/// Likewise for videos, with a video of one frame. A warning where it fails: pictures need none of it.
[[nodiscard]] Finding check_video_decoder(const std::string& worker_program);

}  // namespace seawall
