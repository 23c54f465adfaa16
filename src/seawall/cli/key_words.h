#pragma once

#include <string>
#include <string_view>

#include "seawall/access/key_service.h"
#include "seawall/base/digests.h"
#include "seawall/cli/console.h"
#include "seawall/json/json.h"

namespace seawall::cli {

/// "1000/60": so many items in so many seconds. Errors: kInvalidInput; the ranges are KeyService's to check.
Result<KeyRate> rate_from(std::string_view text);
/// 64 hex digits, also with ':' between the bytes, as `openssl x509 -fingerprint -sha256` writes them.
/// Errors: kInvalidInput.
Result<Sha256> fingerprint_from(std::string_view text);
/// Errors: kInvalidInput names those there are.
Result<Scope> scope_from(std::string_view text);

/// As docs/openapi.yaml writes a key, with `tenant` and `networks` beside. No secret is in it.
[[nodiscard]] Json key_json(const AccessKey& key, Time now);
/// "match, status"
[[nodiscard]] std::string scope_words(ScopeSet scopes);
/// Standard output: the key's text alone, or with --json one object with `secret` and `webhook_secret`.
/// Standard error: what a person has to know of it, after `done`.
void print_secrets(Console& console, const KeyWithSecrets& made, Time now, std::string_view done);

/// The key that `name` means: its id, or its name among the keys of `tenant`. Errors: kNotFound, which does
/// not repeat what looks like a secret.
Result<AccessKey> key_named(AccessStore& store, const std::string& tenant, const std::string& name);

}  // namespace seawall::cli
