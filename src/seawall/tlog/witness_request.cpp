#include "seawall/tlog/witness_request.h"

#include "seawall/tlog/detail/lines.h"
#include "seawall/tlog/note.h"

namespace seawall::tlog {
namespace {

constexpr std::string_view kOld = "old ";
constexpr std::size_t kBytesMax = 2 * kNoteBytesMax;

tl::unexpected<Error> bad(const char* what) { return fail(Code::kInvalidInput, what); }

}  // namespace

Result<WitnessRequest> parse_witness_request(std::string_view body) {
  if (body.size() > kBytesMax) return fail(Code::kLimitExceeded, "a request of more than 2 MiB");
  const auto line = detail::take_line(body);
  if (!line || !line->starts_with(kOld)) return bad("a request does not begin with its old size");
  const auto old_size = detail::decimal_in(line->substr(kOld.size()));
  if (!old_size) return bad("a request's old size is not a decimal without leading zeros");
  auto proof = detail::take_hashes(body);
  if (!proof) return bad("a request's hashes are not at most 63 lines of base64 and an empty one");
  SEAWALL_CHECK(parse_note(body));
  return WitnessRequest{*old_size, std::move(*proof), std::string(body)};
}

std::string print_witness_request(const WitnessRequest& request) {
  std::string body = std::string(kOld) + std::to_string(request.old_size) + "\n";
  for (const Hash& hash : request.proof) body += detail::hash_text(hash) + "\n";
  return body + "\n" + request.checkpoint;
}

}  // namespace seawall::tlog
