#include "seawall/retention/own_words.h"

#include <algorithm>

#include "seawall/base/hex.h"
#include "seawall/statement/canonical_json.h"
#include "seawall/statement/members.h"
#include "seawall/store/log_records.h"

namespace seawall {
namespace {

constexpr std::uint64_t kIdMax = (std::uint64_t{1} << 53) - 1;

/// Empty where there is none: what others may write into the store is not trusted to have a shape.
std::string text_of(const Json& body, const char* name) {
  const auto found = body.is_object() ? body.find(name) : body.end();
  return found != body.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::uint64_t number_of(const Json& body, const char* name) {
  const auto found = body.is_object() ? body.find(name) : body.end();
  return found != body.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

tl::unexpected<Error> no_range() {
  return fail(Code::kCorrupt, "a destruction does not name its records one by one");
}

Result<void> take_range(const Json& one, Destruction& told) {
  const bool pair =
      one.is_array() && one.size() == 2 && one[0].is_number_unsigned() && one[1].is_number_unsigned();
  if (!pair) return no_range();
  const auto first = one[0].get<std::uint64_t>();
  const auto last = one[1].get<std::uint64_t>();
  const std::uint64_t before = told.ids.empty() ? 0 : told.ids.back().second;
  if (first <= before || last < first || last > kIdMax || last - first >= Destruction::kCountMax)
    return no_range();
  told.ids.emplace_back(first, last);
  return {};
}

bool is_digest(std::string_view text) {
  Sha256 digest{};
  return from_hex(text, digest) && to_hex(digest) == text;
}

Result<Destruction> destruction_from(const Json& body) {
  Members members(body);
  Destruction told{.count = members.number("count", 1, Destruction::kCountMax)};
  members.take_rest("what");
  members.take_rest("why");
  told.digest = members.text("digest", 64);
  told.at = members.time("at");
  const Json& ranges = members.array("ids", Destruction::kRangesMax);
  if (const auto done = members.done("a destruction"); !done)
    return fail(Code::kCorrupt, done.error().message);
  std::uint64_t named = 0;
  for (const Json& one : ranges) {
    SEAWALL_CHECK(take_range(one, told));
    named += told.ids.back().second - told.ids.back().first + 1;
  }
  if (named != told.count || !is_digest(told.digest)) return no_range();
  return told;
}

}  // namespace

bool Destruction::names(std::uint64_t id) const {
  return std::ranges::any_of(ids, [&](const auto& one) { return one.first <= id && id <= one.second; });
}

Result<RetentionWords> retention_words_from(std::string_view record) {
  const auto body = read_canonical_json(record, LogRecord::kRecordBytesMax);
  if (!body) return fail(Code::kCorrupt, "a record of holds and destructions is no canonical JSON");
  const std::string what = text_of(*body, "what");
  const std::string ref = text_of(*body, "ref");
  if (what == "hold-set") return HoldSet{ref, text_of(*body, "on")};
  if (what == "hold-lift-asked" || what == "hold-lifted")
    return HoldLifting{ref, text_of(*body, "who"), what == "hold-lift-asked"};
  if (what == "destroyed") return Destroyed{number_of(*body, "destruction")};
  if (what != "destruction") return RetentionWords();
  SEAWALL_TRY(Destruction told, destruction_from(*body));
  return RetentionWords(std::move(told));
}

std::string to_text(const Destruction& told) {
  Json ranges = Json::array();
  for (const auto& [first, last] : told.ids) ranges.push_back(Json::array({first, last}));
  return canonical_json(Json{{"what", "destruction"},
                             {"why", "papers-limit"},
                             {"at", second_text(told.at)},
                             {"ids", std::move(ranges)},
                             {"count", told.count},
                             {"digest", told.digest}})
      .value_or("");
}

}  // namespace seawall
