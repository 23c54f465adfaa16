#include "seawall/statement/roster.h"

#include <algorithm>
#include <array>

#include "seawall/base/hex.h"
#include "seawall/statement/members.h"

namespace seawall {
namespace {

constexpr std::string_view kKind = "roster";
constexpr std::size_t kRawPublicKeyMax = 256;
constexpr std::size_t kCustodiansMin = 2;

struct WhatName {
  RosterChange::What what;
  std::string_view name;
};
constexpr std::array<WhatName, 4> kWhats{{{RosterChange::What::kAdd, "add"},
                                          {RosterChange::What::kReplaceKey, "replace-key"},
                                          {RosterChange::What::kSetRoles, "set-roles"},
                                          {RosterChange::What::kWithdraw, "withdraw"}}};

Json to_json(const PersonRoles& roles) {
  std::set<std::string_view> names;
  for (const PersonRole role : roles) names.insert(name_of(role));
  return names;
}

PersonRoles roles_in(Members& members) {
  PersonRoles roles;
  for (const std::string& name : members.texts("roles", all_person_roles().size(), 32)) {
    const auto role = person_role_named(name);
    if (role) {
      roles.insert(*role);
    } else {
      members.refuse("member roles holds what is no role");
    }
  }
  if (roles.empty()) members.refuse("member roles is empty");
  return roles;
}

PersonPublicKey key_in(Members& members) {
  const auto key = person_public_key_from(members.text("key", kRawPublicKeyMax));
  if (!key) members.refuse("member key is no person's public key");
  return key.value_or(PersonPublicKey{});
}

void skip_what_all_statements_have(Members& members) {
  for (const char* name : {"at", "kind", "signers"}) members.take_rest(name);
}

Result<std::vector<RosterRow>> founders_from(const SignedStatement& statement) {
  Members members(statement.body());
  skip_what_all_statements_have(members);
  const bool first = members.text("action", 16) == "first";
  members.number("n", 0, 0);
  std::vector<RosterRow> rows;
  for (const Json& one : members.array("people", Roster::kFoundersMax)) {
    Members person(one);
    rows.push_back({.key = key_in(person), .roles = roles_in(person), .from = statement.at()});
    SEAWALL_CHECK(person.done("a person of the roster's first statement"));
  }
  SEAWALL_CHECK(members.done("the roster's first statement"));
  if (!first) return fail(Code::kInvalidInput, "a roster begins with its first statement, the ceremony");
  return rows;
}

/// Everybody once, and each custodian a signer, and nobody else.
Result<void> check_founders(std::span<const RosterRow> rows, const SignedStatement& statement) {
  std::set<std::string_view> names;
  std::size_t custodians = 0;
  for (const RosterRow& row : rows) {
    if (!names.insert(row.key.name).second)
      return fail(Code::kInvalidInput, row.key.name + " is named twice");
    if (!row.roles.contains(PersonRole::kCustodian)) continue;
    ++custodians;
    const StatementSigner wanted{row.key.name, PersonRole::kCustodian};
    if (std::ranges::find(statement.signers(), wanted) == statement.signers().end())
      return fail(Code::kInvalidInput,
                  "each custodian signs the first statement; " + row.key.name + " is not to");
  }
  if (custodians < kCustodiansMin)
    return fail(Code::kInvalidInput, "a roster begins with two custodians or more");
  if (custodians == statement.signers().size()) return {};
  return fail(Code::kInvalidInput, "the first statement is signed by its custodians and by nobody else");
}

Result<RosterChange> change_from(const SignedStatement& statement) {
  Members members(statement.body());
  skip_what_all_statements_have(members);
  const std::string action = members.text("action", 16);
  const auto what = std::ranges::find(kWhats, action, &WhatName::name);
  if (what == kWhats.end())
    return fail(Code::kInvalidInput, "a change of the roster that this version has not");
  RosterChange change{.what = what->what, .person = members.text("person", kPersonNameBytesMax)};
  using What = RosterChange::What;
  if (change.what == What::kAdd || change.what == What::kReplaceKey) change.key = key_in(members);
  if (change.what == What::kAdd || change.what == What::kSetRoles) change.roles = roles_in(members);
  if (change.what == What::kAdd) change.until = members.optional_time("until");
  members.number("n", 1, Roster::kStatementsMax);
  members.text("previous", 64);
  SEAWALL_CHECK(members.done("a change of the roster"));
  return change;
}

Json to_json(const RosterChange& change) {
  Json json;
  json["action"] = std::ranges::find(kWhats, change.what, &WhatName::what)->name;
  json["person"] = change.person;
  if (change.key) json["key"] = to_text(*change.key);
  if (!change.roles.empty()) json["roles"] = to_json(change.roles);
  if (change.until) json["until"] = second_text(*change.until);
  return json;
}

tl::unexpected<Error> wrong(std::string message) { return fail(Code::kInvalidInput, std::move(message)); }

/// Whether the signature is by that key. `message`: SignedStatement::signed_bytes().
bool verifies(const PersonPublicKey& key, std::string_view message, const StatementSignature& signature) {
  const auto verifying = VerifyingKey::from_raw(key.key);
  return id_of(key) == signature.key && verifying && verifying->verifies(message, signature.signature);
}

}  // namespace

std::string to_text(const PersonRoles& roles) {
  std::string text;
  for (const PersonRole role : roles) text.append(text.empty() ? "" : ", ").append(name_of(role));
  return text;
}

Result<Roster> Roster::from_text(std::string_view text) {
  if (text.size() > kStatementsMax * kStatementBytesMax)
    return fail(Code::kLimitExceeded, "a roster of over 256 MiB");
  Roster roster;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1);
    const auto within = [&](Error error) {
      return tl::unexpected(std::move(error).within("statement " + std::to_string(line) + " of the roster"));
    };
    const auto statement = SignedStatement::from_text(text.substr(0, end + 1));
    if (!statement) return within(statement.error());
    if (auto applied = roster.apply(*statement); !applied) return within(std::move(applied).error());
    text.remove_prefix(end + 1);
  }
  return roster;
}

