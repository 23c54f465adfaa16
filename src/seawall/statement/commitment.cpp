#include "seawall/statement/commitment.h"

#include "seawall/crypto/random_bytes.h"
#include "seawall/crypto/sha256.h"

namespace seawall {

Sha256 commitment_of(std::string_view kind, const CommitmentSalt& salt, std::string_view record) {
  Sha256Hasher hasher;
  hasher.update("seawall/");
  hasher.update(kind);
  hasher.update(std::string_view("/v1\0", 4));
  hasher.update(salt);
  hasher.update(record);
  return hasher.finish();
}

Result<CommitmentSalt> new_commitment_salt() {
  CommitmentSalt salt;
  SEAWALL_CHECK(fill_with_random_bytes(salt));
  return salt;
}

}  // namespace seawall
