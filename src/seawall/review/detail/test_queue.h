#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "seawall/base/temporary_folder.h"
#include "seawall/crypto/sha256.h"
#include "seawall/review/review_book.h"

namespace seawall {

class QueueClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override { return time; }
  Time time{std::chrono::seconds(1'795'388'400)};  // 2026-11-22T23:00:00Z
};

/// A queue in a folder of its own, for tests. Threads: one.
class TestQueue {
 public:
  explicit TestQueue(ReviewOptions options = {}) : options_(options) {
    options_.sample_permille = options.sample_permille == ReviewOptions{}.sample_permille
                                   ? 0
                                   : options.sample_permille;  // Unless a test asks for samples.
    open();
  }
  void open() {
    book.reset();
    book = ReviewBook::open(folder(), sha256_of("a key for tests"), clock, options_).value();
  }
  [[nodiscard]] std::filesystem::path folder() const { return folder_.path() / "review"; }

  /// `name` stands for the file's bytes.
  [[nodiscard]] static NewReviewItem upload(const std::string& name, std::uint64_t bits = 1) {
    NewReviewItem item;
    item.tenant = "default";
    item.origin = sha256_of("origin of " + name);
    item.digest = sha256_of(name);
    item.pdq = Fingerprint256{{bits, 0x5555, 0x3333, 0x0f0f}};
    item.entry = "12.345";
    item.signal = "pdq";
    item.bank = "KNOWN";
    item.facts = R"({"matches":[]})";
    item.stills.push_back({StillPicture(16, 16, std::vector<std::uint8_t>(256, 7)), 0, 0});
    return item;
  }
  [[nodiscard]] static Reviewer person(std::string_view name) { return {"default", name}; }
  [[nodiscard]] std::vector<std::int64_t> listed(std::string_view who, std::string state = "open") {
    ReviewQuery query;
    query.state = std::move(state);
    query.limit = 1000;
    std::vector<std::int64_t> ids;
    const auto page = book->items(person(who), query);
    if (!page) ADD_FAILURE();
    if (page) {
      for (const ReviewView& one : page->items) ids.push_back(one.id);
    }
    return ids;
  }
  [[nodiscard]] std::string bytes_on_disk() const {
    std::string all;
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder())) {
      std::ifstream in(file.path(), std::ios::binary);
      all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all;
  }

 private:
  TemporaryFolder folder_ = TemporaryFolder::make("review").value();
  ReviewOptions options_;

 public:
  QueueClock clock;
  std::unique_ptr<ReviewBook> book;
};

}  // namespace seawall
