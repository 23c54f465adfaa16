#pragma once

#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <vector>

#include "seawall/http/answer.h"

namespace seawall {

/// An answer on its way to its connection, or the admission of a head that was decided on later, or word that
/// its body's stream has more. None of these: the responder ended without.
struct AnswerLetter {
  std::uint64_t connection;
  std::uint64_t request;
  std::optional<HttpAnswer> answer;
  std::optional<HttpAdmission> admission;
  bool more = false;
};

/// Where answers wait for the thread of their connections. Outlives that thread as long as a responder holds
/// it; after close() what is put in is dropped. Bounded by the requests under way: four letters each at
/// most. Threads: any.
class AnswerBox {
 public:
  /// `wake`: called under the lock when the box was empty; must have take() called soon.
  explicit AnswerBox(std::function<void()> wake) : wake_(std::move(wake)) {}
  void put(AnswerLetter letter);
  std::vector<AnswerLetter> take();
  void close();

 private:
  std::mutex mutex_;  // Guards all below.
  std::function<void()> wake_;
  std::vector<AnswerLetter> letters_;
};

}  // namespace seawall
