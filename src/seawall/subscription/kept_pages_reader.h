#pragma once

#include <memory>
#include <string>
#include <unordered_map>

#include "seawall/exchange/exchange_format.h"
#include "seawall/subscription/page_store.h"

namespace seawall {

/// The pages kept, read as one document. A key that comes more than once counts where it comes last: the
/// remote has changed it while it was read. Of a single page that is a whole list nothing is left out.
/// Threads: one. Lifetime: borrows the page store and the format. Memory: the keys, unless it is a whole
/// list.
class KeptPagesReader final : public ExchangeReader {
 public:
  /// Reads all pages once, for their keys. Errors: those of the format's reader.
  static Result<std::unique_ptr<KeptPagesReader>> open(const PageStore& pages, const ExchangeFormat& format,
                                                       ExchangeReadOptions options);
  Result<ExchangeOutcome> next(ExchangeRecord& record) override;
  [[nodiscard]] const ExchangeDocument& document() const override { return document_; }

 private:
  KeptPagesReader(const PageStore& pages, const ExchangeFormat& format, ExchangeReadOptions options)
      : pages_(pages), format_(format), options_(std::move(options)) {}
  Result<void> note_keys();
  Result<ExchangeOutcome> next_of_any_page(ExchangeRecord& record);
  Result<bool> open_next_page();

  const PageStore& pages_;
  const ExchangeFormat& format_;
  ExchangeReadOptions options_;
  std::unordered_map<std::string, std::uint64_t> last_;  // Of each key, its last record's number.
  bool every_record_ = false;
  std::uint64_t pages_opened_ = 0;
  std::uint64_t records_ = 0;
  std::unique_ptr<ByteSource> source_;
  std::unique_ptr<ExchangeReader> reader_;
  ExchangeDocument document_;
};

}  // namespace seawall
