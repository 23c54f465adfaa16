#include "seawall/bank/bank.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "seawall/capi/detail/media_handle.h"
#include "seawall/capi/detail/status.h"
#include "seawall/match/matcher.h"

/// A bank, and what looks things up in it from many threads.
struct seawall_bank final : seawall::DigestLookup {
  seawall_bank(std::unique_ptr<seawall::Bank> opened, seawall::BankReader its_reader,
               const seawall::BankCounts& its_counts)
      : bank(std::move(opened)),
        reader(std::move(its_reader)),
        counts(its_counts),
        matcher(bank->pdq_index(), this),
        hash_matcher(bank->pdq_index()) {}

  seawall::Result<void> find(seawall::SignalType type, std::span<const std::byte> digest,
                             std::vector<seawall::EntryId>& entries) const override {
    SEAWALL_TRY(const auto found, bank->entries_with(type, digest));
    entries.insert(entries.end(), found.begin(), found.end());
    return {};
  }

  std::unique_ptr<seawall::Bank> bank;
  mutable std::mutex reader_mutex;  ///< Guards reader.
  mutable seawall::BankReader reader;
  seawall::BankCounts counts;
  seawall::Matcher matcher;
  seawall::Matcher hash_matcher;  ///< Without digests.
};

namespace {

using seawall::Match;
using seawall::Result;
using seawall::SignalType;
using seawall::capi::guarded;
using seawall::capi::refuse;
using seawall::capi::status_of;

constexpr std::size_t kPdqsMax = 4096;

/// What seawall_bank_matches.memory points to.
struct MatchMemory {
  std::deque<std::string> texts;  // A deque never moves what its callers point to.
  std::vector<seawall_bank_match> items;

  const char* keep(std::string text) { return texts.emplace_back(std::move(text)).c_str(); }
};

seawall_action action_of(seawall::BankAction action) {
  if (action == seawall::BankAction::kBlock) return SEAWALL_BLOCK;
  return action == seawall::BankAction::kReview ? SEAWALL_REVIEW : SEAWALL_ALLOW;
}

seawall::MatchOptions options_of(const seawall_bank& bank, std::int32_t radius_bits) {
  if (radius_bits == SEAWALL_RADIUS_OF_BANK) return {.radius_bits = bank.bank->settings().radius_bits};
  return {.radius_bits = radius_bits};
}

Result<void> hand_out(const seawall_bank& bank, const std::vector<Match>& found, seawall_bank_matches& out) {
  if (found.empty()) return {};
  auto memory = std::make_unique<MatchMemory>();
  const std::scoped_lock lock(bank.reader_mutex);
  for (const Match& match : found) {
    std::string_view id;
    SEAWALL_TRY(const bool listed, bank.reader.id_of(match.entry, id));
    if (!listed) continue;
    const bool is_pdq = match.type == SignalType::kPdq;
    memory->items.push_back({memory->keep(std::string(id)), memory->keep(match.variant.name()),
                             static_cast<std::int32_t>(match.type), match.distance_bits, match.frame_index,
                             is_pdq ? match.query_hash.quality : -1});
  }
  if (memory->items.empty()) return {};
  out = {memory->items.data(), memory->items.size(), action_of(bank.bank->settings().action), memory.get()};
  static_cast<void>(memory.release());
  return {};
}

/// Each hash as a frame of its own, so that an answer says which one it was.
seawall::MediaSignals frames_of(const seawall_signals& signals) {
  seawall::MediaSignals media;
  for (std::size_t i = 0; i < signals.pdq_count; ++i) {
    const seawall_pdq& pdq = signals.pdqs[i];
    seawall::FrameSignals frame;
    frame.index = static_cast<int>(i);
    // A hash of unknown quality is looked up, as in a file of signals.
    frame.pdq = {seawall::capi::fingerprint_of(pdq), pdq.quality < 0 ? 100 : pdq.quality};
    frame.variants.push_back({.variant = {}, .hash = frame.pdq});
    media.frames.push_back(std::move(frame));
  }
  return media;
}

using SeenEntries = std::unordered_set<std::uint64_t>;

Result<std::vector<Match>> digest_matches(const seawall_bank& bank, const seawall_signals& signals,
                                          SeenEntries& seen) {
  std::vector<Match> matches;
  const auto look_up = [&](SignalType type, const uint8_t* digest, std::size_t bytes) -> Result<void> {
    if (digest == nullptr) return {};
    SEAWALL_TRY(const auto found, bank.bank->entries_with(type, std::as_bytes(std::span(digest, bytes))));
    for (const seawall::EntryId entry : found) {
      if (!seen.insert(static_cast<std::uint64_t>(entry)).second) continue;
      Match match;
      match.entry = entry;
      match.type = type;
      matches.push_back(match);
    }
    return {};
  };
  SEAWALL_CHECK(look_up(SignalType::kSha256, signals.sha256, 32));
  SEAWALL_CHECK(look_up(SignalType::kSha1, signals.sha1, 20));
  SEAWALL_CHECK(look_up(SignalType::kMd5, signals.md5, 16));
  return matches;
}

Result<std::vector<Match>> signal_matches(const seawall_bank& bank, const seawall_signals& signals,
                                          std::int32_t radius_bits) {
  SeenEntries seen;
  SEAWALL_TRY(auto matches, digest_matches(bank, signals, seen));
  SEAWALL_TRY(const auto near, bank.hash_matcher.match(frames_of(signals), options_of(bank, radius_bits)));
  std::ranges::copy_if(near, std::back_inserter(matches), [&](const Match& match) {
    return !seen.contains(static_cast<std::uint64_t>(match.entry));
  });
  return matches;
}

seawall_status answer(const seawall_bank& bank, Result<std::vector<Match>> found, seawall_bank_matches& out) {
  if (!found) return status_of(std::move(found).error());
  auto handed = hand_out(bank, *found, out);
  return handed ? SEAWALL_OK : status_of(std::move(handed).error());
}

Result<std::unique_ptr<seawall_bank>> open_bank(const char* folder) {
  SEAWALL_TRY(auto bank, seawall::Bank::open_for_reading(folder));
  SEAWALL_TRY(auto reader, bank->reader());
  SEAWALL_TRY(const auto counts, bank->counts());
  return std::make_unique<seawall_bank>(std::move(bank), std::move(reader), counts);
}

}  // namespace

