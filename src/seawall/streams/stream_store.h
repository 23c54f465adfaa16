#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "seawall/access/master_key.h"
#include "seawall/sqlite/database.h"
#include "seawall/streams/attached_stream.h"

namespace seawall {

/// A match of a stream, as it is kept.
struct StreamAlert {
  std::string id;  ///< "a_" and 32 hex digits; a Notice's id.
  std::string tenant;
  std::string stream;     ///< Its name.
  std::string stream_id;  ///< AttachedStream::id.
  Time at{};
  BankId bank{};
  bool silent = false;
  bool is_rise = false;  ///< The same showing was told before: it does not count again.
  std::string body;      ///< JSON (StreamAlert of docs/openapi.yaml); no picture, no address.
  /// To be sent there, as whoever attached the stream; empty: to nobody.
  std::string webhook;
  std::string caller;
  std::string key_id;
};

/// Which alerts are asked for.
struct StreamAlertAsk {
  std::string_view tenant;
  std::string_view stream = {};        ///< Of that name only; empty: of all.
  std::span<const BankId> banks = {};  ///< Of these only; empty: of all.
  /// An alert's id: those that came later; empty: from the first one kept. One that is not kept any more
  /// stands before all that are.
  std::string_view after = {};
  bool with_silent = false;
  /// The newest first, from the end on; then those that came before `after`, which must be kept still: none
  /// do else.
  bool newest_first = false;
  std::size_t limit = 100;
  std::size_t bytes_max = 8 << 20;  ///< Of all bodies, but the first is given whatever its size.
};

struct StreamAlertPage {
  std::vector<std::string> bodies;  ///< In the order that was asked for.
  std::string next;                 ///< For `after`; empty: there are no more.
};

/// An alert that is to be sent still.
struct UnsentAlert {
  std::int64_t number = 0;
  StreamAlert alert;  ///< Its id, tenant, time, body, webhook, caller and key_id; the rest is not set.
};

/// Of the alerts of one attaching: those that are not silent, a showing once.
struct StreamAlertCount {
  std::uint64_t alerts = 0;
  std::optional<Time> last;
};

/// The streams that are attached and the alerts of them, in a file of SQLite of this process alone.
///
/// Guarantees: what was acknowledged survives a kill and a power cut. Addresses are sealed with the master
/// key, each under a key of its own, and the file is its owner's alone (0600, in a folder of 0700): a copy of
/// it without the key tells no address. Threads: any; one at a time inside. Errors everywhere: those of
/// Database. Cost: a change is one durable write.
class StreamStore {
 public:
  /// Of alerts; then the oldest go, those that are to be sent still after all others. An alert that was just
  /// added stays, whatever its size.
  struct Limits {
    std::uint64_t of_tenant = 100'000;
    std::uint64_t bytes_of_tenant = 1ULL << 30;  ///< Of their bodies.
    std::uint64_t bytes = 8ULL << 30;            ///< Of all tenants; then those of the one that has most go.
  };

  /// Makes the folder where it is not there. One process at a time: the service's folder sees to that.
  static Result<std::unique_ptr<StreamStore>> open(const std::filesystem::path& folder,
                                                   const MasterKey& master, const Limits& limits);
  static Result<std::unique_ptr<StreamStore>> open(const std::filesystem::path& folder,
                                                   const MasterKey& master) {
    return open(folder, master, Limits());
  }

  /// Errors: kConflict (the tenant has a stream of that name).
  Result<void> add(const AttachedStream& stream);
  /// False: there is none.
  Result<bool> remove(std::string_view tenant, std::string_view name);
  struct Kept {
    AttachedStream stream;
    bool opens = true;  ///< False: its addresses were sealed with another master key, and are empty.
    StreamAlertCount count;
  };
  Result<std::vector<Kept>> streams();

  /// Makes room for it (Limits).
  Result<void> add(const StreamAlert& alert);
  /// Errors: kInvalidInput (`after` is not of the form of an alert's id).
  Result<StreamAlertPage> alerts(const StreamAlertAsk& ask);
  /// The caller behind `after`, by name, that has alerts to be sent; none: there are no more.
  Result<std::optional<std::string>> unsent_caller(std::string_view after);
  /// A caller's alerts behind `after`, oldest first; `limit` 1..1000. One whose address does not open has
  /// none.
  Result<std::vector<UnsentAlert>> unsent(std::string_view caller, std::int64_t after, std::size_t limit);
  Result<std::uint64_t> count_unsent();
  /// It is on its way, or never will be.
  Result<void> settle(std::int64_t number);
  /// Drops alerts from before `time`; those to be sent still stay. At most 10,000 at once; gives how many.
  Result<std::uint64_t> tidy(Time time);
  /// Alerts that were to be sent, and went for want of room.
  [[nodiscard]] std::uint64_t dropped_unsent() const { return dropped_unsent_; }

 private:
  /// Of the alerts of a tenant.
  struct Size {
    std::uint64_t alerts = 0;
    std::uint64_t bytes = 0;
  };
  using Sizes = std::map<std::string, Size, std::less<>>;
  StreamStore(Database database, const MasterKey& master, const Limits& limits)
      : database_(std::move(database)), master_(master), limits_(limits) {}
  Result<void> read_sizes();
  /// False: there is one of that id.
  Result<bool> insert(const StreamAlert& alert, std::span<const std::byte> webhook);
  /// Gives how many that were to be sent went for it.
  Result<std::uint64_t> add_within(const StreamAlert& alert, std::span<const std::byte> webhook,
                                   Sizes& sizes);
  /// Whose alerts have to go; none: there is room.
  [[nodiscard]] std::optional<std::string> over_full(const Sizes& sizes) const;
  /// Drops alerts with numbers under `below` until there is room, or kDroppedAtOnce of them. Gives how many
  /// were to be sent.
  Result<std::uint64_t> make_room(std::int64_t below, Sizes& sizes);
  /// Gives how many.
  Result<std::uint64_t> drop(Statement& each, Sizes& sizes);
  Result<void> read_kept(Statement& row, Kept& kept);
  [[nodiscard]] Result<std::string> seal(std::string_view text, std::string_view record) const;
  [[nodiscard]] Result<std::string> open_sealed(std::span<const std::byte> sealed,
                                                std::string_view record) const;
  Result<std::int64_t> number_of(std::string_view tenant, std::string_view id);

  std::mutex mutex_;  // Guards database_ and sizes_.
  Database database_;
  Sizes sizes_;  // As the file has them.
  const MasterKey& master_;
  const Limits limits_;
  std::atomic<std::uint64_t> dropped_unsent_{0};
};

}  // namespace seawall
