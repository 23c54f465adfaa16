#pragma once

#include <optional>
#include <string>
#include <vector>

#include "seawall/base/clock.h"
#include "seawall/lists/list_service.h"
#include "seawall/service/call.h"
#include "seawall/service/hma_lists.h"
#include "seawall/service/hma_media.h"

namespace seawall {

/// HMA's /c/bank/{bank_name}/content... and .../signal: docs/formats/hma-api.md. Threads: any. Lifetime:
/// borrows its parts.
class HmaContentCalls {
 public:
  struct Parts {
    Store& store;
    ListService& lists;
    HmaMedia& media;
    const Clock& clock;
  };
  explicit HmaContentCalls(const Parts& parts) : parts_(parts) {}
  void serve(ServedOperations& operations);

 private:
  struct Added;
  struct Found;
  struct Wanted;

  CallResult add_content(Call& call);
  CallResult add_signals(Call& call);
  CallResult show(Call& call);
  CallResult alter(Call& call);
  CallResult remove(Call& call);

  HmaRead<ListBank> bank_of(StoreView& view, const Call& call);
  HmaRead<HmaFile> file_of(const Call& call, const HmaForm& form);
  HmaRead<HmaSignal> signal_of(const HmaFile& file);
  CallResult add(const Call& call, const ListBank& bank, const Added& added);
  Result<std::optional<Entry>> known(BankId bank, const std::string& key);
  Result<void> activate_if_approved(ReleaseId release, const Actor& by);
  Result<Entry> propose(const EntryProposal& proposal, const Actor& by);
  HmaRead<Found> found(const Call& call);
  HmaRead<void> set_switch(const Found& found, bool on, const Actor& by, Json& waits);
  HmaRead<void> set_note(const Found& found, const std::string& note, const Actor& by, Json& waits);
  Result<void> add_release(Json& json, ReleaseId release);
  Result<std::optional<ReleaseId>> open_withdrawal(const Entry& entry);
  Result<std::optional<Release>> take_off(const Entry& entry, const Actor& by);

  Parts parts_;
};

}  // namespace seawall
