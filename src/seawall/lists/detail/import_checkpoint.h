#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/lists/detail/key_set.h"
#include "seawall/model/list_ids.h"

namespace seawall::lists_detail {

/// Where an import stands in its input, kept with each step of its load.
struct ImportCheckpoint {
  BankId bank{};
  SourceId source{};
  std::uint64_t account = 0;  ///< Of who imports, hashed: nobody goes on in another one's name.
  bool snapshot = false;
  bool withdrawing = false;   ///< The input is read; keys that it lacks are being withdrawn.
  std::uint64_t records = 0;  ///< Read so far, refused ones too.
  KeyHash input{};            ///< Of all those, so that another input is noticed.
  EntryId after{};            ///< While withdrawing: entries up to this one are done.
  friend bool operator==(const ImportCheckpoint&, const ImportCheckpoint&) = default;
};

/// "1 bank source account snapshot withdrawing records input-a input-b after", decimal numbers.
[[nodiscard]] std::string to_text(const ImportCheckpoint& checkpoint);
/// Errors: kCorrupt unless to_text() wrote it.
Result<ImportCheckpoint> import_checkpoint_from_text(std::string_view text);

}  // namespace seawall::lists_detail
