#include "seawall/service/body_fields.h"

#include <algorithm>

#include "seawall/json/json.h"
#include "seawall/model/time_text.h"

namespace seawall {

struct BodyFields::Impl {
  Json json;
  std::string at;  ///< "" or "/rate".
  std::vector<std::string> asked;

  Json* take(std::string_view name) {
    asked.emplace_back(name);
    const auto found = json.find(name);
    return found == json.end() ? nullptr : &*found;
  }
};

BodyFields::BodyFields(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

BodyFields::~BodyFields() = default;

BodyFields::BodyFields(BodyFields&& other) noexcept = default;

tl::unexpected<CallProblem> BodyFields::wrong(std::string_view name, std::string what) const {
  return refuse_at(impl_->at + "/" + std::string(name), std::move(what));
}

BodyFields::Read<BodyFields> BodyFields::of(std::string_view text, std::size_t bytes_max) {
  if (text.empty()) return refuse(ProblemKind::kInvalidInput, "this path needs a JSON object as its body");
  auto json = parse_json(text, bytes_max);
  if (!json) return tl::unexpected(CallProblem(json.error()));
  if (!json->is_object()) return refuse(ProblemKind::kInvalidInput, "the body must be a JSON object");
  auto impl = std::make_unique<Impl>();
  impl->json = *std::move(json);
  return BodyFields(std::move(impl));
}

BodyFields::Read<std::optional<std::string>> BodyFields::text(std::string_view name, std::size_t least,
                                                              std::size_t most) {
  const Json* value = impl_->take(name);
  if (value == nullptr) return std::nullopt;
  const bool fits = value->is_string() && value->get_ref<const std::string&>().size() >= least &&
                    value->get_ref<const std::string&>().size() <= most;
  if (fits) return value->get<std::string>();
  return wrong(name, std::to_string(least) + " to " + std::to_string(most) + " bytes of text are needed");
}

BodyFields::Read<std::string> BodyFields::required_text(std::string_view name, std::size_t least,
                                                        std::size_t most) {
  SEAWALL_TRY(auto value, text(name, least, most));
  if (value) return *std::move(value);
  return wrong(name, "this member is needed");
}

BodyFields::Read<Secret> BodyFields::required_secret(std::string_view name, std::size_t most) {
  Json* value = impl_->take(name);
  if (value == nullptr) return wrong(name, "this member is needed");
  if (!value->is_string()) return wrong(name, "a text is needed");
  auto& bytes = value->get_ref<std::string&>();
  const bool fits = !bytes.empty() && bytes.size() <= most;
  Secret secret(fits ? std::string_view(bytes) : std::string_view());
  wipe_bytes(bytes.data(), bytes.size());
  if (fits) return secret;
  return wrong(name, "1 to " + std::to_string(most) + " bytes of text are needed");
}

BodyFields::Read<std::optional<std::int64_t>> BodyFields::number(std::string_view name, std::int64_t least,
                                                                 std::int64_t most) {
  const Json* value = impl_->take(name);
  if (value == nullptr) return std::nullopt;
  // An unsigned number may be above what a signed one holds.
  const bool whole = value->is_number_integer() && (!value->is_number_unsigned() ||
                                                    value->get<std::uint64_t>() <= std::uint64_t{INT64_MAX});
  if (whole && value->get<std::int64_t>() >= least && value->get<std::int64_t>() <= most) {
    return value->get<std::int64_t>();
  }
  return wrong(name,
               "a whole number from " + std::to_string(least) + " to " + std::to_string(most) + " is needed");
}

BodyFields::Read<std::optional<Time>> BodyFields::time(std::string_view name) {
  constexpr std::size_t kTimeBytesMax = 40;
  SEAWALL_TRY(const auto value, text(name, 1, kTimeBytesMax));
  if (!value) return std::nullopt;
  const auto time = time_from_text(*value);
  if (time) return *time;
  return wrong(name, "a time is needed, such as 2026-11-22T03:04:05Z");
}

BodyFields::Read<std::optional<std::vector<std::string>>> BodyFields::texts(std::string_view name,
                                                                            std::size_t count_max,
                                                                            std::size_t bytes_max) {
  const Json* value = impl_->take(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_array() || value->empty() || value->size() > count_max) {
    return wrong(name, "a list of 1 to " + std::to_string(count_max) + " texts is needed");
  }
  std::vector<std::string> texts;
  for (const Json& element : *value) {
    const bool fits = element.is_string() && !element.get_ref<const std::string&>().empty() &&
                      element.get_ref<const std::string&>().size() <= bytes_max;
    if (!fits) return wrong(name, "each is a text of 1 to " + std::to_string(bytes_max) + " bytes");
    texts.push_back(element.get<std::string>());
    if (std::find(texts.begin(), texts.end() - 1, texts.back()) != texts.end() - 1) {
      return wrong(name, "each may stand there once");
    }
  }
  return texts;
}

BodyFields::Read<std::optional<BodyFields>> BodyFields::object(std::string_view name) {
  Json* value = impl_->take(name);
  if (value == nullptr) return std::nullopt;
  if (!value->is_object()) return wrong(name, "an object is needed");
  auto impl = std::make_unique<Impl>();
  impl->json = std::move(*value);
  impl->at = impl_->at + "/" + std::string(name);
  return std::optional(BodyFields(std::move(impl)));
}

BodyFields::Read<void> BodyFields::finish() const {
  for (const auto& member : impl_->json.items()) {
    if (std::ranges::find(impl_->asked, member.key()) != impl_->asked.end()) continue;
    // Its name is the caller's own text, and may be a secret in the wrong place.
    std::string names;
    for (const auto& name : impl_->asked) names.append(names.empty() ? "" : ", ").append(name);
    return refuse(ProblemKind::kInvalidInput,
                  "there is a member that this path does not know; it knows: " + names);
  }
  return {};
}

}  // namespace seawall
