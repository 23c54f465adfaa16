#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "seawall/media_sandbox/sandboxed_video_decoder.h"
#include "seawall/service/streams_settings.h"
#include "seawall/stream_families/stream_families.h"
#include "seawall/streams/stream_desk.h"

namespace seawall {

/// The live streams of a service: their file, their sources, their decoders and the desk over all, on threads
/// and processes of their own, which yield to those that answer requests (StreamDesk::Options::nice).
/// Threads: any. Lifetime: borrows all parts.
class LiveStreams {
 public:
  struct Parts {
    const ClipIndex& clips;
    const ClipDirectory& directory;
    Notices& notices;
    const MasterKey& master;
    const Clock& clock;
    std::function<void(const Error&)> trouble;
  };
  /// `folder`: of the file. Errors: those of the settings, the file, the decoder (no video_worker), the
  /// sources.
  static Result<std::unique_ptr<LiveStreams>> open(const StreamsSettings& settings,
                                                   const std::filesystem::path& folder,
                                                   const std::vector<std::string>& refused_networks,
                                                   const Parts& parts);

  [[nodiscard]] StreamDesk& desk() { return *desk_; }
  [[nodiscard]] const Reach& reach() const { return reach_; }

 private:
  LiveStreams() = default;

  Reach reach_{.public_only = true};
  std::unique_ptr<SandboxedVideoDecoder> decoder_;
  std::unique_ptr<StreamStore> store_;
  std::unique_ptr<StreamFamilies> families_;
  std::unique_ptr<StreamDesk> desk_;  // Last: it uses all of the above.
};

/// Where streams may be. Errors: kInvalidInput.
Result<Reach> reach_of_streams(const StreamsSettings& settings,
                               const std::vector<std::string>& refused_networks);

}  // namespace seawall