extern "C" {

seawall_status seawall_bank_open(const char* folder, seawall_bank** out) {
  if (out == nullptr) return refuse("out is null");
  *out = nullptr;
  if (folder == nullptr) return refuse("folder is null");
  return guarded([&] {
    auto opened = open_bank(folder);
    if (!opened) return status_of(std::move(opened).error());
    *out = opened->release();
    return SEAWALL_OK;
  });
}

void seawall_bank_free(seawall_bank* bank) { delete bank; }

seawall_status seawall_bank_describe(const seawall_bank* bank, seawall_bank_info* out) {
  if (bank == nullptr || out == nullptr) return refuse("an argument is null");
  const seawall::BankSettings& settings = bank->bank->settings();
  *out = {settings.name.c_str(), bank->bank->remark().c_str(), action_of(settings.action),
          settings.radius_bits,  bank->counts.entries,         bank->counts.changes};
  return SEAWALL_OK;
}

seawall_status seawall_bank_match_media(const seawall_bank* bank, const seawall_media* media,
                                        int32_t radius_bits, seawall_bank_matches* out) {
  if (out == nullptr) return refuse("out is null");
  *out = {nullptr, 0, SEAWALL_ALLOW, nullptr};
  if (bank == nullptr || media == nullptr) return refuse("an argument is null");
  return guarded([&] {
    return answer(*bank, bank->matcher.match(media->signals, options_of(*bank, radius_bits)), *out);
  });
}

seawall_status seawall_bank_match_signals(const seawall_bank* bank, const seawall_signals* signals,
                                          int32_t radius_bits, seawall_bank_matches* out) {
  if (out == nullptr) return refuse("out is null");
  *out = {nullptr, 0, SEAWALL_ALLOW, nullptr};
  if (bank == nullptr || signals == nullptr) return refuse("an argument is null");
  if (signals->pdqs == nullptr && signals->pdq_count > 0) return refuse("pdqs is null");
  if (signals->pdq_count > kPdqsMax) return refuse("at most 4096 hashes are matched at once");
  return guarded([&] { return answer(*bank, signal_matches(*bank, *signals, radius_bits), *out); });
}

void seawall_bank_matches_free(seawall_bank_matches* matches) {
  if (matches == nullptr) return;
  delete static_cast<MatchMemory*>(matches->memory);
  *matches = {nullptr, 0, SEAWALL_ALLOW, nullptr};
}

}  // extern "C"
