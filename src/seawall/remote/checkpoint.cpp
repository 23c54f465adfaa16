#include "seawall/remote/checkpoint.h"

#include <algorithm>
#include <charconv>

#include "seawall/remote/remote_client.h"

namespace seawall {
namespace {

constexpr std::int64_t kNumberMax = 253'402'300'799;  // The end of the year 9999, in seconds.

tl::unexpected<Error> damaged() {
  return fail(
      Code::kInvalidInput,
      "the checkpoint is not one of this kind of remote; give the subscription another name to begin anew");
}

}  // namespace

Result<Checkpoint> Checkpoint::read(std::string_view kind, std::string_view text) {
  Checkpoint out(kind);
  if (text.empty()) return out;
  const bool ours = text.size() <= kCheckpointBytesMax && text.starts_with(kind) &&
                    text.substr(kind.size()).starts_with("?");
  if (!ours) return damaged();
  auto fields = query_of(text.substr(kind.size()));
  if (!fields) return damaged();
  for (auto& [name, value] : *fields) {
    if (out.get(name)) return damaged();
    out.fields_.emplace_back(std::move(name), std::move(value));
  }
  return out;
}

std::optional<std::string> Checkpoint::get(std::string_view name) const {
  const auto at = std::ranges::find(fields_, name, [](const auto& f) -> std::string_view { return f.first; });
  return at == fields_.end() ? std::nullopt : std::optional(at->second);
}

Result<std::optional<std::int64_t>> Checkpoint::number(std::string_view name) const {
  const auto text = get(name);
  if (!text) return std::optional<std::int64_t>();
  std::int64_t value = -1;
  const char* end = text->data() + text->size();
  const auto [at, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc{} || at != end || value < 0 || value > kNumberMax) return damaged();
  return std::optional(value);
}

Checkpoint& Checkpoint::set(std::string_view name, std::string value) {
  const auto at = std::ranges::find(fields_, name, [](const auto& f) -> std::string_view { return f.first; });
  if (at != fields_.end()) {
    at->second = std::move(value);
  } else {
    fields_.emplace_back(std::string(name), std::move(value));
  }
  return *this;
}

}  // namespace seawall
