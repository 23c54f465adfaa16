#include "seawall/tlog/proof_file.h"

#include "seawall/base/base64.h"
#include "seawall/tlog/detail/lines.h"

namespace seawall::tlog {
namespace {

constexpr std::string_view kFirstLine = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";
constexpr std::size_t kBytesMax = 2 * kNoteBytesMax;

tl::unexpected<Error> bad(const char* what) { return fail(Code::kInvalidInput, what); }

}  // namespace

Result<ProofFile> parse_proof_file(std::string_view text) {
  if (text.size() > kBytesMax) return fail(Code::kLimitExceeded, "a proof of more than 2 MiB");
  if (detail::take_line(text) != kFirstLine) return bad("not a proof of version c2sp.org/tlog-proof@v1");
  ProofFile file;
  auto line = detail::take_line(text);
  if (line && line->starts_with(kExtra)) {
    file.extra = detail::base64_in(line->substr(kExtra.size()));
    if (!file.extra) return bad("a proof's extra data is not base64");
    line = detail::take_line(text);
  }
  if (!line || !line->starts_with(kIndex)) return bad("a proof has no line of its index");
  const auto index = detail::decimal_in(line->substr(kIndex.size()));
  if (!index) return bad("a proof's index is not a decimal without leading zeros");
  auto proof = detail::take_hashes(text);
  if (!proof) return bad("a proof's hashes are not at most 63 lines of base64 and an empty one");
  SEAWALL_CHECK(parse_note(text));
  file.index = *index;
  file.proof = std::move(*proof);
  file.checkpoint = text;
  return file;
}

std::string print_proof_file(const ProofFile& file) {
  std::string text = std::string(kFirstLine) + "\n";
  if (file.extra) text.append(kExtra).append(to_base64(*file.extra)).append("\n");
  text.append(kIndex).append(std::to_string(file.index)).append("\n");
  for (const Hash& hash : file.proof) text += detail::hash_text(hash) + "\n";
  return text + "\n" + file.checkpoint;
}

Result<OpenedCheckpoint> verify_proof_file(const ProofFile& file, const Hash& leaf,
                                           const TrustedKeys& trusted) {
  SEAWALL_TRY(OpenedCheckpoint opened, open_checkpoint(file.checkpoint, trusted));
  const TreeHead& head = opened.checkpoint.head;
  SEAWALL_CHECK(verify_inclusion(leaf, file.index, head.size, file.proof, head.root));
  return opened;
}

}  // namespace seawall::tlog
