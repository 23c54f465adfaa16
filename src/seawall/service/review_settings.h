#pragma once

#include <cstddef>

#include "seawall/base/result.h"
#include "seawall/review/review_book.h"
#include "seawall/toml/toml.h"

namespace seawall {

/// The table [review] of a service's settings: that uploads with the verdict `review` are kept for people,
/// and how. docs/howto/serve.md has each with its meaning. None of it loosens exposure_floor().
struct ReviewSettings {
  bool keep = true;  ///< False: what is there is worked on, nothing new is kept.
  std::size_t stills_max = 3;
  ReviewOptions queue;
};

/// Errors: kInvalidInput with the line and what to write.
Result<ReviewSettings> review_settings_from(TomlTable& table);

}  // namespace seawall
