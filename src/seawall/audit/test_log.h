#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "seawall/audit/audit_keys.h"
#include "seawall/audit/log_proof.h"
#include "seawall/base/clock.h"
#include "seawall/statement/commitment.h"
#include "seawall/statement/log_entry.h"
#include "seawall/tlog/bundle.h"
#include "seawall/tlog/checkpoint.h"

/// For tests: a log in memory, whose tiles are made by the definition and not by the code under test.
namespace seawall::audit_test {

inline constexpr const char* kOrigin = "log.example/lists";
inline constexpr Time kNow{std::chrono::seconds(1'790'000'000)};

class StoppedClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return time; }
  Time time = kNow;
};

inline tlog::NoteSigner make_signer(const char* name, tlog::KeyType type) {
  return tlog::NoteSigner::make(name, type, SigningKey::generate().value()).value();
}

inline RecordFile record_file(std::uint64_t number) {
  RecordFile file;
  file.salt.fill(static_cast<std::byte>(number));
  file.record = R"({"number":)" + std::to_string(number) + "}";
  return file;
}

inline LogEntry entry_of(std::uint64_t number, LogKind kind = LogKind::kListChange) {
  const RecordFile file = record_file(number);
  return {.at = kNow - std::chrono::hours(24 * 365) + std::chrono::seconds(number),
          .kind = kind,
          .commitment = commitment_of(name_of(kind), file.salt, file.record)};
}

class TestLog final : public LogFiles {
 public:
  Result<std::vector<std::optional<std::string>>> read(std::span<const LogFileWish> wishes) override {
    std::vector<std::optional<std::string>> all;
    for (const LogFileWish& wish : wishes) {
      ++reads[wish.path];
      const auto found = files.find(wish.path);
      all.push_back(found == files.end() ? std::nullopt : std::optional(found->second));
    }
    return all;
  }

  void append(const std::string& entry) { entries.push_back(entry); }
  void append(const LogEntry& entry) { entries.push_back(to_text(entry)); }
  void append_many(std::uint64_t count) {
    for (std::uint64_t i = 0; i < count; ++i) append(entry_of(entries.size()));
  }

  /// Writes every file of the log as it is now, beside those of before, and signs it.
  void publish(std::uint64_t seen_at_s = 1'790'000'000) {
    std::vector<tlog::Hash> hashes;
    for (const std::string& entry : entries) hashes.push_back(tlog::hash_leaf(entry));
    const tlog::TreeHead head{entries.size(), tlog::tree_hash(hashes)};
    write_bundles();
    for (unsigned level = 0; !hashes.empty(); ++level) hashes = write_tiles(level, hashes);
    files["checkpoint"] = sign(head, seen_at_s);
  }

  [[nodiscard]] std::string sign(const tlog::TreeHead& head, std::uint64_t seen_at_s) const {
    const std::string text = tlog::print_checkpoint({kOrigin, head, {}});
    return tlog::print_note({text, {log_key.sign(text).value(), witness_key.sign(text, seen_at_s).value()}});
  }

  [[nodiscard]] AuditKeys keys() const {
    return {
        .origin = kOrigin, .log = {log_key.verifier()}, .witnesses = {witness_key.verifier()}, .quorum = 1};
  }

  /// Another history under the same keys, with the first `count` entries of this one.
  [[nodiscard]] TestLog fork(std::uint64_t count) const {
    TestLog other(*this);
    other.entries.resize(count);
    other.files.clear();
    return other;
  }

  TestLog() = default;
  TestLog(const TestLog& other)
      : LogFiles(),
        log_key(tlog::NoteSigner::parse(other.log_key.skey().value()).value()),
        witness_key(tlog::NoteSigner::parse(other.witness_key.skey().value()).value()),
        entries(other.entries),
        files(other.files) {}
  TestLog& operator=(const TestLog&) = delete;

  tlog::NoteSigner log_key = make_signer(kOrigin, tlog::KeyType::kEd25519);
  tlog::NoteSigner witness_key = make_signer("w.example/1", tlog::KeyType::kCosignature);
  std::vector<std::string> entries;
  std::map<std::string, std::string> files;
  std::map<std::string, int> reads;

 private:
  void write_bundles() {
    for (std::size_t first = 0; first < entries.size(); first += tlog::kTileWidth) {
      const std::size_t width = std::min<std::size_t>(tlog::kTileWidth, entries.size() - first);
      std::string bytes;
      for (std::size_t i = 0; i < width; ++i) (void)tlog::append_entry(bytes, entries[first + i]);
      files[path_of(tlog::BundleId{first / tlog::kTileWidth, width})] = bytes;
    }
  }

  // Gives the roots of the full ones: the hashes of the level above.
  std::vector<tlog::Hash> write_tiles(unsigned level, const std::vector<tlog::Hash>& hashes) {
    std::vector<tlog::Hash> above;
    for (std::size_t first = 0; first < hashes.size(); first += tlog::kTileWidth) {
      const std::size_t width = std::min<std::size_t>(tlog::kTileWidth, hashes.size() - first);
      const std::vector<tlog::Hash> tile(hashes.begin() + static_cast<std::ptrdiff_t>(first),
                                         hashes.begin() + static_cast<std::ptrdiff_t>(first + width));
      files[path_of(tlog::TileId{level, first / tlog::kTileWidth, width})] = tlog::print_tile(tile);
      if (width == tlog::kTileWidth) above.push_back(tlog::tree_hash(tile));
    }
    return above;
  }
};

}  // namespace seawall::audit_test
