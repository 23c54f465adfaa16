#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "seawall/base/result.h"
#include "seawall/cli/command.h"
#include "seawall/net/reach.h"
#include "seawall/stream_poll/live_segment.h"

namespace seawall::cli {

/// A stream that somebody named on the command line or in a file.
struct NamedStream {
  std::string name;
  StreamSettings settings;
};

/// "lobby=https://..." or an address alone, which is called "stream N". Errors: kInvalidInput, without the
/// address.
Result<NamedStream> named_stream(std::string_view text, std::size_t number);

/// Every stream of the command line and of --streams FILE, each line "NAME ADDRESS [key=HEX]"; blank lines
/// and those that begin with '#' are passed over. Errors: kInvalidInput (names the line, never the address; a
/// name twice), kNotFound, kUnavailable.
Result<std::vector<NamedStream>> named_streams(const Arguments& arguments, Console& console);

/// --allow-network, --refuse-network: where streams may be.
Result<Reach> stream_reach(const Arguments& arguments);

}  // namespace seawall::cli
