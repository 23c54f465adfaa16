#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "seawall/bank/bank.h"
#include "seawall/cli/command.h"
#include "seawall/clip_match/clip_index.h"
#include "seawall/stream_evidence/evidence.h"

namespace seawall::cli {

/// The listed videos of the banks that --bank names, to be looked up, and kept up to date with them; likewise
/// the frames of the banks that --benign names, which never count.
/// Threads: one; the index from any.
class ListedClips {
 public:
  /// Errors: those of the banks; kInvalidInput without any.
  static Result<std::unique_ptr<ListedClips>> open(const Arguments& arguments, Console& console);

  [[nodiscard]] const ClipIndex& index() const { return *index_; }
  /// What a clip is called, or was when it was listed.
  [[nodiscard]] ListedName name(ClipId clip) const;
  /// Takes over what has changed in the banks. True: something has. Blocks. Errors: those of the banks; what
  /// was listed stays.
  Result<bool> refresh();

 private:
  struct Known {
    ClipId clip{};
    std::uint64_t content = 0;  // Of its print.
  };
  struct Fresh {
    std::string id;
    std::uint64_t content = 0;
    DensePrint print;
  };
  struct Followed {
    std::string folder;
    std::string written;  // When its files were, as they were loaded.
    std::string name;
    std::uint64_t changes = 0;
    std::map<std::string, Known> clips;  // By the entry's id.
  };
  /// A bank of --benign; its templates stand under its place among them.
  struct FollowedBenign {
    std::string folder;
    std::string written;
    std::size_t hashes = 0;
  };
  explicit ListedClips(std::unique_ptr<ClipIndex> index) : index_(std::move(index)) {}
  Result<void> load_benign(std::size_t place);
  Result<bool> refresh_benign();
  Result<void> load(Bank& bank, Followed& followed);
  Result<void> add_all(std::vector<Fresh>& fresh, Followed& followed);

  std::unique_ptr<ClipIndex> index_;
  std::vector<Followed> banks_;
  std::vector<FollowedBenign> benign_;
  std::map<ClipId, ListedName> names_;
  std::uint32_t last_id_ = 0;
};

}  // namespace seawall::cli
