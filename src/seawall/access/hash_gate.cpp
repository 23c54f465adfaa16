#include "seawall/access/hash_gate.h"

#include <array>

#include "seawall/crypto/random_bytes.h"

namespace seawall {

/// One of the places at the gate, given back at the end of the object.
class HashGate::Place {
 public:
  explicit Place(HashGate& gate) : gate_(gate), taken_(gate.enter()) {}
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() {
    if (taken_) gate_.leave();
  }
  [[nodiscard]] bool taken() const { return taken_; }

 private:
  HashGate& gate_;
  bool taken_;
};

bool HashGate::enter() {
  std::unique_lock lock(mutex_);
  const auto free = [this] { return running_ < limits_.at_once; };
  if (!free()) {
    if (waiting_ >= limits_.waiting_max) return false;
    ++waiting_;
    const bool came = left_.wait_for(lock, limits_.wait, free);
    --waiting_;
    if (!came) return false;
  }
  ++running_;
  return true;
}

void HashGate::leave() {
  {
    const std::lock_guard lock(mutex_);
    --running_;
  }
  left_.notify_one();
}

Result<std::optional<std::string>> HashGate::hash(std::string_view password) {
  const Place place(*this);
  if (!place.taken()) return std::optional<std::string>();
  std::array<std::byte, kArgon2SaltBytes> salt;
  SEAWALL_CHECK(fill_with_random_bytes(salt));
  SEAWALL_TRY(std::string encoded, argon2id_hash(password, salt, limits_.cost));
  return std::optional(std::move(encoded));
}

Result<std::string> HashGate::decoy() const {
  std::array<std::byte, kArgon2SaltBytes> salt;
  SEAWALL_CHECK(fill_with_random_bytes(salt));
  return argon2id_decoy(salt, limits_.cost);
}

Result<std::optional<bool>> HashGate::verifies(std::string_view encoded, std::string_view password) {
  const Place place(*this);
  if (!place.taken()) return std::optional<bool>();
  SEAWALL_TRY(const bool right, argon2id_verifies(encoded, password));
  return std::optional(right);
}

}  // namespace seawall
