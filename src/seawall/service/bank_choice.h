#pragma once

#include <string>
#include <vector>

#include "seawall/service/call.h"
#include "seawall/service/list_names.h"

namespace seawall {

/// The banks that a caller means, of those it may ask: `named`, or all that its key is bound to. Empty: all
/// of its tenant. Threads: any; never blocks. Errors: kNotFound (a named one is not there or not this key's;
/// one that the key is bound to is not there any more).
tl::expected<std::vector<BankId>, CallProblem> chosen_banks(const ListNames& names, const Identity& who,
                                                            const std::vector<std::string>& named);

}  // namespace seawall
