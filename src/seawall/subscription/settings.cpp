#include "seawall/subscription/settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <set>

#include "seawall/net/url.h"
#include "seawall/subscription/detail/kinds.h"
#include "seawall/toml/toml.h"

namespace seawall {
namespace {

constexpr std::size_t kNameBytesMax = 100;

bool is_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= kNameBytesMax && std::ranges::all_of(text, allowed);
}

Result<void> read_into(TomlTable& table, std::string_view name, std::string& out) {
  SEAWALL_TRY(auto value, table.text(name));
  if (value) out = *std::move(value);
  return {};
}

Result<std::chrono::sys_days> day_from_text(std::string_view text) {
  const auto part = [text](std::size_t at, std::size_t count) {
    unsigned value = 0;
    const char* begin = text.data() + at;
    const auto [end, error] = std::from_chars(begin, begin + count, value);
    return error == std::errc{} && end == begin + count ? static_cast<int>(value) : -1;
  };
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') {
    const int year = part(0, 4);
    const auto day = std::chrono::year{year} / std::max(part(5, 2), 0) / std::max(part(8, 2), 0);
    if (year >= 1970 && day.ok()) return std::chrono::sys_days(day);
  }
  return fail(Code::kInvalidInput, "write a day from 1970 on, as in \"2010-01-01\"");
}

Result<void> read_general(TomlTable& table, SubscriptionSettings& out) {
  SEAWALL_TRY(out.name, table.required_text("name"));
  if (!is_name(out.name)) return table.wrong("name", "write letters, digits, '-' and '_' only, at most 100");
  SEAWALL_TRY(out.kind, table.required_text("kind"));
  if (find_kind(out.kind) == nullptr) return table.wrong("kind", "write one of " + kind_names());
  SEAWALL_TRY(out.bank, table.required_text("bank"));
  SEAWALL_CHECK(read_into(table, "tenant", out.tenant));
  SEAWALL_TRY(const auto every, table.text("every"));
  const auto interval = interval_from_text(every.value_or("15m"));
  if (!interval) return table.wrong("every", interval.error().message);
  out.interval = *interval;
  SEAWALL_TRY(const auto enabled, table.boolean("enabled"));
  out.enabled = enabled.value_or(true);
  SEAWALL_TRY(const auto release, table.text("release"));
  if (release && *release != "propose" && *release != "stage") {
    return table.wrong("release", "write \"propose\" or \"stage\"; people put a release in force");
  }
  out.stage = release == "stage";
  return {};
}

Result<void> read_address(TomlTable& table, const Kind& kind, SubscriptionSettings& out) {
  out.url = kind.url;
  SEAWALL_CHECK(read_into(table, "url", out.url));
  if (out.url.empty()) return table.wrong("url", "this option is needed; write url = \"https://...\"");
  const auto url = http_url_from_text(out.url);
  if (!url) return table.wrong("url", url.error().message);
  if (!url->https && !is_loopback(*url))
    return table.wrong("url", "write an address that begins with https://");
  out.format = kind.format;
  SEAWALL_CHECK(read_into(table, "format", out.format));
  if (out.format.empty()) return table.wrong("format", "write the name of an exchange format");
  return read_into(table, "ca_file", out.ca_file);
}

Result<void> read_credentials(TomlTable& table, const Kind& kind, SubscriptionSettings& out) {
  SEAWALL_CHECK(read_into(table, "credentials_file", out.credentials_file));
  SEAWALL_CHECK(read_into(table, "credentials_env", out.credentials_env));
  if (!out.credentials_file.empty() && !out.credentials_env.empty()) {
    return table.wrong("credentials_env", "write either this or credentials_file");
  }
  if (kind.needs_credentials && out.credentials_file.empty() && out.credentials_env.empty()) {
    return table.wrong("credentials_file", "this or credentials_env is needed for this kind");
  }
  return {};
}

