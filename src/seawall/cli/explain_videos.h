#pragma once

#include "seawall/cli/command.h"
#include "seawall/cli/open_media.h"

namespace seawall::cli {

/// What `explain` is asked about: a video that was met, and one that is listed, as a file or in a bank.
struct ExplainedVideos {
  std::string query_name;
  const OpenVideo* query = nullptr;
  std::string listed_name;            ///< The file's path, or the entry's id.
  const OpenVideo* listed = nullptr;  ///< Null: the entry `listed_name` of the bank.
  std::optional<std::string> bank{};  ///< Its folder.
};

/// Aligns the two as `match` would, and says where and why; with --html, draws it. Errors: the decoder's,
/// kNotFound (no such entry, or no video), those of writing the page.
Result<Outcome> explain_videos(const ExplainedVideos& videos, const Arguments& arguments, Console& console);

}  // namespace seawall::cli
