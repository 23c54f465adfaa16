#pragma once

#include <filesystem>
#include <string>

#include "seawall/base/result.h"
#include "seawall/toml/toml.h"

namespace seawall {

/// The table [oversight] of a service's settings: which overseers see the register of errors and
/// recommendations. docs/howto/serve.md has each with its meaning.
struct OversightSettings {
  std::filesystem::path register_folder;  ///< That of `seawall oversee ... --book`.
  std::string tenant = "default";         ///< Whose overseers see it.
};

/// Errors: kInvalidInput with the line and what to write.
Result<OversightSettings> oversight_settings_from(TomlTable& table);

}  // namespace seawall
