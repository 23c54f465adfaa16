#pragma once

#include <p11-kit/pkcs11.h>

#include <memory>
#include <string>
#include <string_view>

#include "seawall/base/result.h"

namespace seawall::pkcs11_detail {

/// A loaded PKCS #11 module, begun. Threads: one. Blocks for as long as the module does.
class Cryptoki {
 public:
  static constexpr std::size_t kSlotsMax = 256;

  /// `path`: absolute, so that nobody's LD_LIBRARY_PATH chooses. Errors: kInvalidInput, kNotFound,
  /// kUnavailable.
  static Result<std::unique_ptr<Cryptoki>> load(const std::string& path);
  Cryptoki(const Cryptoki&) = delete;
  Cryptoki& operator=(const Cryptoki&) = delete;
  ~Cryptoki();

  [[nodiscard]] const CK_FUNCTION_LIST& functions() const { return *functions_; }
  /// Ends and begins the module, so that it sees what was put in anew. Sessions of before are gone; begun()
  /// says so. Errors: kUnavailable.
  Result<void> begin_again();
  [[nodiscard]] unsigned begun() const { return begun_; }  ///< How often.

  struct Token {
    CK_SLOT_ID slot = 0;
    std::string serial;  ///< Without the blanks at its end.
  };
  /// Errors: kNotFound, kConflict (several have the label), kUnavailable.
  Result<Token> token_named(std::string_view label) const;

 private:
  explicit Cryptoki(void* library) : library_(library) {}
  Result<void> begin();

  void* library_;
  CK_FUNCTION_LIST* functions_ = nullptr;
  unsigned begun_ = 0;
};

}  // namespace seawall::pkcs11_detail
