#pragma once

#include "seawall/base/clock.h"
#include "seawall/lists/import.h"
#include "seawall/lists/list_service.h"
#include "seawall/store/store.h"
#include "seawall/subscription/list_sink.h"

namespace seawall {

struct ImportSinkOptions {
  BankId bank{};
  SourceId source{};
  Actor by;  ///< Who proposes: an account of the program, so that any person may approve.
  std::size_t batch_records = 2'000;  ///< As in ImportOptions.
  /// Not null: its releases are staged once they are sealed, so that they match silently.
  ListService* stage_with = nullptr;
};

/// A subscription's records on their way through import_list(): its guards, its comparison with what the bank
/// has, one release that is proposed or staged. It never activates one. Threads: one. Lifetime: borrows the
/// store and the clock.
class ImportSink final : public ListSink {
 public:
  ImportSink(Store& store, const Clock& clock, ImportSinkOptions options)
      : store_(store), clock_(clock), options_(std::move(options)) {}

  Result<SinkReport> take(ExchangeReader& reader, const SinkRequest& request) override;
  Result<bool> is_sealed(std::uint32_t release) override;
  Result<SinkReport> settle(std::uint32_t release) override;
  Result<std::string> mark() override;
  Result<bool> holds(std::string_view mark) override;

 private:
  Result<void> stage(const Release& release);

  Store& store_;
  const Clock& clock_;
  ImportSinkOptions options_;
};

}  // namespace seawall
