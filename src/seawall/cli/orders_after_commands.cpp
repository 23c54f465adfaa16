#include <array>

#include "seawall/cli/order_session.h"
#include "seawall/cli/person_commands.h"

namespace seawall::cli {
namespace {

/// What approver and reviewer sign together.
Result<Outcome> answer_by_two(OrderStep step, const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, OrderSession::open(arguments));
  SEAWALL_TRY(const OrderRecord record, session->order(arguments));
  SEAWALL_TRY(const std::string grounds, words_from(arguments, "--grounds"));
  SEAWALL_TRY(const std::string reviewer, needed(arguments, "--reviewer", "who signs it too"));
  SEAWALL_TRY(const SealedPersonKey key, person_key_file(arguments));
  std::optional<Time> until;
  if (step == OrderStep::kExtension) {
    SEAWALL_TRY(until, time_option(arguments, "--until"));
    if (!until) return fail(Code::kInvalidInput, "give --until: when those concerned will be told");
  }
  const OrderDraft by{.at = session->now(), .by = key.public_key.name, .reviewer = reviewer};
  SEAWALL_TRY(SignedStatement draft, draft_answer(step, by, record.order, grounds, until));
  return sign_and_submit(*session, std::move(draft), key, arguments, console);
}

/// What one person signs, in one of `roles`.
Result<Outcome> answer_alone(OrderStep step, const std::vector<PersonRole>& roles, const Arguments& arguments,
                             Console& console) {
  SEAWALL_TRY(const auto session, OrderSession::open(arguments));
  SEAWALL_TRY(const OrderRecord record, session->order(arguments));
  SEAWALL_TRY(const std::string grounds, words_from(arguments, "--grounds"));
  SEAWALL_TRY(const SealedPersonKey key, person_key_file(arguments));
  if (!record.order.is_granted()) return fail(Code::kConflict, "the order was not given");
  OrderDraft by{.at = session->now(), .by = key.public_key.name};
  SEAWALL_TRY(by.role, session->role_of(by.by, roles, arguments));
  SEAWALL_TRY(SignedStatement draft, draft_answer(step, by, record.order, grounds));
  return sign_and_submit(*session, std::move(draft), key, arguments, console);
}

Result<Outcome> run_confirm(const Arguments& arguments, Console& console) {
  return answer_by_two(OrderStep::kConfirmation, arguments, console);
}
Result<Outcome> run_extend(const Arguments& arguments, Console& console) {
  return answer_by_two(OrderStep::kExtension, arguments, console);
}
Result<Outcome> run_cancel(const Arguments& arguments, Console& console) {
  return answer_alone(OrderStep::kCancellation,
                      {PersonRole::kApprover, PersonRole::kReviewer, PersonRole::kCustodian}, arguments,
                      console);
}
Result<Outcome> run_open(const Arguments& arguments, Console& console) {
  return answer_alone(
      OrderStep::kOpening,
      {PersonRole::kOfficer, PersonRole::kApprover, PersonRole::kReviewer, PersonRole::kCustodian}, arguments,
      console);
}

constexpr OptionSpec kReviewerOption{
    .name = "--reviewer", .value = "NAME", .help = "the reviewer who signs it too", .kind = ValueKind::kText};
constexpr std::array kOrder{PositionalSpec{.name = "ORDER", .help = "its id, such as o-0123456789abcdef"}};
constexpr std::array kConfirmOptions{kGroundsOption,      kReviewerOption,     kBookOption, kPersonKeyOption,
                                     kPasswordFileOption, kStatementOutOption, kJsonOption};
constexpr std::array kExtendOptions{OptionSpec{.name = "--until",
                                               .value = "TIME",
                                               .help = "when those concerned will be told",
                                               .kind = ValueKind::kText},
                                    kGroundsOption,
                                    kReviewerOption,
                                    kBookOption,
                                    kPersonKeyOption,
                                    kPasswordFileOption,
                                    kStatementOutOption,
                                    kJsonOption};
constexpr std::array kAloneOptions{kGroundsOption,      kSignRoleOption,     kBookOption, kPersonKeyOption,
                                   kPasswordFileOption, kStatementOutOption, kJsonOption};
constexpr std::array kConfirmExamples{
    Example{"seawall orders confirm o-0123456789abcdef --grounds @why-at-once.txt --reviewer rolf --book "
            "book --key dora.key",
            "Why it could not wait; rolf then types: seawall orders sign."}};
constexpr std::array kCancelExamples{
    Example{"seawall orders cancel o-0123456789abcdef --grounds 'The person was found safe this morning; "
            "nothing more is "
            "needed.' --book book --key bob.key",
            "At once, by a custodian."}};
constexpr std::array kExtendExamples{
    Example{"seawall orders extend o-0123456789abcdef --until 2027-03-01 --grounds @still-secret.txt "
            "--reviewer rolf --book "
            "book --key dora.key",
            "Telling those concerned is put off, with grounds, by two people."}};
constexpr std::array kOpenExamples{
    Example{"seawall orders open o-0123456789abcdef --grounds 'Told by letter of today, with the two records "
            "that were "
            "read.' --book book --key olga.key",
            "Those concerned were told what was done."}};

}  // namespace

const CommandSpec& orders_confirm_command() {
  static constexpr CommandSpec kCommand{
      .name = "orders confirm",
      .summary = "confirm an urgent order in writing",
      .description =
          "By the approver who gave it, and a reviewer (orders sign), within the time that it names. Say why "
          "it could not "
          "wait. Without it the order is void, and what was done under it is reported.",
      .positionals = kOrder,
      .options = kConfirmOptions,
      .examples = kConfirmExamples,
      .run = run_confirm};
  return kCommand;
}

const CommandSpec& orders_cancel_command() {
  static constexpr CommandSpec kCommand{
      .name = "orders cancel",
      .summary = "stop an order at once: the instruction to cease",
      .description = "One person is enough: any approver, reviewer or custodian, with grounds.",
      .positionals = kOrder,
      .options = kAloneOptions,
      .examples = kCancelExamples,
      .run = run_cancel};
  return kCommand;
}

const CommandSpec& orders_extend_command() {
  static constexpr CommandSpec kCommand{.name = "orders extend",
                                        .summary = "put off telling those concerned",
                                        .description =
                                            "By an approver and a reviewer, with grounds, by 184 days from "
                                            "now at most. It gives nobody a longer order: for "
                                            "that, renew it. The new day is public, in the log.",
                                        .positionals = kOrder,
                                        .options = kExtendOptions,
                                        .examples = kExtendExamples,
                                        .run = run_extend};
  return kCommand;
}

const CommandSpec& orders_open_command() {
  static constexpr CommandSpec kCommand{
      .name = "orders open",
      .summary = "say that those concerned were told",
      .description =
          "After the order's end, by an officer, approver, reviewer or custodian. Say how and by what they "
          "were told. Until "
          "then the order stands among those that are due, for anybody to see.",
      .positionals = kOrder,
      .options = kAloneOptions,
      .examples = kOpenExamples,
      .run = run_open};
  return kCommand;
}

}  // namespace seawall::cli
