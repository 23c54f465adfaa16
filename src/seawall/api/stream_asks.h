#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "seawall/api/json_fields.h"
#include "seawall/clip_match/clip_match.h"
#include "seawall/model/bank_action.h"

namespace seawall {

/// NewStream of docs/openapi.yaml, as it was sent: whether its address can be one, and its banks are there,
/// is for others to say.
struct NewStreamAsk {
  static constexpr std::size_t kNameBytesMax = 200;
  static constexpr std::size_t kUrlBytesMax = 8 * 1024;
  static constexpr std::size_t kBanksMax = 64;
  static constexpr std::size_t kLabelsMax = 16;
  static constexpr std::size_t kLabelNameBytesMax = 64;
  static constexpr std::size_t kLabelBytesMax = 200;

  struct CutOff {
    std::string webhook;
    ClipTier tier = ClipTier::kThreeAligned;
    BankAction action = BankAction::kBlock;  ///< Or kReview.
  };
  std::string name;
  std::string url;
  std::vector<std::string> banks;
  std::vector<std::pair<std::string, std::string>> labels;  ///< Names of A-Z a-z 0-9 _ . -, each once.
  std::optional<CutOff> cut_off;
};
/// `body`: as PaddedBody gives it. Errors: what is needed, and where. Pure.
JsonRead<NewStreamAsk> new_stream_from_json(std::string_view body);

}  // namespace seawall
