#include <algorithm>
#include <array>

#include "seawall/cli/order_session.h"
#include "seawall/cli/person_commands.h"

namespace seawall::cli {
namespace {

Result<Outcome> run_review(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, OrderSession::open(arguments));
  SEAWALL_TRY(const OrderRecord record, session->order(arguments));
  SEAWALL_TRY(const std::string opinion, needed(arguments, "--opinion", "agrees or objects"));
  SEAWALL_TRY(const std::string grounds, words_from(arguments, "--grounds"));
  SEAWALL_TRY(const SealedPersonKey key, person_key_file(arguments));
  const OrderDraft by{.at = session->now(), .by = key.public_key.name};
  SEAWALL_TRY(SignedStatement draft, draft_review(by, record.order, opinion == "agrees", grounds));
  return sign_and_submit(*session, std::move(draft), key, arguments, console);
}

/// The application, narrowed by what the approver says.
Result<OrderDocument> narrowed(const Arguments& arguments, OrderDocument order) {
  SEAWALL_TRY(order.necessity, words_from(arguments, "--necessity"));
  SEAWALL_TRY(order.proportionality, words_from(arguments, "--proportionality"));
  SEAWALL_TRY(const auto ends, time_option(arguments, "--ends"));
  if (ends) order.not_after = *ends;
  if (auto records = arguments.all("--record"); !records.empty()) {
    std::ranges::sort(records);
    order.scope.records = std::move(records);
    order.scope.selector.clear();
  }
  if (const auto most = arguments.integer("--records-max"))
    order.scope.records_max = static_cast<std::uint64_t>(*most);
  return order;
}

Result<Outcome> run_issue(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, OrderSession::open(arguments));
  SEAWALL_TRY(const OrderRecord record, session->order(arguments));
  const std::string reviewer = arguments.text("--reviewer").value_or(record.order.agreed_reviewer());
  if (reviewer.empty())
    return fail(Code::kConflict, "no reviewer has agreed to it; see: seawall orders review");
  SEAWALL_TRY(const OrderDocument order, narrowed(arguments, record.order.document()));
  SEAWALL_TRY(const SealedPersonKey key, person_key_file(arguments));
  const OrderDraft by{.at = session->now(), .by = key.public_key.name, .reviewer = reviewer};
  SEAWALL_TRY(SignedStatement draft, draft_order(by, record.order, order));
  return sign_and_submit(*session, std::move(draft), key, arguments, console);
}

Result<Outcome> run_refuse(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, OrderSession::open(arguments));
  SEAWALL_TRY(const OrderRecord record, session->order(arguments));
  SEAWALL_TRY(const std::string grounds, words_from(arguments, "--grounds"));
  SEAWALL_TRY(const SealedPersonKey key, person_key_file(arguments));
  OrderDraft by{.at = session->now(), .by = key.public_key.name};
  SEAWALL_TRY(by.role, session->role_of(by.by, {PersonRole::kApprover, PersonRole::kReviewer}, arguments));
  SEAWALL_TRY(SignedStatement draft, draft_answer(OrderStep::kRefusal, by, record.order, grounds));
  return sign_and_submit(*session, std::move(draft), key, arguments, console);
}

constexpr std::array kOrder{PositionalSpec{.name = "ORDER", .help = "its id, such as o-0123456789abcdef"}};
constexpr std::array kReviewOptions{OptionSpec{.name = "--opinion",
                                               .value = "WHAT",
                                               .help = "what you think of it",
                                               .kind = ValueKind::kChoice,
                                               .choices = "agrees objects"},
                                    kGroundsOption,
                                    kBookOption,
                                    kPersonKeyOption,
                                    kPasswordFileOption,
                                    kStatementOutOption,
                                    kJsonOption};
constexpr std::array kIssueOptions{
    OptionSpec{.name = "--necessity",
               .value = "TEXT",
               .help = "why nothing milder would do, in your own words; @FILE reads a file",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--proportionality",
               .value = "TEXT",
               .help = "why it is not too much, in your own words; @FILE reads a file",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--reviewer",
               .value = "NAME",
               .help = "who signs it too (default: the reviewer who agreed)",
               .kind = ValueKind::kText},
    OptionSpec{.name = "--record",
               .value = "ID",
               .help = "only this of the records that were applied for",
               .kind = ValueKind::kText,
               .repeatable = true},
    OptionSpec{.name = "--records-max",
               .value = "N",
               .help = "no more records than this",
               .kind = ValueKind::kInteger,
               .minimum = 1,
               .maximum = kOrderRecordsMax},
    OptionSpec{.name = "--ends", .value = "TIME", .help = "an earlier end", .kind = ValueKind::kText},
    kBookOption,
    kPersonKeyOption,
    kPasswordFileOption,
    kStatementOutOption,
    kJsonOption};
constexpr std::array kRefuseOptions{kGroundsOption,      kSignRoleOption,     kBookOption, kPersonKeyOption,
                                    kPasswordFileOption, kStatementOutOption, kJsonOption};
constexpr std::array kReviewExamples{
    Example{"seawall orders review o-0123456789abcdef --opinion agrees --grounds @review.txt --book book "
            "--key rolf.key",
            "The reviewer agrees, with grounds."}};
constexpr std::array kIssueExamples{
    Example{"seawall orders issue o-0123456789abcdef --necessity @need.txt --proportionality @why.txt --book "
            "book --key "
            "dora.key",
            "As it was applied for; the reviewer then types: seawall orders sign."},
    Example{"seawall orders issue o-0123456789abcdef --record rec-1 --records-max 1 --necessity @need.txt "
            "--proportionality @why.txt --book book --key dora.key",
            "One of its records, once."}};
constexpr std::array kRefuseExamples{
    Example{"seawall orders refuse o-0123456789abcdef --grounds 'The three other sources that you name were "
            "not asked "
            "yet.' --book book --key dora.key",
            "For good; the applicant may apply anew."}};

}  // namespace

const CommandSpec& orders_review_command() {
  static constexpr CommandSpec kCommand{
      .name = "orders review",
      .summary = "say what you think of an application",
      .description =
          "For a reviewer who is not the applicant. The last word counts. Read it first: orders show.",
      .positionals = kOrder,
      .options = kReviewOptions,
      .examples = kReviewExamples,
      .run = run_review};
  return kCommand;
}

const CommandSpec& orders_issue_command() {
  static constexpr CommandSpec kCommand{.name = "orders issue",
                                        .summary = "give an order that was applied for",
                                        .description =
                                            "For an approver who is not the applicant, after a reviewer "
                                            "agreed. Necessity and proportionality are in your own "
                                            "words: those of the applicant are refused. You may narrow what "
                                            "was applied for, never widen it. It is in force "
                                            "once the reviewer has signed it too (orders sign).",
                                        .positionals = kOrder,
                                        .options = kIssueOptions,
                                        .examples = kIssueExamples,
                                        .run = run_issue};
  return kCommand;
}

const CommandSpec& orders_refuse_command() {
  static constexpr CommandSpec kCommand{
      .name = "orders refuse",
      .summary = "refuse an order that was applied for, with grounds",
      .description = "By an approver or a reviewer, for good. The grounds stay in the book.",
      .positionals = kOrder,
      .options = kRefuseOptions,
      .examples = kRefuseExamples,
      .run = run_refuse};
  return kCommand;
}

}  // namespace seawall::cli
