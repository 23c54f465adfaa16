#pragma once

#include <p11-kit/pkcs11.h>

#include <string_view>

#include "seawall/base/result.h"

namespace seawall::pkcs11_detail {

/// What an answer of a token means for whoever runs it. `doing`: "opens". Never CKR_OK. Source: PKCS #11
/// v2.40, section 5.1.
[[nodiscard]] Error error_of(CK_RV answer, std::string_view doing);
/// The session, or what it was on, is gone: a new one may help.
[[nodiscard]] bool is_lost(CK_RV answer);
/// The PIN was refused: asked again with it, a token locks itself.
[[nodiscard]] bool is_pin_refused(CK_RV answer);

}  // namespace seawall::pkcs11_detail