std::string Roster::to_text() const {
  std::string text;
  for (const SignedStatement& statement : statements_) text += statement.to_text();
  return text;
}

Result<SignedStatement> Roster::draft_first(Time at, std::span<const RosterRow> people) {
  Json members;
  members["action"] = "first";
  members["n"] = 0;
  members["people"] = Json::array();
  std::vector<StatementSigner> signers;
  for (const RosterRow& row : people) {
    members["people"].push_back({{"key", seawall::to_text(row.key)}, {"roles", to_json(row.roles)}});
    if (row.roles.contains(PersonRole::kCustodian)) signers.push_back({row.key.name, PersonRole::kCustodian});
  }
  if (signers.size() < kCustodiansMin) return wrong("a roster begins with two custodians or more");
  SEAWALL_TRY(auto statement, SignedStatement::make(kKind, at, std::move(signers), std::move(members)));
  SEAWALL_TRY(const auto rows, founders_from(statement));
  SEAWALL_CHECK(check_founders(rows, statement));
  return statement;
}

Result<SignedStatement> Roster::draft(Time at, const RosterChange& change, std::string_view first,
                                      std::string_view second) const {
  if (empty()) return wrong("there is no roster yet: it begins with its custodians");
  Json members = to_json(change);
  members["n"] = statements_.size();
  members["previous"] = to_hex(statements_.back().id());
  std::vector<StatementSigner> signers{{std::string(first), PersonRole::kCustodian},
                                       {std::string(second), PersonRole::kCustodian}};
  SEAWALL_TRY(auto statement, SignedStatement::make(kKind, at, std::move(signers), std::move(members)));
  SEAWALL_TRY(const RosterChange read, change_from(statement));
  SEAWALL_CHECK(check_change(read, statement.signers(), at));
  return statement;
}

Result<void> Roster::check_next(const SignedStatement& statement) const {
  if (statement.kind() != kKind) return wrong("a statement about something else");
  Roster next = *this;
  return empty() ? next.apply_first(statement) : next.apply_change(statement);
}

Result<void> Roster::apply(const SignedStatement& statement) {
  if (statement.kind() != kKind) return wrong("a statement about something else");
  if (!statement.is_complete()) return wrong("a signature is missing: " + statement.missing().front().by);
  if (statements_.size() == kStatementsMax)
    return fail(Code::kLimitExceeded, "a roster has at most 4,096 statements");
  Roster next = *this;
  SEAWALL_CHECK(empty() ? next.apply_first(statement) : next.apply_change(statement));
  next.statements_.push_back(statement);
  *this = std::move(next);
  return {};
}

Result<void> Roster::apply_first(const SignedStatement& statement) {
  SEAWALL_TRY(rows_, founders_from(statement));
  SEAWALL_CHECK(check_founders(rows_, statement));
  return check_signatures(statement, statement.at());
}

Result<void> Roster::apply_change(const SignedStatement& statement) {
  const Json& body = statement.body();
  const bool follows = body.contains("previous") &&
                       body["previous"] == Json(to_hex(statements_.back().id())) && body.contains("n") &&
                       body["n"] == Json(statements_.size());
  if (!follows) return fail(Code::kConflict, "this statement was made for another state of the roster");
  if (statement.at() < statements_.back().at())
    return fail(Code::kConflict, "the roster has a later statement");
  SEAWALL_TRY(const RosterChange change, change_from(statement));
  SEAWALL_CHECK(check_signatures(statement, statement.at()));
  SEAWALL_CHECK(check_change(change, statement.signers(), statement.at()));
  return carry_out(change, statement.at());
}

