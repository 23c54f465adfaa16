#include "seawall/api/access_asks.h"

#include <algorithm>

#include "seawall/base/hex.h"

namespace seawall {
namespace {

using Kind = JsonMember::Kind;

constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kNetworkBytesMax = 64;
constexpr std::size_t kPasswordBytesMax = 1'024;
constexpr std::size_t kCodeBytesMax = 64;

JsonValueReader why_into(std::string& why) { return text_into(why, 1, Authorship::kWhyBytesMax, true); }

/// Different texts. The place of a fault is the list's.
JsonValueReader names_into(std::vector<std::string>& into, std::size_t most, std::size_t bytes_max) {
  return [&into, most, bytes_max](JsonObjectReader& reader, const JsonMember& member) -> JsonRead<void> {
    const auto one = [&](JsonObjectReader& of, const JsonMember& element) -> JsonRead<void> {
      std::string name;
      if (auto read = text_into(name, 1, bytes_max)(of, element); !read) return read;
      if (std::ranges::find(into, name) != into.end()) return wrong_value("each may stand there once");
      into.push_back(std::move(name));
      return {};
    };
    auto read = array_of(1, most, one)(reader, member);
    if (!read) read.error().at.clear();
    return read;
  };
}

JsonValueReader scopes_into(ScopeSet& into) {
  return [&into](JsonObjectReader& reader, const JsonMember& member) -> JsonRead<void> {
    std::vector<std::string> names;
    const std::size_t most = all_scopes().size();
    if (auto read = names_into(names, most, kNetworkBytesMax)(reader, member); !read) return read;
    for (const std::string& name : names) {
      const auto scope = scope_named(name);
      if (!scope) {
        return wrong_value(
            "the scopes are: match, feedback, entries:read, banks:read, lists:write, observations:read, "
            "status, metrics, streams:read, streams:write");
      }
      into.add(*scope);
    }
    return {};
  };
}

JsonValueReader roles_into(RoleSet& into, std::size_t least) {
  return [&into, least](JsonObjectReader& reader, const JsonMember& member) -> JsonRead<void> {
    const auto one = [&](JsonObjectReader&, const JsonMember& element) -> JsonRead<void> {
      const auto role = element.kind == Kind::kString ? role_named(element.text) : std::nullopt;
      if (!role || into.has(*role)) {
        return wrong_value(
            "the roles, each once, are: viewer, reviewer, list_manager, administrator, overseer");
      }
      into.add(*role);
      return {};
    };
    return array_of(least, all_roles().size(), one)(reader, member);
  };
}

JsonValueReader rate_into(KeyRate& into) {
  return [&into](JsonObjectReader& reader, const JsonMember& member) -> JsonRead<void> {
    std::int64_t items = 0, per_s = 0;
    JsonFields fields;
    fields.optional("items", number_into(items, 1, 10'000'000))
        .optional("per_s", number_into(per_s, 1, 86'400));
    if (auto read = fields.read_member(reader, member); !read) return read;
    if (items == 0 || per_s == 0) return wrong_value("items and per_s are needed");
    into = {static_cast<std::uint32_t>(items), static_cast<std::uint32_t>(per_s)};
    return {};
  };
}

JsonValueReader sha256_into(Sha256& into) {
  return [&into](JsonObjectReader&, const JsonMember& member) -> JsonRead<void> {
    if (member.kind == Kind::kString && from_hex(member.text, into)) return {};
    return wrong_value("64 hex digits are needed");
  };
}

JsonValueReader secret_into(Secret& into, std::size_t most) {
  return [&into, most](JsonObjectReader&, const JsonMember& member) -> JsonRead<void> {
    const bool fits = member.kind == Kind::kString && !member.text.empty() && member.text.size() <= most;
    if (fits) into = Secret(member.text);
    // The text lies in the reader's own memory, which outlives it in the heap: it is zeroed there.
    if (member.kind == Kind::kString) wipe_bytes(const_cast<char*>(member.text.data()), member.text.size());
    if (fits) return {};
    return wrong_value("text of 1 to " + std::to_string(most) + " bytes is needed");
  };
}

template <class Ask>
JsonRead<Ask> read_with(JsonFields& fields, std::string_view body, Ask& ask) {
  JsonObjectReader reader;
  if (auto read = fields.read(reader, body); !read) return tl::unexpected(std::move(read).error());
  return std::move(ask);
}

}  // namespace

JsonRead<NewKeyAsk> new_key_from_json(std::string_view body) {
  NewKeyAsk ask;
  NewKey& key = ask.key;
  JsonFields fields;
  fields.required("name", text_into(key.name, 1, kNameBytesMax))
      .required("scopes", scopes_into(key.scopes))
      .required("expires", time_into(key.expires))
      .required("why", why_into(ask.why))
      .optional("rate", maybe_into(key.rate, rate_into))
      .optional("banks", names_into(key.banks, AccessKey::kBanksMax, kNameBytesMax))
      .optional("networks", names_into(key.networks, AccessKey::kNetworksMax, kNetworkBytesMax))
      .optional("certificate_sha256", maybe_into(key.certificate, sha256_into));
  return read_with(fields, body, ask);
}

JsonRead<RotateKeyAsk> rotate_key_from_json(std::string_view body) {
  RotateKeyAsk ask;
  std::int64_t overlap_s = ask.overlap.count();
  JsonFields fields;
  fields.required("why", why_into(ask.why))
      .optional("overlap_s", number_into(overlap_s, 0, KeyService::kOverlapMax.count()))
      .optional("expires", maybe_into(ask.expires, time_into));
  auto read = read_with(fields, body, ask);
  if (read) read->overlap = std::chrono::seconds(overlap_s);
  return read;
}

JsonRead<NewAccountAsk> new_account_from_json(std::string_view body) {
  NewAccountAsk ask;
  JsonFields fields;
  fields.required("account", text_into(ask.account, 1, kNameBytesMax))
      .required("password", secret_into(ask.password, kPasswordBytesMax))
      .required("roles", roles_into(ask.roles, 1))
      .required("why", why_into(ask.why));
  return read_with(fields, body, ask);
}

JsonRead<AlterAccountAsk> alter_account_from_json(std::string_view body) {
  AlterAccountAsk ask;
  JsonFields fields;
  fields.required("why", why_into(ask.why))
      .optional("roles", maybe_into(ask.roles, [](RoleSet& roles) { return roles_into(roles, 0); }))
      .optional("active", maybe_into(ask.active, flag_into));
  auto read = read_with(fields, body, ask);
  if (read && !read->roles && !read->active) return wrong_value("roles or active is needed");
  return read;
}

JsonRead<SignInAsk> sign_in_from_json(std::string_view body) {
  SignInAsk ask;
  JsonFields fields;
  fields.required("account", text_into(ask.account, 1, kNameBytesMax))
      .required("password", secret_into(ask.password, kPasswordBytesMax))
      .optional("totp", text_into(ask.code, 1, kCodeBytesMax))
      .optional("tenant", text_into(ask.tenant, 1, kNameBytesMax));
  return read_with(fields, body, ask);
}

}  // namespace seawall
