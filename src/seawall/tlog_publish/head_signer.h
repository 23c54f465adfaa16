#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/net/fetcher.h"
#include "seawall/tlog/keys.h"
#include "seawall/tlog/proofs.h"

namespace seawall {

/// Somebody who signs a log's heads over C2SP tlog-witness: a witness, or the log's own signer.
struct HeadSignerPlace {
  tlog::VerifierKey key;
  std::string url;  ///< Before "/add-checkpoint": "https://witness.example", "http://127.0.0.1:8095".
};

/// Asks one of them, and remembers which size it signed last.
/// Guarantees: what it gives is verified under the place's key. Threads: one at a time. Lifetime: borrows the
/// fetcher.
class HeadSigner {
 public:
  /// Makes the proof from an old size, 1 or more, to the head that is asked for.
  using Prove = FunctionRef<Result<tlog::Proof>(std::uint64_t old_size)>;

  HeadSigner(HeadSignerPlace place, Fetcher& fetcher) : place_(std::move(place)), fetcher_(fetcher) {}

  /// The place's signature of `note`, whose text is a checkpoint of `size`. Asks anew once if the place stood
  /// at another size than was thought. Errors: kConflict (it refuses: 403, 422; an operator must look),
  /// kInvalidInput (what it answers is not its signature), kUnavailable; all name the key.
  Result<tlog::NoteSignature> sign(const tlog::SignedNote& note, std::uint64_t size, Prove prove,
                                   std::chrono::milliseconds deadline);

  [[nodiscard]] const tlog::VerifierKey& key() const { return place_.key; }

 private:
  Result<FetchResponse> ask(const tlog::SignedNote& note, Prove prove, std::chrono::milliseconds deadline);
  Result<void> learn_size(const FetchResponse& response, std::uint64_t size);
  Result<tlog::NoteSignature> read(const FetchResponse& response, const std::string& text) const;

  const HeadSignerPlace place_;
  Fetcher& fetcher_;
  std::uint64_t signed_size_ = 0;  ///< As far as is known.
};

}  // namespace seawall
