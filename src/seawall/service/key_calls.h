#pragma once

#include <optional>
#include <string>

#include "seawall/access/key_service.h"
#include "seawall/base/clock.h"
#include "seawall/service/call.h"
#include "seawall/store/store.h"

namespace seawall {

/// GET and POST /v1/keys, /v1/keys/{key}/rotate, /v1/keys/{key}/revoke: programs' keys, by people.
///
/// Guarantees: what was acknowledged holds at once in this process, and in others as KeyGate says. A secret
/// stands in the one answer that made it, and nowhere else. Threads: any; blocks for the
/// store. Lifetime: borrows its parts.
class KeyCalls {
 public:
  struct Parts {
    KeyService& keys;
    Store& lists;  ///< Whether the banks are there.
    const Clock& clock;
    std::optional<KeyRate> default_rate;  ///< Of keys that have none.
  };
  explicit KeyCalls(const Parts& parts) : parts_(parts) {}
  void serve(ServedOperations& operations);

 private:
  CallResult list(const Call& call);
  CallResult create(const Call& call);
  CallResult rotate(const Call& call);
  CallResult revoke(const Call& call);
  tl::expected<void, CallProblem> check_banks(const NewKey& wanted);
  CallResult answer(int status, const KeyWithSecrets& made) const;

  Parts parts_;
};

/// The id in a path: "k_" and what KeyText::new_id() makes. Errors: kNotFound for what cannot be one.
tl::expected<std::string, CallProblem> key_id_of(std::string_view segment);

}  // namespace seawall
