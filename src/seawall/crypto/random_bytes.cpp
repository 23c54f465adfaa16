#include "seawall/crypto/random_bytes.h"

#include <openssl/rand.h>

namespace seawall {

Result<void> fill_with_random_bytes(std::span<std::byte> out) {
  const int done =
      RAND_priv_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(out.size()));
  if (done == 1) return {};
  return fail(Code::kUnavailable, "the system gives no random bytes");
}

}  // namespace seawall
