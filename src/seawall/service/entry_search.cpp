#include "seawall/service/entry_search.h"

#include <algorithm>
#include <array>

#include "seawall/base/hex.h"

namespace seawall {
namespace {

constexpr std::size_t kWordBytesMax = 64;

Called<std::optional<EntryState>> state_in(Query& query) {
  SEAWALL_TRY(const auto text, query.text("state", kWordBytesMax));
  if (!text) return std::nullopt;
  const auto state = entry_state_from_text(*text);
  if (!state) return refuse_at("?state", "proposed, staged, active, quarantined or withdrawn is needed");
  return *state;
}

/// 32, 40 or 64 hex digits, in lower case.
Called<std::optional<std::string>> signal_in(Query& query) {
  SEAWALL_TRY(auto text, query.text("signal", kWordBytesMax));
  if (!text) return std::nullopt;
  std::array<std::byte, 32> bytes{};
  const std::size_t size = text->size() / 2;
  const bool known = size == 16 || size == 20 || size == 32;
  if (!known || !from_hex(*text, std::span(bytes).first(size))) {
    return refuse_at("?signal", "the hex digits of an MD5, SHA-1, SHA-256 or PDQ hash are needed");
  }
  return to_hex(std::span(bytes).first(size));
}

template <class Digest>
bool is_digest(const std::optional<Digest>& digest, std::string_view hex) {
  return digest && to_hex(*digest) == hex;
}

bool has_signal(const EntrySignals& signals, std::string_view hex) {
  if (is_digest(signals.md5, hex) || is_digest(signals.sha1, hex) || is_digest(signals.sha256, hex))
    return true;
  return std::ranges::any_of(signals.pdq, [&](const ListedPdq& pdq) { return to_text(pdq.bits) == hex; });
}

}  // namespace

Called<EntrySearch> EntrySearch::from(Query& query) {
  EntrySearch search;
  SEAWALL_TRY(search.state_, state_in(query));
  SEAWALL_TRY(search.source_name_, query.text("source", ListBank::kNameBytesMax));
  SEAWALL_TRY(search.key_, query.text("key", Entry::kKeyBytesMax));
  SEAWALL_TRY(search.key_prefix_, query.text("key_prefix", Entry::kKeyBytesMax));
  SEAWALL_TRY(search.signal_, signal_in(query));
  SEAWALL_TRY(const auto classification, query.text("classification", Classification::kValueBytesMax));
  if (classification) {
    const auto colon = classification->find(':');
    if (colon == std::string::npos)
      return refuse_at("?classification", "SCHEME:VALUE is needed, as in ncmec:A1");
    search.scheme_ = classification->substr(0, colon);
    search.classification_ = classification->substr(colon + 1);
  }
  return search;
}

bool EntrySearch::narrows() const {
  return state_ || source_name_ || key_ || key_prefix_ || classification_ || signal_;
}

Called<void> EntrySearch::resolve(ListScope& scope) {
  if (!source_name_ || source_) return {};
  SEAWALL_TRY(const auto source, scope.view().source_named(*source_name_));
  if (!source) return refuse(ProblemKind::kNotFound, "There is no source of this name.");
  source_ = source->id;
  return {};
}

bool EntrySearch::takes(const Entry& entry) const {
  if (state_ && entry.state != *state_) return false;
  if (source_ && entry.source != *source_) return false;
  if (key_ && entry.key != *key_) return false;
  if (key_prefix_ && !entry.key.starts_with(*key_prefix_)) return false;
  const auto& known = entry.content.classification;
  if (classification_ && (!known || name_of(known->scheme) != *scheme_ || known->value != *classification_)) {
    return false;
  }
  return !signal_ || has_signal(entry.content.signals, *signal_);
}

Called<std::vector<Entry>> EntrySearch::find(ListScope& scope, BankId bank, EntryId after) const {
  std::vector<SourceId> sources;
  if (source_) {
    sources.push_back(*source_);
  } else {
    SEAWALL_TRY(const auto all, scope.view().sources());
    if (all.size() > kSourcesMax) return refuse_at("?source", "There are over 64 sources: name one.");
    for (const Source& one : all) sources.push_back(one.id);
  }
  std::vector<EntryId> ids;
  for (const SourceId source : sources) {
    SEAWALL_TRY(const auto known, scope.view().known_keys(bank, source, std::span(&*key_, 1)));
    if (!known.empty() && known.front() && known.front()->entry > after) ids.push_back(known.front()->entry);
  }
  SEAWALL_TRY(auto entries, scope.view().entries(ids));
  std::erase_if(entries, [&](const Entry& entry) { return !takes(entry); });
  std::ranges::sort(entries, {}, &Entry::id);
  return entries;
}

}  // namespace seawall
