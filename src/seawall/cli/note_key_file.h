#pragma once

#include <string>

#include "seawall/base/result.h"
#include "seawall/tlog/keys.h"

namespace seawall::cli {

/// Reads a private key of notes ("note_key = PRIVATE+KEY+...") from a file that its owner alone may read; it
/// must be of `type`. Errors: those of credentials_from_file(), kInvalidInput (another type: says how to make
/// one).
Result<tlog::NoteSigner> note_key_from_file(const std::string& path, tlog::KeyType type);
/// Makes a new one in a new file. Errors: kInvalidInput (the name), those of write_new_secret_file().
Result<tlog::VerifierKey> make_note_key(const std::string& path, const std::string& name, tlog::KeyType type);

}  // namespace seawall::cli