Result<void> read_options(TomlTable& table, const Kind& kind, SubscriptionSettings& out) {
  if (kind.has("public_key_file")) SEAWALL_CHECK(read_into(table, "public_key_file", out.public_key_file));
  if (kind.name == "seawall" && out.public_key_file.empty()) {
    return table.wrong("public_key_file", "this option is needed: the issuer's public key as a PEM file");
  }
  if (kind.has("privacy_group")) {
    SEAWALL_TRY(out.privacy_group, table.required_text("privacy_group"));
  }
  if (kind.has("page_size")) {
    SEAWALL_TRY(const auto size, table.number("page_size", 1, 10'000));
    out.page_size = size.value_or(0);
  }
  if (kind.has("begin")) {
    SEAWALL_TRY(const auto text, table.text("begin"));
    const auto day = text ? day_from_text(*text) : Result<std::chrono::sys_days>(std::chrono::sys_days{});
    if (!day) return table.wrong("begin", day.error().message);
    out.begin = *day;
  }
  if (kind.has("lag_s")) {
    SEAWALL_TRY(const auto lag, table.number("lag_s", 0, 86'400));
    out.lag = std::chrono::seconds(lag.value_or(60));
  }
  if (kind.has("snapshot")) {
    SEAWALL_TRY(const auto snapshot, table.boolean("snapshot"));
    out.snapshot = snapshot.value_or(true);
  }
  return {};
}

Result<SubscriptionSettings> read_table(TomlTable& table) {
  SubscriptionSettings out;
  SEAWALL_CHECK(read_general(table, out));
  const Kind& kind = *find_kind(out.kind);
  SEAWALL_CHECK(read_address(table, kind, out));
  SEAWALL_CHECK(read_credentials(table, kind, out));
  SEAWALL_CHECK(read_options(table, kind, out));
  SEAWALL_CHECK(table.finish());
  return out;
}

Result<SubscriptionsFile> read_document(TomlDocument& document) {
  SEAWALL_TRY(auto tables, document.tables("subscription"));
  TomlTable root = document.root();
  root.expect("subscription");
  SubscriptionsFile out;
  SEAWALL_TRY(const auto folder, root.text("folder"));
  out.folder = folder.value_or("subscriptions");
  if (out.folder.empty()) return root.wrong("folder", "write where the subscriptions keep their folders");
  SEAWALL_CHECK(root.finish());
  if (tables.size() > kSubscriptionsMax) return fail(Code::kLimitExceeded, "more than 1000 subscriptions");
  std::set<std::string> names;
  for (TomlTable& table : tables) {
    SEAWALL_TRY(SubscriptionSettings settings, read_table(table));
    if (!names.insert(settings.name).second) return table.wrong("name", "another subscription has this name");
    out.subscriptions.push_back(std::move(settings));
  }
  return out;
}

}  // namespace

Result<std::chrono::seconds> interval_from_text(std::string_view text) {
  const auto wrong = [] {
    return fail(Code::kInvalidInput, "write a time such as \"90s\", \"15m\", \"6h\", \"1d\"");
  };
  constexpr std::string_view kUnits = "smhd";
  constexpr std::array<std::int64_t, 4> kSeconds = {1, 60, 3600, 86'400};
  if (text.size() < 2 || text.size() > 8) return wrong();
  const auto unit = kUnits.find(text.back());
  std::int64_t count = 0;
  const char* end = text.data() + text.size() - 1;
  const auto [at, error] = std::from_chars(text.data(), end, count);
  if (unit == std::string_view::npos || error != std::errc{} || at != end) return wrong();
  const std::chrono::seconds interval(count * kSeconds[unit]);
  if (interval < std::chrono::seconds(10) || interval > std::chrono::days(30)) {
    return fail(Code::kInvalidInput, "write a time from 10s to 30d");
  }
  return interval;
}

Result<SubscriptionsFile> subscriptions_from_toml(std::string_view text, std::string name) {
  SEAWALL_TRY(TomlDocument document, TomlDocument::from_text(text, std::move(name)));
  return read_document(document);
}

Result<SubscriptionsFile> subscriptions_from_file(const std::string& path) {
  SEAWALL_TRY(TomlDocument document, TomlDocument::from_file(path));
  SEAWALL_TRY(SubscriptionsFile file, read_document(document));
  const std::filesystem::path beside = std::filesystem::path(path).parent_path();
  const auto place = [&beside](std::string& named) {
    if (!named.empty()) named = (beside / named).string();
  };
  place(file.folder);
  for (SubscriptionSettings& settings : file.subscriptions) {
    for (std::string* named : {&settings.credentials_file, &settings.ca_file, &settings.public_key_file}) {
      place(*named);
    }
  }
  return file;
}

}  // namespace seawall
