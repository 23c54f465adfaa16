#pragma once

#include "seawall/base/clock.h"
#include "seawall/lists/list_service.h"
#include "seawall/service/call.h"
#include "seawall/service/hma_words.h"

namespace seawall {

/// HMA's /c/banks and /c/bank/{bank_name}: docs/formats/hma-api.md. Threads: any. Lifetime: borrows its
/// parts.
class HmaBankCalls {
 public:
  struct Parts {
    Store& store;
    ListService& lists;
    const Clock& clock;
    bool one_person_banks = false;  ///< Those made here; else they are of two persons.
  };
  explicit HmaBankCalls(const Parts& parts) : parts_(parts) {}
  void serve(ServedOperations& operations);

 private:
  struct Wish;

  CallResult banks(Call& call);
  CallResult bank(Call& call);
  CallResult create(Call& call);
  CallResult alter(Call& call);
  CallResult remove(Call& call);
  HmaRead<BankId> make(const Call& call, const Wish& wish);
  HmaRead<ChangeOutcome> carry_out(const Call& call, const ListBank& bank, const Wish& wish);
  Result<ListBank> read(BankId id);

  Parts parts_;
};

}  // namespace seawall
