#pragma once

#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <string_view>

namespace seawall {

/// One kind of remote: the table that drives the reading of settings, and docs/formats/subscriptions-toml.md.
struct Kind {
  std::string_view name;
  std::string_view url;     ///< The usual address; empty: it must be given.
  std::string_view format;  ///< The usual exchange format; empty: it must be given.
  bool needs_credentials = false;
  std::array<std::string_view, 3> credentials;  ///< Names in the credentials; empty ones are none.
  std::array<std::string_view, 2> options;      ///< Options of this kind alone; as above.

  [[nodiscard]] constexpr bool has(std::string_view option) const {
    return std::ranges::find(options, option) != options.end();
  }
};

inline constexpr std::array<Kind, 5> kKinds = {{
    {"ncmec", "", "ncmec-v2", true, {"user", "password", ""}, {"begin", "lag_s"}},
    {"stopncii",
     "https://api.stopncii.org/v1",
     "stopncii",
     true,
     {"functions_key", "subscription_key", "feedback_functions_key"},
     {"page_size", ""}},
    {"threatexchange",
     "https://graph.facebook.com/v21.0",
     "threatexchange",
     true,
     {"access_token", "", ""},
     {"privacy_group", "page_size"}},
    {"seawall", "", "seawall", false, {"token", "", ""}, {"public_key_file", ""}},
    {"file", "", "", false, {"token", "user", "password"}, {"public_key_file", "snapshot"}},
}};

[[nodiscard]] constexpr const Kind* find_kind(std::string_view name) {
  const auto* kind = std::ranges::find(kKinds, name, &Kind::name);
  return kind == kKinds.end() ? nullptr : kind;
}

/// "ncmec, stopncii, ..."
[[nodiscard]] inline std::string kind_names() {
  std::string names;
  for (const Kind& kind : kKinds) names.append(names.empty() ? "" : ", ").append(kind.name);
  return names;
}

}  // namespace seawall
