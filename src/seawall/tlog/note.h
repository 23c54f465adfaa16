#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"

namespace seawall::tlog {

/// The longest signed note that is read, and the most signatures it may have. C2SP signed-note asks for at
/// least 16.
inline constexpr std::size_t kNoteBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kNoteSignaturesMax = 64;

/// One line of signature: who says that he signed, and with what. Proves nothing until it is verified.
struct NoteSignature {
  std::string name;  ///< Of the key. is_key_name() holds.
  std::uint32_t key_id = 0;
  std::string bytes;  ///< What follows the key id; 1 byte at least.
  friend bool operator==(const NoteSignature&, const NoteSignature&) = default;
};

/// A signed note, taken apart; nothing is verified yet (keys.h does that).
struct SignedNote {
  std::string text;  ///< With its last newline: what is signed.
  std::vector<NoteSignature> signatures;
  friend bool operator==(const SignedNote&, const SignedNote&) = default;
};

/// Not empty, UTF-8, without Unicode spaces, control characters and '+'.
[[nodiscard]] bool is_key_name(std::string_view name);

/// Whether `text` can be a note's: UTF-8 without ASCII control characters but newlines, ending in one.
[[nodiscard]] bool is_note_text(std::string_view text);

/// Reads a signed note strictly, and every signature line with it. Errors: kInvalidInput, kLimitExceeded.
/// Source: C2SP signed-note, "Format".
Result<SignedNote> parse_note(std::string_view note);

/// Reads lines of signatures without a note, as a witness answers them; at least one. Errors: as
/// parse_note().
Result<std::vector<NoteSignature>> parse_signature_lines(std::string_view lines);

/// "— name base64(key id || bytes)\n".
[[nodiscard]] std::string print_signature(const NoteSignature& signature);

/// The note as it travels. parse_note() of it is `note`, if its text is_note_text() and its names
/// is_key_name().
[[nodiscard]] std::string print_note(const SignedNote& note);

}  // namespace seawall::tlog
