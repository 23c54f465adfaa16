#pragma once

#include <optional>

#include "seawall/exchange/exchange_format.h"

namespace seawall::exchange_detail {

/// What every reader does alike: an error and the end stay.
class ReaderBase : public ExchangeReader {
 public:
  Result<ExchangeOutcome> next(ExchangeRecord& record) final {
    if (error_) return tl::unexpected(*error_);
    if (at_end_) return ExchangeOutcome{};
    auto outcome = step(record);
    if (!outcome) {
      error_ = outcome.error();
    } else if (outcome->kind == ExchangeOutcome::Kind::kEnd) {
      at_end_ = true;
    }
    return outcome;
  }
  [[nodiscard]] const ExchangeDocument& document() const final { return document_; }

 protected:
  virtual Result<ExchangeOutcome> step(ExchangeRecord& record) = 0;

  ExchangeDocument document_;

 private:
  std::optional<Error> error_;
  bool at_end_ = false;
};

}  // namespace seawall::exchange_detail
