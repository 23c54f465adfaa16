#pragma once

#include <string>
#include <string_view>

#include "seawall/key_vault/detail/rows.h"
#include "seawall/root_key/root_key.h"

namespace seawall::vault_rows {

/// What a vault keeps to know its root key by: this text, sealed.
inline constexpr std::string_view kRootCheck = "seawall/key-vault/v1\n";
[[nodiscard]] inline Result<std::string> seal_root_check(const RootKey& root) {
  return root.seal(kRootCheck, kRootCheck);
}

/// Which of the two keys the vault is under: false is `root`. Errors: kCorrupt (neither), kUnavailable.
inline Result<bool> is_under_next_root(Database& database, const RootKey& root, const RootKey* next) {
  SEAWALL_TRY(Statement read, database.prepare("SELECT root_check FROM vault"));
  SEAWALL_TRY(const bool any, read.step());
  if (!any) return fail(Code::kCorrupt, "the vault lost its first row");
  const std::string sealed(text_of(read.blob(0)));
  const auto opened = root.open(sealed, kRootCheck);
  if (opened) return false;
  if (next == nullptr || opened.error().code != Code::kCorrupt) return tl::unexpected(opened.error());
  SEAWALL_TRY([[maybe_unused]] const std::string by_next, next->open(sealed, kRootCheck));
  return true;
}

}  // namespace seawall::vault_rows
