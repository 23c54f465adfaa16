#pragma once

#include "seawall/service/list_scope.h"

namespace seawall {

class EntrySearch;

/// /v1/banks and what stands under it. Threads: any. Lifetime: borrows its parts.
class BankCalls {
 public:
  explicit BankCalls(const ListParts& parts) : parts_(parts) {}
  void serve(ServedOperations& operations);

 private:
  CallResult banks(const Call& call);
  CallResult create(const Call& call);
  CallResult bank(const Call& call);
  CallResult alter(const Call& call);
  CallResult entries(const Call& call);
  /// A page of what a search finds; may be short, or empty, before the end.
  static CallResult found(ListScope& scope, BankId bank, const EntrySearch& search, EntryId after,
                          std::size_t limit);
  CallResult propose(const Call& call);
  CallResult withdraw(const Call& call);
  /// A file's bytes, to be listed by what this server makes of them.
  CallResult propose_media(const Call& call);
  Called<EntryContent> content_of(std::span<const std::byte> file);
  /// What the path names. Errors: kNotFound.
  Called<ListBank> bank_of(const Call& call);

  ListParts parts_;
};

}  // namespace seawall
