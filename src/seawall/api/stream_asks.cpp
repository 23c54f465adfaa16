#include "seawall/api/stream_asks.h"

#include <algorithm>

namespace seawall {
namespace {

constexpr std::size_t kWebhookBytesMax = 2'048;
constexpr std::size_t kBankNameBytesMax = 200;

bool is_label_name(std::string_view name) {
  return !name.empty() && name.size() <= NewStreamAsk::kLabelNameBytesMax &&
         std::ranges::all_of(name, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                  c == '.' || c == '-';
         });
}

JsonValueReader banks_into(std::vector<std::string>& into) {
  return array_of(1, NewStreamAsk::kBanksMax,
                  [&into](JsonObjectReader& reader, const JsonMember& member) -> JsonRead<void> {
                    std::string name;
                    auto read = text_into(name, 1, kBankNameBytesMax)(reader, member);
                    if (!read) return read;
                    if (std::ranges::find(into, name) != into.end())
                      return wrong_value("each bank may stand there once");
                    into.push_back(std::move(name));
                    return {};
                  });
}

using Labels = std::vector<std::pair<std::string, std::string>>;

JsonRead<void> take_label(Labels& into, JsonObjectReader& reader, const JsonMember& one) {
  if (into.size() == NewStreamAsk::kLabelsMax) return wrong_value("at most 16 labels are taken");
  if (!is_label_name(one.key))
    return wrong_value("a label's name is 1 to 64 letters, digits, '_', '.' or '-'");
  const auto is_it = [&](const auto& label) { return label.first == one.key; };
  if (std::ranges::any_of(into, is_it)) return wrong_value("each label may stand there once");
  std::string name(one.key);
  std::string value;
  if (auto read = text_into(value, 0, NewStreamAsk::kLabelBytesMax)(reader, one); !read) return read;
  into.emplace_back(std::move(name), std::move(value));
  return {};
}

/// {"name": "value", ...}
JsonValueReader labels_into(Labels& into) {
  return [&into](JsonObjectReader& reader, const JsonMember& member) -> JsonRead<void> {
    if (member.kind != JsonMember::Kind::kObject) return wrong_value("an object is needed");
    JsonRead<void> fault;
    const auto done = reader.members([&](const JsonMember& one) -> Result<void> {
      fault = take_label(into, reader, one);
      return fault ? Result<void>() : fail(Code::kInvalidInput, "labels");
    });
    if (!fault) return fault;
    return done ? JsonRead<void>() : wrong_value("JSON is needed");
  };
}

Result<ClipTier> tier_from_text(std::string_view text) {
  for (const ClipTier tier : {ClipTier::kSingleFrame, ClipTier::kTwoAligned, ClipTier::kThreeAligned}) {
    if (name_of(tier) == text) return tier;
  }
  return fail(Code::kInvalidInput, "not a tier");
}

Result<BankAction> severe_from_text(std::string_view text) {
  auto action = bank_action_from_text(text);
  if (action && *action == BankAction::kAllow) return fail(Code::kInvalidInput, "nothing to act on");
  return action;
}

JsonValueReader cut_off_into(NewStreamAsk::CutOff& into) {
  return [&into](JsonObjectReader& reader, const JsonMember& member) -> JsonRead<void> {
    JsonFields fields;
    fields.required("webhook", text_into(into.webhook, 1, kWebhookBytesMax))
        .optional("tier", word_into(into.tier, &tier_from_text, "single-frame, two-aligned or three-aligned"))
        .optional("action", word_into(into.action, &severe_from_text, "block or review"));
    return fields.read_member(reader, member);
  };
}

}  // namespace

JsonRead<NewStreamAsk> new_stream_from_json(std::string_view body) {
  NewStreamAsk ask;
  JsonFields fields;
  fields.required("name", text_into(ask.name, 1, NewStreamAsk::kNameBytesMax))
      .required("url", text_into(ask.url, 1, NewStreamAsk::kUrlBytesMax))
      .optional("banks", banks_into(ask.banks))
      .optional("labels", labels_into(ask.labels))
      .optional("cut_off", maybe_into(ask.cut_off, cut_off_into));
  JsonObjectReader reader;
  if (auto read = fields.read(reader, body); !read) return tl::unexpected(std::move(read).error());
  return ask;
}

}  // namespace seawall
