#include "seawall/orders/order.h"

#include <algorithm>
#include <array>

#include "seawall/base/hex.h"
#include "seawall/crypto/random_bytes.h"
#include "seawall/statement/members.h"
#include "seawall/statement/person_role.h"

namespace seawall {
namespace {

constexpr std::size_t kPeopleMax = 16;
constexpr std::size_t kNameBytesMax = 200;
constexpr std::size_t kSelectorBytesMax = 1000;
constexpr std::string_view kIdPrefix = "o-";

constexpr std::array kActions{OrderAction::kObservationLookup, OrderAction::kDisclosure, OrderAction::kExport,
                              OrderAction::kEvidenceOpen, OrderAction::kCrossTenantRead};
constexpr std::array<std::string_view, kActions.size()> kActionNames{
    "observation-lookup", "disclosure", "export", "evidence-open", "cross-tenant-read"};

tl::unexpected<Error> wrong(std::string message) { return fail(Code::kInvalidInput, std::move(message)); }

Json to_json(const OrderScope& scope) {
  Json json;
  json["tenant"] = scope.tenant;
  if (scope.selector.empty()) {
    json["records"] = scope.records;
  } else {
    json["selector"] = scope.selector;
  }
  if (scope.from) json["from"] = second_text(*scope.from);
  if (scope.until) json["until"] = second_text(*scope.until);
  json["records_max"] = scope.records_max;
  return json;
}

OrderScope scope_from(const Json& json, Members& all) {
  Members members(json);
  OrderScope scope;
  scope.tenant = members.text("tenant", kNameBytesMax);
  if (members.has("records"))
    scope.records = members.texts("records", kOrderRecordIdsMax, kOrderRecordIdBytesMax);
  scope.selector = members.optional_text("selector", kSelectorBytesMax).value_or("");
  scope.from = members.optional_time("from");
  scope.until = members.optional_time("until");
  scope.records_max = members.number("records_max", 1, kOrderRecordsMax);
  if (auto done = members.done("scope"); !done) all.refuse(done.error().message);
  return scope;
}

std::set<OrderAction> actions_in(Members& members) {
  std::set<OrderAction> actions;
  for (const std::string& name : members.texts("actions", kActions.size(), 32)) {
    if (const auto action = order_action_named(name)) {
      actions.insert(*action);
    } else {
      members.refuse("member actions holds what is no action");
    }
  }
  return actions;
}

Result<void> check_people(const OrderDocument& order) {
  if (!is_person_name(order.applicant)) return wrong("an order names its applicant");
  const bool named = !order.people.empty() && order.people.size() <= kPeopleMax &&
                     std::ranges::all_of(order.people, is_person_name) &&
                     std::ranges::adjacent_find(order.people, std::greater_equal<>{}) == order.people.end();
  if (!named) return wrong("an order names 1 to 16 people who may act under it, sorted, each once");
  return {};
}

Result<void> check_scope(const OrderScope& scope) {
  if (scope.tenant.empty()) return wrong("an order names a tenant");
  if (scope.records.empty() == scope.selector.empty())
    return wrong("an order names records or a selector, not both");
  const bool sorted =
      std::ranges::adjacent_find(scope.records, std::greater_equal<>{}) == scope.records.end();
  if (!sorted || scope.records.size() > kOrderRecordIdsMax)
    return wrong("records stand sorted, each once, 256 at most");
  if (scope.from && scope.until && *scope.until <= *scope.from)
    return wrong("the scope's time ends before it begins");
  if (scope.records_max == 0 || scope.records_max > kOrderRecordsMax) return wrong("1 to 1,000,000 records");
  return {};
}

Result<void> check_times(const OrderDocument& order) {
  if (order.not_after <= order.not_before) return wrong("an order ends after it begins");
  if (order.not_after - order.not_before > kOrderLifeMax)
    return wrong("an order lasts 92 days at most; renew it");
  if (!order.delay_notice_until) return {};
  if (*order.delay_notice_until < order.not_after)
    return wrong("delay_notice_until lies before the order's end");
  if (*order.delay_notice_until - order.not_after <= kNoticeDelayMax) return {};
  return wrong("notice is delayed by 366 days at most; extend it then");
}

/// Lower-case letters and digits, one blank between words. What is not ASCII counts as letters.
std::string plain(std::string_view words) {
  std::string out;
  for (const char c : words) {
    const bool upper = c >= 'A' && c <= 'Z';
    const bool kept =
        upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) > 0x7F;
    if (kept) out += upper ? static_cast<char>(c - 'A' + 'a') : c;
    if (!kept && !out.empty() && out.back() != ' ') out += ' ';
  }
  if (out.ends_with(' ')) out.pop_back();
  return out;
}

std::size_t different_words(const std::string& words) {
  std::set<std::string_view> all;
  for (std::string_view rest = words; !rest.empty();) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    all.insert(rest.substr(0, end));
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
  return all.size();
}

std::size_t characters(std::string_view utf8) {
  return static_cast<std::size_t>(
      std::ranges::count_if(utf8, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

bool is_subset(const auto& part, const auto& whole) { return std::ranges::includes(whole, part); }

bool records_are_within(const OrderScope& granted, const OrderScope& asked) {
  if (!asked.selector.empty()) return granted.selector == asked.selector || !granted.records.empty();
  return granted.selector.empty() && is_subset(granted.records, asked.records);
}

bool time_is_within(const OrderScope& granted, const OrderScope& asked) {
  return (!asked.from || (granted.from && *granted.from >= *asked.from)) &&
         (!asked.until || (granted.until && *granted.until <= *asked.until));
}

}  // namespace

std::span<const OrderAction> all_order_actions() { return kActions; }
std::string_view name_of(OrderAction action) { return kActionNames[static_cast<std::size_t>(action)]; }
std::optional<OrderAction> order_action_named(std::string_view name) {
  const auto found = std::ranges::find(kActionNames, name);
  if (found == kActionNames.end()) return std::nullopt;
  return kActions[static_cast<std::size_t>(found - kActionNames.begin())];
}

Result<std::string> new_order_id() {
  std::array<std::byte, 8> bytes;
  SEAWALL_CHECK(fill_with_random_bytes(bytes));
  return std::string(kIdPrefix) + to_hex(bytes);
}

bool is_order_id(std::string_view text) {
  std::array<std::byte, 8> bytes;
  if (!text.starts_with(kIdPrefix)) return false;
  const std::string_view hex = text.substr(kIdPrefix.size());
  return from_hex(hex, bytes) && to_hex(bytes) == hex;
}

Json to_json(const OrderDocument& order) {
  std::set<std::string_view> actions;
  for (const OrderAction action : order.actions) actions.insert(name_of(action));
  Json json;
  json["id"] = order.id;
  json["applicant"] = order.applicant;
  json["people"] = order.people;
  json["issuer"] = order.issuer;
  json["legal_basis"] = order.legal_basis;
  json["purpose"] = order.purpose;
  json["necessity"] = order.necessity;
  json["proportionality"] = order.proportionality;
  json["scope"] = to_json(order.scope);
  json["actions"] = actions;
  json["not_before"] = second_text(order.not_before);
  json["not_after"] = second_text(order.not_after);
  if (order.delay_notice_until) json["delay_notice_until"] = second_text(*order.delay_notice_until);
  if (!order.previous.empty()) json["previous"] = order.previous;
  return json;
}

Result<OrderDocument> order_from(const Json& json) {
  Members members(json);
  OrderDocument order;
  order.id = members.text("id", 32);
  order.applicant = members.text("applicant", kPersonNameBytesMax);
  order.people = members.texts("people", kPeopleMax, kPersonNameBytesMax);
  order.issuer = members.text("issuer", kNameBytesMax);
  order.legal_basis = members.text("legal_basis", kOrderWordsBytesMax);
  order.purpose = members.text("purpose", kOrderWordsBytesMax);
  order.necessity = members.text("necessity", kOrderWordsBytesMax);
  order.proportionality = members.text("proportionality", kOrderWordsBytesMax);
  order.scope = scope_from(members.object("scope"), members);
  order.actions = actions_in(members);
  order.not_before = members.time("not_before");
  order.not_after = members.time("not_after");
  order.delay_notice_until = members.optional_time("delay_notice_until");
  order.previous = members.optional_text("previous", 32).value_or("");
  SEAWALL_CHECK(members.done("an order"));
  SEAWALL_CHECK(check_order(order));
  return order;
}

Result<void> check_order(const OrderDocument& order) {
  if (!is_order_id(order.id)) return wrong("an order's id is o- and 16 hex digits");
  if (!order.previous.empty() && !is_order_id(order.previous))
    return wrong("the order that it renews is no id");
  if (order.previous == order.id) return wrong("an order does not renew itself");
  if (order.issuer.empty() || order.legal_basis.empty() || order.purpose.empty())
    return wrong("an order says who gives it, by what law, and what for");
  if (order.actions.empty()) return wrong("an order names what may be done");
  SEAWALL_CHECK(check_people(order));
  SEAWALL_CHECK(check_scope(order.scope));
  SEAWALL_CHECK(check_times(order));
  SEAWALL_CHECK(check_words("necessity", order.necessity));
  SEAWALL_CHECK(check_words("proportionality", order.proportionality));
  if (!same_words(order.necessity, order.proportionality)) return {};
  return wrong("necessity and proportionality are two questions; they have the same answer here");
}

Result<void> check_words(std::string_view what, std::string_view words) {
  const std::string said = plain(words);
  if (words.size() > kOrderWordsBytesMax) return wrong(std::string(what) + ": more than 4,000 bytes");
  if (characters(said) >= kOrderWordsCharactersMin && different_words(said) >= kOrderWordsMin) return {};
  return wrong(std::string(what) +
               ": say it in a sentence of your own: 40 characters and six different words or more");
}

bool same_words(std::string_view a, std::string_view b) { return plain(a) == plain(b); }

Time notice_due(const OrderDocument& order) { return order.delay_notice_until.value_or(order.not_after); }

Result<void> check_is_within(const OrderDocument& granted, const OrderDocument& asked) {
  if (granted.id != asked.id || granted.applicant != asked.applicant || granted.previous != asked.previous)
    return wrong("this is not the order that was applied for");
  if (granted.scope.tenant != asked.scope.tenant) return wrong("another tenant than was applied for");
  if (!is_subset(granted.people, asked.people)) return wrong("people who were not applied for");
  if (!is_subset(granted.actions, asked.actions)) return wrong("an action that was not applied for");
  if (!records_are_within(granted.scope, asked.scope)) return wrong("records that were not applied for");
  if (granted.scope.records_max > asked.scope.records_max) return wrong("more records than were applied for");
  if (!time_is_within(granted.scope, asked.scope)) return wrong("a time of records that was not applied for");
  if (granted.not_before >= asked.not_before && granted.not_after <= asked.not_after) return {};
  return wrong("a longer time than was applied for");
}

}  // namespace seawall
