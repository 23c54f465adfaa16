#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "seawall/base/result.h"
#include "seawall/model/entry.h"
#include "seawall/model/list_bank.h"
#include "seawall/model/release.h"

namespace seawall {

// Every limit that the types of `model` state. Text is well-formed UTF-8 without control characters (U+0000
// to U+001F, U+007F); values of attributes may also hold tabs and line ends. A store refuses what fails here,
// so callers that want to name the record check before. Errors: kInvalidInput, never with the text itself.

/// At least one signal; qualities -1 to 100; tags sorted without repeats; attributes sorted by name.
Result<void> check_content(const EntryContent& content);
/// 1 to Entry::kKeyBytesMax bytes.
Result<void> check_key(std::string_view key);
/// `bank` but its id and version: names 1 to 200 bytes, purpose and owner 0 to 2,000, radius 0 to 256.
Result<void> check_bank(const ListBank& bank);
Result<void> check_source(const Source& source);
Result<void> check_authorship(const Authorship& by);
/// What an entry says beside its content: reason, radius, state.
Result<void> check_entry_settings(const Entry& entry);
/// 1 to 64 lower-case letters, digits and '_'.
Result<void> check_refusal_reason(std::string_view reason);

/// `text` made fit to keep, for records that were refused because they are malformed: cut to `bytes_max`
/// between characters, control characters as '?', bytes that are not UTF-8 as '?'.
[[nodiscard]] std::string clean_text(std::string_view text, std::size_t bytes_max);

}  // namespace seawall
