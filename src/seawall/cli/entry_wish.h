#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/byte_source.h"
#include "seawall/model/entry.h"

namespace seawall::cli {

/// What shall become of an entry's settings and words; what is not said stays.
struct EntryWish {
  std::optional<std::optional<int>> radius_bits;    ///< Inner none: the bank's.
  std::optional<std::optional<BankAction>> action;  ///< Likewise.
  std::optional<std::optional<Time>> review_at;
  std::optional<std::optional<Time>> expires_at;
  std::vector<std::string> tags_added;
  std::vector<std::string> tags_removed;
  std::optional<std::string> series;
  std::optional<std::optional<Classification>> classification;
  std::string why;

  /// Nothing but perhaps `why`.
  [[nodiscard]] bool empty() const;
};

/// Takes one thing that is wished, as it is written on the command line and in files:
/// radius N|default, action block|review|allow|default, review-on DATE|never, expires DATE|never, tag +X or
/// X, tag -X, series TEXT|none, classification SCHEME/VALUE|none, why TEXT.
/// Errors: kInvalidInput says what may be written.
Result<void> set_wish(EntryWish& wish, std::string_view name, std::string_view text);

/// One row of a file of wishes.
struct WishRow {
  std::string entry;  ///< As on the command line.
  EntryWish wish;
};

inline constexpr std::size_t kWishRowsMax = 10'000;

/// A CSV file whose first row names its columns: `entry`, and any of the names of set_wish(). An empty cell
/// leaves what `base` says; a cell of tags may hold several, with ';' between.
/// Errors: kInvalidInput with the line; kLimitExceeded above kWishRowsMax rows; those of the source.
Result<std::vector<WishRow>> wishes_from_csv(ByteSource& source, const EntryWish& base);

/// `content` with the wished tags, and with the wished series and classification.
[[nodiscard]] std::vector<std::string> wished_tags(const EntryWish& wish, std::vector<std::string> tags);
[[nodiscard]] EntryContent wished_content(const EntryWish& wish, EntryContent content);

}  // namespace seawall::cli
