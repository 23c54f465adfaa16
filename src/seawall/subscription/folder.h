#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "seawall/durable_file/file_system.h"
#include "seawall/subscription/state.h"

namespace seawall {

/// The folder of a subscription, made if it is not there, and the one that it is in, for this user alone
/// (mode 0700): it holds pages of hash lists. Errors: kInvalidInput with the chmod to type where others can
/// look into it; kUnavailable.
Result<std::unique_ptr<durable::FileSystem>> open_subscription_folder(const std::filesystem::path& folder);

/// What a subscription's folder says, whoever works on it now; none: nothing is there. Changes nothing.
/// Errors: kCorrupt, kUnavailable.
Result<std::optional<SubscriptionState>> read_subscription_folder(const std::filesystem::path& folder);

}  // namespace seawall
