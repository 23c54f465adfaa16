#pragma once

#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/model/entry.h"

namespace seawall {

/// Appends the canonical form of `content`: bytes that are equal for equal content only, what digests are
/// made of and stores keep. Format: docs/formats/list-version.md. Any content has one, within limits or not.
void append_canonical(std::string& out, const EntryContent& content);

/// Reads what append_canonical() wrote, all of `bytes`. Nothing else is accepted: whatever this reads,
/// append_canonical() writes back byte for byte, and check_content() accepts.
/// Errors: kCorrupt.
Result<EntryContent> read_canonical(std::string_view bytes);

}  // namespace seawall
