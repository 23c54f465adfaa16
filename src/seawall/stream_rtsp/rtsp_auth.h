#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/random_source.h"
#include "seawall/base/result.h"
#include "seawall/net/secret.h"

namespace seawall {

/// Answers a server that asks who one is: Digest with SHA-256 or MD5, else Basic. RFC 7616, RFC 7617.
/// Threads: one. Pure but for `random`.
class RtspAuth {
 public:
  /// Borrows all for its life.
  RtspAuth(const Secret& user, const Secret& password, RandomSource& random)
      : user_(user), password_(password), random_(random) {}

  /// Takes the values of the WWW-Authenticate fields of an answer of 401. Errors: kUnavailable (it asks for a
  /// user and password and none is known, or refuses this one), kUnsupported (for something else). No message
  /// holds a secret or the server's words.
  Result<void> challenged(const std::vector<std::string_view>& challenges);
  /// The value of the Authorization field of a request; empty: nobody has asked.
  [[nodiscard]] std::string authorization(std::string_view method, std::string_view url);
  /// A new connection: the server asks anew.
  void forget();

 private:
  struct Challenge {
    enum class Kind : std::uint8_t { kNone, kBasic, kMd5, kSha256 };
    Kind kind = Kind::kNone;
    std::string realm;
    std::string nonce;
    std::string opaque;
    std::string algorithm;  ///< As the server writes it; empty: it does not.
    bool has_opaque = false;
    bool auth_qop = false;
    bool stale = false;
  };
  static Challenge challenge_of(std::string_view text);

  const Secret& user_;
  const Secret& password_;
  RandomSource& random_;
  Challenge challenge_;
  std::uint32_t uses_ = 0;    // Of its nonce.
  std::uint32_t rounds_ = 0;  // Of questions.
};

}  // namespace seawall
