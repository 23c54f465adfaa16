#include "seawall/subscription/kept_pages_reader.h"

namespace seawall {

Result<std::unique_ptr<KeptPagesReader>> KeptPagesReader::open(const PageStore& pages,
                                                               const ExchangeFormat& format,
                                                               ExchangeReadOptions options) {
  std::unique_ptr<KeptPagesReader> reader(new KeptPagesReader(pages, format, std::move(options)));
  reader->every_record_ = pages.state().snapshot;
  if (!reader->every_record_) SEAWALL_CHECK(reader->note_keys());
  return reader;
}

Result<void> KeptPagesReader::note_keys() {
  ExchangeRecord record;
  for (;;) {  // Ends with the pages, which are bounded.
    SEAWALL_TRY(const ExchangeOutcome outcome, next_of_any_page(record));
    if (outcome.kind == ExchangeOutcome::Kind::kEnd) break;
    if (outcome.kind == ExchangeOutcome::Kind::kRecord) last_.insert_or_assign(record.key, records_);
  }
  pages_opened_ = 0;
  records_ = 0;
  return {};
}

Result<ExchangeOutcome> KeptPagesReader::next(ExchangeRecord& record) {
  for (;;) {  // As above.
    SEAWALL_TRY(ExchangeOutcome outcome, next_of_any_page(record));
    if (outcome.kind != ExchangeOutcome::Kind::kRecord || every_record_) return outcome;
    const auto last = last_.find(record.key);
    if (last == last_.end() || last->second == records_) return outcome;
  }
}

Result<ExchangeOutcome> KeptPagesReader::next_of_any_page(ExchangeRecord& record) {
  for (;;) {  // As above.
    if (!reader_) {
      SEAWALL_TRY(const bool opened, open_next_page());
      if (!opened) return ExchangeOutcome{};
    }
    SEAWALL_TRY(ExchangeOutcome outcome, reader_->next(record));
    if (outcome.kind != ExchangeOutcome::Kind::kEnd) {
      ++records_;
      return outcome;
    }
    document_ = reader_->document();
    reader_.reset();
  }
}

Result<bool> KeptPagesReader::open_next_page() {
  const SubscriptionState& state = pages_.state();
  if (pages_opened_ == state.page_count) return false;
  reader_.reset();
  SEAWALL_TRY(source_, pages_.read_page(state.first_page + pages_opened_));
  SEAWALL_TRY(reader_, format_.reader(*source_, options_));
  ++pages_opened_;
  return true;
}

}  // namespace seawall
