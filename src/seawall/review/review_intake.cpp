#include <array>
#include <cstring>

#include "seawall/crypto/random_bytes.h"
#include "seawall/net/secret.h"
#include "seawall/review/detail/row.h"

namespace seawall {

using sqlite_bound::blob_of;
using sqlite_bound::bound;
using sqlite_bound::number_of;
using sqlite_bound::run_bound;
using sqlite_bound::text_of;

namespace {

/// A key that is zeroed at its end.
struct ItemKey {
  std::array<std::byte, SealingKey::kBytes> bytes{};
  ItemKey() = default;
  ItemKey(const ItemKey&) = delete;
  ItemKey& operator=(const ItemKey&) = delete;
  ~ItemKey() { wipe_bytes(bytes.data(), bytes.size()); }
  [[nodiscard]] std::string_view text() const { return text_of(bytes); }
};

std::string key_context(std::int64_t item) { return "seawall/review/item/" + std::to_string(item); }
std::string still_context(std::int64_t item, int still) {
  return key_context(item) + "/still/" + std::to_string(still);
}

Fingerprint256 fingerprint_from(std::span<const std::byte> blob) {
  Fingerprint256 out;
  if (blob.size() == sizeof out.words) std::memcpy(out.words.data(), blob.data(), sizeof out.words);
  return out;
}

std::span<const std::byte> bytes_of(const Fingerprint256& fingerprint) {
  return std::as_bytes(std::span(fingerprint.words));
}

Result<void> check(const NewReviewItem& item) {
  if (item.facts.size() > NewReviewItem::kFactsBytesMax || item.stills.size() > NewReviewItem::kStillsMax)
    return fail(Code::kLimitExceeded, "a review item is larger than one may be");
  return {};
}

}  // namespace

Result<ReviewKept> ReviewBook::keep(const NewReviewItem& item) {
  SEAWALL_CHECK(check(item));
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(auto transaction, Transaction::begin(database_));
  SEAWALL_TRY(const Time now, advance());
  SEAWALL_TRY(const auto before, seen_before(item, now));
  if (before) {
    SEAWALL_CHECK(transaction.commit());
    return *before;
  }
  SEAWALL_TRY(const auto open, number_of(database_, "SELECT count(*) FROM items WHERE state < 4"));
  if (!item.known && open.value_or(0) >= options_.items_max) {
    ++not_kept_;
    return fail(Code::kLimitExceeded, "the review queue is full: it holds all the items that it may");
  }
  SEAWALL_CHECK(insert(item, now));
  SEAWALL_CHECK(transaction.commit());
  return item.known ? ReviewKept::kKnown : ReviewKept::kNew;
}

Result<bool> ReviewBook::would_open(const NewReviewItem& item) {
  if (item.known) return false;
  const std::scoped_lock lock(mutex_);
  SEAWALL_TRY(
      const auto there,
      number_of(database_,
                "SELECT (SELECT count(*) FROM items WHERE tenant = ?1 AND digest = ?2 AND entry = ?3) + "
                "(SELECT count(*) FROM sightings WHERE origin = ?4)",
                item.tenant, std::span(item.digest), item.entry, std::span(item.origin)));
  return there.value_or(0) == 0;
}

Result<std::optional<ReviewKept>> ReviewBook::seen_before(const NewReviewItem& item, Time now) {
  SEAWALL_CHECK(
      run_bound(database_, "INSERT OR IGNORE INTO sightings VALUES (?1, ?2)", std::span(item.origin), now));
  if (database_.rows_changed() == 0) return ReviewKept::kToldBefore;
  SEAWALL_CHECK(
      run_bound(database_,
                "UPDATE items SET seen = seen + 1, last_seen = ?4 WHERE tenant = ?1 AND digest = ?2 "
                "AND entry = ?3",
                item.tenant, std::span(item.digest), item.entry, now));
  if (database_.rows_changed() != 0) return ReviewKept::kSeenAgain;
  return std::nullopt;
}

Result<std::int64_t> ReviewBook::cluster_for(const NewReviewItem& item, int& distance_bits) {
  distance_bits = 0;
  if (!item.pdq) return 0;
  SEAWALL_TRY(
      Statement each,
      bound(database_,
            "SELECT cluster, pdq FROM items WHERE tenant = ?1 AND entry = ?2 AND state < 4 AND lead = 1 "
            "AND lease_by IS NULL AND pdq IS NOT NULL",
            item.tenant, item.entry));
  std::int64_t nearest = 0;
  for (int best = options_.cluster_radius_bits + 1;;) {
    SEAWALL_TRY(const bool any, each.step());
    if (!any) return nearest;
    const int distance = hamming_distance(*item.pdq, fingerprint_from(each.blob(1)));
    if (distance >= best) continue;
    best = distance_bits = distance;
    nearest = each.integer(0);
  }
}

Result<void> ReviewBook::insert(const NewReviewItem& item, Time now) {
  int distance = 0;
  SEAWALL_TRY(const std::int64_t cluster, cluster_for(item, distance));
  std::optional<std::span<const std::byte>> pdq;
  if (item.pdq) pdq = bytes_of(*item.pdq);
  const ReviewState state = item.known ? ReviewState::kDecided : ReviewState::kOpen;
  std::optional<std::int64_t> grade, how;
  std::optional<Time> decided;
  if (item.known) {
    grade = static_cast<std::int64_t>(ReviewGrade::kConfirmed);
    how = static_cast<std::int64_t>(ReviewHow::kKnown);
    decided = now;
  }
  SEAWALL_CHECK(run_bound(
      database_,
      "INSERT INTO items (tenant, digest, entry, signal, bank, facts, video, pdq, severity, state, cluster, "
      "lead, distance, seen, first_seen, last_seen, had_stills, grade, how, decided, settled) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 1, ?14, ?14, 0, ?15, ?16, ?17, ?17)",
      item.tenant, std::span(item.digest), item.entry, item.signal, item.bank, item.facts,
      std::int64_t{item.video}, pdq, static_cast<std::int64_t>(item.severity),
      static_cast<std::int64_t>(state), cluster, std::int64_t{cluster == 0}, std::int64_t{distance}, now,
      grade, how, decided));
  const std::int64_t id = database_.last_row_id();
  if (cluster == 0) SEAWALL_CHECK(run_bound(database_, "UPDATE items SET cluster = ?1 WHERE id = ?1", id));
  if (item.known || item.stills.empty()) return {};
  SEAWALL_TRY(const bool room, room_for(item));
  if (!room) {
    ++not_kept_;
    return {};
  }
  return seal_stills(item, id);
}

Result<bool> ReviewBook::room_for(const NewReviewItem& item) {
  SEAWALL_TRY(const auto used, number_of(database_, "SELECT sum(length(sealed)) FROM stills"));
  std::int64_t wanted = used.value_or(0);
  for (const NewStill& still : item.stills) wanted += static_cast<std::int64_t>(still.picture.bytes().size());
  return wanted <= options_.stills_bytes_max;
}

Result<void> ReviewBook::seal_stills(const NewReviewItem& item, std::int64_t id) {
  ItemKey key;
  SEAWALL_CHECK(fill_with_random_bytes(key.bytes));
  SEAWALL_TRY(const std::string sealed_key, key_.seal(key.text(), key_context(id)));
  SEAWALL_CHECK(run_bound(database_, "UPDATE items SET key = ?2, had_stills = 1 WHERE id = ?1", id,
                          blob_of(sealed_key)));
  const SealingKey own(key.bytes);
  for (std::size_t i = 0; i < item.stills.size(); ++i) {
    const NewStill& still = item.stills[i];
    const auto n = static_cast<std::int64_t>(i + 1);
    SEAWALL_TRY(const std::string sealed, own.seal(text_of(std::as_bytes(still.picture.bytes())),
                                                   still_context(id, static_cast<int>(n))));
    SEAWALL_CHECK(run_bound(database_, "INSERT INTO stills VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)", id, n,
                            std::int64_t{still.picture.width_px()}, std::int64_t{still.picture.height_px()},
                            std::int64_t{still.frame}, still.at_ms, blob_of(sealed)));
  }
  return {};
}

Reviewed<StillPicture> ReviewBook::opened(const Row& row, int still) {
  SEAWALL_TRY(Statement find, bound(database_,
                                    "SELECT s.width, s.height, s.sealed, i.key FROM stills s JOIN items i ON "
                                    "i.id = s.item WHERE s.item = ?1 AND s.n = ?2 AND i.key IS NOT NULL",
                                    row.id, std::int64_t{still}));
  SEAWALL_TRY(const bool any, find.step());
  if (!any) return no_review(ReviewRefusal::Kind::kNoSuchStill);
  SEAWALL_TRY(std::string key_text, key_.open(text_of(find.blob(3)), key_context(row.id)));
  ItemKey key;
  const bool whole = key_text.size() == key.bytes.size();
  if (whole) std::memcpy(key.bytes.data(), key_text.data(), key.bytes.size());
  wipe_bytes(key_text.data(), key_text.size());
  if (!whole) return tl::unexpected(ReviewRefusal(Error{Code::kCorrupt, "an item's key has another length"}));
  SEAWALL_TRY(std::string plain,
              SealingKey(key.bytes).open(text_of(find.blob(2)), still_context(row.id, still)));
  const auto bytes = std::span(reinterpret_cast<const std::uint8_t*>(plain.data()), plain.size());
  StillPicture picture(static_cast<int>(find.integer(0)), static_cast<int>(find.integer(1)),
                       std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
  wipe_bytes(plain.data(), plain.size());
  return picture;
}

}  // namespace seawall
