#include "seawall/jobs/detail/record_seal.h"

#include <cstring>

#include "seawall/crypto/hmac.h"
#include "seawall/crypto/sealing.h"
#include "seawall/net/secret.h"

namespace seawall::jobs_detail {
namespace {

/// A record's key, for as long as it is needed.
class RecordKey {
 public:
  RecordKey(const Sha256& key, std::string_view record)
      : bytes_(hmac_sha256(key, "record/" + std::string(record))) {}
  RecordKey(const RecordKey&) = delete;
  RecordKey& operator=(const RecordKey&) = delete;
  ~RecordKey() { wipe_bytes(bytes_.data(), bytes_.size()); }
  [[nodiscard]] SealingKey sealing() const { return SealingKey(std::span<const std::byte, 32>(bytes_)); }

 private:
  Sha256 bytes_;
};

}  // namespace

RecordSeal::~RecordSeal() { wipe_bytes(key_.data(), key_.size()); }

Result<std::string> RecordSeal::seal(std::string_view text, std::string_view record) const {
  return RecordKey(key_, record).sealing().seal(text, record);
}

Result<std::string> RecordSeal::open(std::string_view sealed, std::string_view record) const {
  return RecordKey(key_, record).sealing().open(sealed, record);
}

std::int64_t RecordSeal::digest(std::string_view text) const {
  const Sha256 whole = hmac_sha256(key_, "digest/" + std::string(text));
  std::int64_t digest = 0;
  std::memcpy(&digest, whole.data(), sizeof digest);
  return digest;
}

}  // namespace seawall::jobs_detail
