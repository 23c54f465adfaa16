#pragma once

#include <mutex>
#include <stop_token>
#include <vector>

#include "seawall/remote_lookup/answers.h"
#include "seawall/remote_lookup/detail/question.h"
#include "seawall/remote_lookup/service_bank.h"

namespace seawall::remote_lookup {

/// Sends a batch until it is answered or hopeless. Threads: any number at once.
class Sender {
 public:
  Sender(ServiceBankOptions options, Fetcher& fetcher, RandomSource& random);

  /// One answer an item. `most`: lowered to what the service takes at once, if that is fewer.
  /// Blocks for the tries and the waits between them. Errors: kUnavailable.
  Result<std::vector<LookupItemAnswer>> ask(const std::vector<const QuestionItem*>& items,
                                            const std::stop_token& stop, std::size_t& most);

 private:
  struct Reply;

  Reply send(const FetchRequest& request, std::size_t items, const std::stop_token& stop);
  FetchRequest request_for(const std::vector<const QuestionItem*>& items);
  Result<std::vector<LookupItemAnswer>> ask_in_halves(const std::vector<const QuestionItem*>& items,
                                                      const std::stop_token& stop, std::size_t& most);
  Result<void> pause(int failures, const Reply& reply, const std::stop_token& stop);

  const ServiceBankOptions options_;
  const std::string host_;  ///< For messages.
  Fetcher& fetcher_;
  std::mutex random_mutex_;  ///< Guards random_.
  RandomSource& random_;
};

}  // namespace seawall::remote_lookup
