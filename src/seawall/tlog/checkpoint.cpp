#include "seawall/tlog/checkpoint.h"

#include <algorithm>

#include "seawall/tlog/cosignature.h"
#include "seawall/tlog/detail/lines.h"

namespace seawall::tlog {
namespace {

constexpr std::size_t kExtensionsMax = 64;

tl::unexpected<Error> bad(const char* what) { return fail(Code::kInvalidInput, what); }

const VerifierKey* named_by(const NoteSignature& signature, std::span<const VerifierKey> keys) {
  const auto key =
      std::find_if(keys.begin(), keys.end(), [&](const VerifierKey& k) { return k.is_named_by(signature); });
  return key == keys.end() ? nullptr : &*key;
}

void add_witness(std::vector<SeenBy>& seen_by, const NoteSignature& signature) {
  const auto parts = parse_cosignature(signature.bytes);
  const std::uint64_t time_s = parts ? parts->time_s : 0;
  for (SeenBy& known : seen_by) {
    if (known.witness != signature.name) continue;
    known.time_s = std::max(known.time_s, time_s);
    return;
  }
  seen_by.push_back({signature.name, time_s});
}

}  // namespace

Result<Checkpoint> parse_checkpoint(std::string_view text) {
  if (!is_note_text(text)) return bad("a checkpoint is not lines of plain UTF-8");
  const auto origin = detail::take_line(text);
  const auto size_line = detail::take_line(text);
  const auto root_line = detail::take_line(text);
  if (!origin || !size_line || !root_line) return bad("a checkpoint has at least three lines");
  const auto size = detail::decimal_in(*size_line);
  const auto root = detail::hash_in(*root_line);
  if (origin->empty()) return bad("a checkpoint's origin is empty");
  if (!size) return bad("a checkpoint's size is not a decimal without leading zeros");
  if (*size > kSizeMax) return fail(Code::kLimitExceeded, "a log has at most 2^62 entries");
  if (!root) return bad("a checkpoint's root is not 32 bytes in base64");
  Checkpoint checkpoint{std::string(*origin), {*size, *root}, {}};
  while (const auto line = detail::take_line(text)) {
    if (line->empty()) return bad("a checkpoint has an empty line");
    if (checkpoint.extensions.size() == kExtensionsMax)
      return fail(Code::kLimitExceeded, "more than 64 extensions");
    checkpoint.extensions.emplace_back(*line);
  }
  return checkpoint;
}

std::string print_checkpoint(const Checkpoint& checkpoint) {
  std::string text = checkpoint.origin + "\n" + std::to_string(checkpoint.head.size) + "\n" +
                     detail::hash_text(checkpoint.head.root) + "\n";
  for (const std::string& line : checkpoint.extensions) text += line + "\n";
  return text;
}

Result<OpenedCheckpoint> open_checkpoint(std::string_view note, const TrustedKeys& trusted) {
  SEAWALL_TRY(const SignedNote parsed, parse_note(note));
  SEAWALL_TRY(Checkpoint checkpoint, parse_checkpoint(parsed.text));
  if (checkpoint.origin != trusted.origin) return fail(Code::kNotFound, "a checkpoint is of another log");
  std::vector<VerifierKey> known(trusted.log.begin(), trusted.log.end());
  known.insert(known.end(), trusted.witnesses.begin(), trusted.witnesses.end());
  SEAWALL_TRY(const auto verified, verify_note(parsed, known));
  OpenedCheckpoint opened{std::move(checkpoint), {}};
  bool log_signed = false;
  for (const std::size_t i : verified) {
    if (named_by(parsed.signatures[i], trusted.log) != nullptr) log_signed = true;
    if (named_by(parsed.signatures[i], trusted.witnesses) != nullptr)
      add_witness(opened.seen_by, parsed.signatures[i]);
  }
  if (!log_signed) return bad("no key of the log signed a checkpoint");
  if (opened.seen_by.size() < trusted.cosignatures_min) return bad("too few witnesses cosigned a checkpoint");
  return opened;
}

}  // namespace seawall::tlog
