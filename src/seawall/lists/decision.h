#pragma once

#include <string>
#include <string_view>

#include "seawall/lists/two_person.h"
#include "seawall/store/feedback.h"
#include "seawall/store/store.h"

namespace seawall {

/// Whether a source of that kind takes what people found about its entries: "ncmec-v2", "stopncii",
/// "threatexchange", "seawall".
[[nodiscard]] bool takes_feedback(std::string_view source_kind);

/// What a person found when they looked at one match of an entry.
struct Decision {
  /// The match of a decision on the entry itself, whatever met it.
  static constexpr std::string_view kEntryItself = "-";

  EntryId entry{};
  std::string match{kEntryItself};  ///< As MatchDecision::match.
  bool confirmed = false;
  std::string signal = {};  ///< What met; empty: the first of pdq, md5, sha1, sha256 that the entry has.
  std::string reason = {};  ///< A false match: one of the reasons that the source's body lists.
  bool send_back = true;    ///< To the source, if that takes feedback.
};

struct DecisionOutcome {
  MatchDecision decision;
  Source source;
  bool waits = false;  ///< In the source's outbox.
};

/// Keeps a decision, and puts it up for sending where its source takes feedback. The last one on a match
/// counts. Errors: kNotFound (no such entry), kInvalidInput (the actor; a signal that the entry has not; a
/// false match of NCMEC's without one of its reasons), kLimitExceeded (too many wait), the stores'.
Result<DecisionOutcome> record_decision(Store& store, FeedbackStore& feedback, const Decision& decision,
                                        const Authorship& by);

}  // namespace seawall
