#pragma once

#include "seawall/follow/list_follower.h"
#include "seawall/list_clips/list_clips.h"
#include "seawall/service/list_names.h"
#include "seawall/streams/clip_directory.h"

namespace seawall {

/// What the clips of a service's lists are, and what they count for now: as ListFollower says for a file that
/// shows them. Threads: any; never waits for the store. Lifetime: borrows all.
class ListedClipDirectory final : public ClipDirectory {
 public:
  ListedClipDirectory(const ListClips& clips, const ListFollower& lists, const ListNames& names)
      : clips_(clips), lists_(lists), names_(names) {}
  [[nodiscard]] ClipScope scope(std::string_view tenant, std::span<const BankId> banks) const override {
    return clips_.scope({std::string(tenant), {banks.begin(), banks.end()}});
  }
  [[nodiscard]] Result<std::optional<ClipStanding>> standing(const ClipQuestion& question) const override;
  [[nodiscard]] std::uint64_t version() const override;

 private:
  [[nodiscard]] std::optional<ClipStanding> dormant(const ListClip& clip, const ClipQuestion& question) const;

  const ListClips& clips_;
  const ListFollower& lists_;
  const ListNames& names_;
};

}  // namespace seawall
