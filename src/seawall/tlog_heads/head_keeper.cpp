#include "seawall/tlog_heads/head_keeper.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include "seawall/base/hex.h"
#include "seawall/crypto/sha256.h"
#include "seawall/tlog_heads/detail/head_file.h"

namespace seawall {
namespace {

using Kind = HeadAnswer::Kind;

constexpr const char* kStaging = "next";

std::string file_of(std::string_view origin) { return to_hex(sha256_of(origin)) + ".head"; }

Result<void> check_origin(std::string_view origin) {
  const bool fits = !origin.empty() && origin.size() <= HeadKeeper::kOriginBytesMax;
  if (fits && origin.find('\n') == std::string_view::npos) return {};
  return fail(Code::kInvalidInput,
              "a log's origin is one line of 1 to " + std::to_string(HeadKeeper::kOriginBytesMax) + " bytes");
}

/// What speaks against the step, if anything.
Kind judge(const HeadStep& step, const tlog::TreeHead& known) {
  if (step.old_size > step.next.size) return Kind::kBackwards;
  if (step.old_size != known.size) return Kind::kStale;
  return tlog::verify_growth(known, step.next, step.proof) ? Kind::kAdvanced : Kind::kInconsistent;
}

}  // namespace

Result<std::unique_ptr<HeadKeeper>> HeadKeeper::open(durable::FileSystem& files) {
  SEAWALL_TRY(auto lock, files.lock("lock"));
  return std::unique_ptr<HeadKeeper>(new HeadKeeper(files, std::move(lock)));
}

Result<std::optional<KeptHead>> HeadKeeper::read(std::string_view origin) {
  const auto file = files_.open_read(file_of(origin));
  if (!file) {
    if (file.error().code == Code::kNotFound) return std::nullopt;
    return tl::unexpected(file.error());
  }
  const std::uint64_t size = (*file)->size_bytes();
  if (size > heads_detail::kFileBytesMax) return fail(Code::kCorrupt, "a kept head is too long");
  std::string bytes(size, '\0');
  SEAWALL_CHECK((*file)->read(0, std::as_writable_bytes(std::span(bytes))));
  SEAWALL_TRY(KeptHead head, heads_detail::parse_head_file(bytes, origin));
  return head;
}

Result<std::optional<KeptHead>> HeadKeeper::head(std::string_view origin) {
  SEAWALL_CHECK(check_origin(origin));
  const std::lock_guard lock(mutex_);
  return read(origin);
}

Result<HeadAnswer> HeadKeeper::advance(const HeadStep& step, Sign sign) {
  SEAWALL_CHECK(check_origin(step.origin));
  const std::lock_guard lock(mutex_);
  SEAWALL_TRY(const auto kept, read(step.origin));
  const tlog::TreeHead known = kept ? kept->tree : tlog::TreeHead{};
  HeadAnswer answer{.kind = judge(step, known), .known = known, .text = {}};
  if (answer.kind != Kind::kAdvanced) return answer;
  SEAWALL_TRY(answer.text, sign());
  if (answer.text.size() > kTextBytesMax) return fail(Code::kLimitExceeded, "the signed text is too long");
  const std::string bytes = heads_detail::print_head_file(step.origin, {step.next, answer.text});
  SEAWALL_CHECK(
      durable::replace_file(files_, kStaging, file_of(step.origin), std::as_bytes(std::span(bytes))));
  answer.known = step.next;
  return answer;
}

}  // namespace seawall