Result<void> Roster::check_change(const RosterChange& change, std::span<const StatementSigner> signers,
                                  Time at) const {
  if (signers.size() != kCustodiansMin) return wrong("a change of the roster is signed by two custodians");
  for (const StatementSigner& signer : signers) {
    if (signer.by == change.person)
      return wrong("nobody signs a change that concerns themselves: " + signer.by);
    if (signer.role != PersonRole::kCustodian || !has_role(signer.by, PersonRole::kCustodian, at))
      return wrong(signer.by + " is no custodian");
  }
  if (change.key && change.key->name != change.person) return wrong("the key is of somebody else");
  if (change.until && change.roles.contains(PersonRole::kCustodian))
    return wrong("a custodian has no end foretold");
  if (change.until && *change.until <= at) return wrong("the end lies before the beginning");
  Roster after = *this;
  return after.carry_out(change, at);
}

Result<void> Roster::check_key_is_new(const PersonPublicKey& key) const {
  for (const RosterRow& row : rows_) {
    // Two keys of a person with one id could not be told apart in a signature.
    const bool same_id = row.key.name == key.name && id_of(row.key) == id_of(key);
    if (row.key.key == key.key || same_id)
      return fail(Code::kConflict, "this key stands in the roster already");
  }
  return {};
}

Result<void> Roster::carry_out(const RosterChange& change, Time at) {
  using What = RosterChange::What;
  if (change.key) {
    SEAWALL_CHECK(check_key_is_new(*change.key));
  }
  RosterRow* now = now_of(change.person, at);
  if (change.what == What::kAdd) {
    if (now != nullptr) return fail(Code::kConflict, change.person + " is in the roster already");
    rows_.push_back({.key = *change.key, .roles = change.roles, .from = at, .until = change.until});
    return {};
  }
  if (now == nullptr) return fail(Code::kNotFound, "the roster has no " + change.person);
  RosterRow next = *now;
  now->until = at;
  next.from = at;
  if (change.what == What::kReplaceKey) next.key = *change.key;
  if (change.what == What::kSetRoles) next.roles = change.roles;
  if (next.until && next.roles.contains(PersonRole::kCustodian))
    return wrong("a custodian has no end foretold");
  if (change.what != What::kWithdraw) rows_.push_back(std::move(next));
  if (people_with(PersonRole::kCustodian, at).size() >= kCustodiansMin) return {};
  return wrong("fewer than two custodians would be left");
}

bool Roster::continues(const Roster& older) const {
  if (older.statements_.size() > statements_.size()) return false;
  return std::ranges::equal(older.statements_, std::span(statements_).first(older.statements_.size()), {},
                            &SignedStatement::id, &SignedStatement::id);
}

Result<void> Roster::check_signatures(const SignedStatement& statement, Time at) const {
  const std::string message = statement.signed_bytes();
  for (const StatementSignature& signature : statement.signatures()) {
    const std::string& by = signature.signer.by;
    const RosterRow* row = row_of(by, at);
    if (row == nullptr) return wrong(by + " is not in the roster at that time");
    if (!row->roles.contains(signature.signer.role))
      return wrong(by + " is no " + std::string(name_of(signature.signer.role)) + " at that time");
    if (!verifies(row->key, message, signature)) return wrong("the signature of " + by + " is not good");
  }
  return {};
}

bool Roster::has_role(std::string_view person, PersonRole role, Time at) const {
  const RosterRow* row = row_of(person, at);
  return row != nullptr && row->roles.contains(role);
}

const RosterRow* Roster::row_of(std::string_view person, Time at) const {
  const auto found = std::ranges::find_if(
      rows_, [&](const RosterRow& row) { return row.key.name == person && row.holds_at(at); });
  return found == rows_.end() ? nullptr : &*found;
}

RosterRow* Roster::now_of(std::string_view person, Time at) {
  const auto found = std::ranges::find_if(
      rows_, [&](const RosterRow& row) { return row.key.name == person && row.holds_at(at); });
  return found == rows_.end() ? nullptr : &*found;
}

std::vector<std::string> Roster::people_with(PersonRole role, Time at) const {
  std::set<std::string> names;
  for (const RosterRow& row : rows_) {
    if (row.holds_at(at) && row.roles.contains(role)) names.insert(row.key.name);
  }
  return {names.begin(), names.end()};
}

}  // namespace seawall
