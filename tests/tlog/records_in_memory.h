#pragma once

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/store/log_records.h"

namespace seawall {

/// Records in memory, as the port promises.
class Records final : public LogRecordStore {
 public:
  Result<std::uint64_t> last_of(std::string_view source) override {
    std::uint64_t last = 0;
    for (const LogRecord& one : all) {
      if (one.source == source) last = std::max(last, one.source_id);
    }
    return last;
  }
  Result<std::size_t> add(std::span<const LogRecord> records) override {
    for (LogRecord one : records) {
      if (*record_of(one.source, one.source_id)) continue;
      one.id = all.size() + 1;
      all.push_back(std::move(one));
    }
    return records.size();
  }
  Result<std::vector<LogRecord>> waiting(std::size_t limit) override {
    std::vector<LogRecord> found;
    for (const LogRecord& one : all) {
      if (!one.leaf && found.size() < limit) found.push_back(one);
    }
    return found;
  }
  Result<void> settle(std::span<const LoggedLeaf> leaves) override {
    if (fail_settle) return fail(Code::kUnavailable, "injected");
    for (const LoggedLeaf& leaf : leaves) all.at(leaf.id - 1).leaf = leaf.leaf;
    return {};
  }
  Result<std::uint64_t> settled() override {
    std::uint64_t size = 0;
    for (const LogRecord& one : all) {
      if (one.leaf) size = std::max(size, *one.leaf + 1);
    }
    return size;
  }
  Result<std::vector<LogRecord>> records(std::uint64_t, std::size_t) override { return all; }
  Result<std::optional<LogRecord>> record_of_leaf(std::uint64_t) override { return std::nullopt; }
  Result<std::optional<LogRecord>> record_of(std::string_view source, std::uint64_t id) override {
    for (const LogRecord& one : all) {
      if (one.source == source && one.source_id == id) return one;
    }
    return std::nullopt;
  }
  Result<std::size_t> erase(std::span<const std::uint64_t>, Time) override { return 0; }
  Result<std::size_t> erase_unless_told(std::span<const std::uint64_t>, Time, std::string_view,
                                        std::uint64_t) override {
    return 0;
  }
  Result<std::optional<std::uint64_t>> published(std::string_view source) override {
    const auto found = shown.find(std::string(source));
    if (found == shown.end()) return std::nullopt;
    return found->second;
  }
  Result<void> set_published(std::string_view source, std::uint64_t source_id) override {
    shown[std::string(source)] = source_id;
    return {};
  }
  Result<std::uint64_t> covered(std::string_view source, std::uint64_t size) override {
    std::uint64_t last = 0;
    for (const LogRecord& one : all) {
      if (one.source == source && one.leaf && *one.leaf < size) last = std::max(last, one.source_id);
    }
    return last;
  }
  Result<std::vector<RequestEvent>> request_events(std::uint64_t, std::size_t) override {
    return std::vector<RequestEvent>();
  }

  std::vector<LogRecord> all;
  std::map<std::string, std::uint64_t> shown;
  bool fail_settle = false;
};

}  // namespace seawall
