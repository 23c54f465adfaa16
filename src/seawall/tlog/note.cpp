#include "seawall/tlog/note.h"

#include <algorithm>
#include <array>

#include "seawall/base/base64.h"
#include "seawall/json/text.h"
#include "seawall/tlog/detail/key_id.h"
#include "seawall/tlog/detail/lines.h"

namespace seawall::tlog {
namespace {

constexpr std::string_view kDash = "\xE2\x80\x94 ";  // Em dash, space.

// Unicode's White_Space beyond ASCII, as UTF-8.
constexpr std::array<std::string_view, 19> kWideSpaces{
    "\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x81",
    "\xE2\x80\x82", "\xE2\x80\x83", "\xE2\x80\x84", "\xE2\x80\x85", "\xE2\x80\x86",
    "\xE2\x80\x87", "\xE2\x80\x88", "\xE2\x80\x89", "\xE2\x80\x8A", "\xE2\x80\xA8",
    "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20; }

tl::unexpected<Error> bad(const char* what) { return fail(Code::kInvalidInput, what); }

Result<NoteSignature> parse_signature(std::string_view line) {
  if (!line.starts_with(kDash)) return bad("a line of signature does not begin with a dash and a space");
  line.remove_prefix(kDash.size());
  const std::size_t space = line.find(' ');
  if (space == line.npos || !is_key_name(line.substr(0, space)))
    return bad("a signature has no name of a key");
  const auto bytes = detail::base64_in(line.substr(space + 1));
  if (!bytes || bytes->size() <= 4) return bad("a signature is not a key id and bytes in base64");
  return NoteSignature{std::string(line.substr(0, space)), detail::key_id_in(*bytes), bytes->substr(4)};
}

}  // namespace

bool is_key_name(std::string_view name) {
  const auto has = [&](std::string_view space) { return name.find(space) != name.npos; };
  return !name.empty() && is_utf8(name) && std::none_of(name.begin(), name.end(), is_control) && !has(" ") &&
         !has("+") && std::none_of(kWideSpaces.begin(), kWideSpaces.end(), has);
}

bool is_note_text(std::string_view text) {
  return text.ends_with('\n') && is_utf8(text) &&
         std::none_of(text.begin(), text.end(), [](char c) { return is_control(c) && c != '\n'; });
}

Result<std::vector<NoteSignature>> parse_signature_lines(std::string_view lines) {
  if (lines.size() > kNoteBytesMax) return fail(Code::kLimitExceeded, "signatures of more than 1 MiB");
  if (!is_note_text(lines)) return bad("signatures are not lines of plain UTF-8");
  std::vector<NoteSignature> signatures;
  while (const auto line = detail::take_line(lines)) {
    if (signatures.size() == kNoteSignaturesMax) return fail(Code::kLimitExceeded, "more than 64 signatures");
    SEAWALL_TRY(NoteSignature signature, parse_signature(*line));
    signatures.push_back(std::move(signature));
  }
  return signatures;
}

Result<SignedNote> parse_note(std::string_view note) {
  if (note.size() > kNoteBytesMax) return fail(Code::kLimitExceeded, "a note of more than 1 MiB");
  if (!is_note_text(note)) return bad("a note is not lines of plain UTF-8");
  const std::size_t blank = note.rfind("\n\n");
  if (blank == note.npos) return bad("a note has no blank line before its signatures");
  SEAWALL_TRY(auto signatures, parse_signature_lines(note.substr(blank + 2)));
  return SignedNote{std::string(note.substr(0, blank + 1)), std::move(signatures)};
}

std::string print_signature(const NoteSignature& signature) {
  return std::string(kDash) + signature.name + " " +
         to_base64(detail::key_id_bytes(signature.key_id) + signature.bytes) + "\n";
}

std::string print_note(const SignedNote& note) {
  std::string text = note.text + "\n";
  for (const NoteSignature& signature : note.signatures) text += print_signature(signature);
  return text;
}

}  // namespace seawall::tlog
