#include <algorithm>
#include <array>

#include "seawall/cli/order_session.h"
#include "seawall/cli/person_commands.h"

namespace seawall::cli {
namespace {

constexpr std::chrono::days kLifeUnlessSaid{7};

std::vector<std::string> sorted(std::vector<std::string> texts) {
  std::ranges::sort(texts);
  texts.erase(std::ranges::unique(texts).begin(), texts.end());
  return texts;
}

Result<OrderScope> scope_from(const Arguments& arguments) {
  OrderScope scope;
  SEAWALL_TRY(scope.tenant, needed(arguments, "--tenant", "whose records they are"));
  scope.records = sorted(arguments.all("--record"));
  scope.selector = arguments.text("--selector").value_or("");
  if (scope.records.empty() == scope.selector.empty())
    return fail(Code::kInvalidInput, "give --record once for each record, or --selector, and not both");
  SEAWALL_TRY(scope.from, time_option(arguments, "--from"));
  SEAWALL_TRY(scope.until, time_option(arguments, "--until"));
  const auto most = arguments.integer("--records-max");
  if (!most && !scope.selector.empty())
    return fail(Code::kInvalidInput, "give --records-max: how many records the selector may reach at most");
  scope.records_max = most ? static_cast<std::uint64_t>(*most) : scope.records.size();
  return scope;
}

Result<void> read_times(const Arguments& arguments, Time now, OrderDocument& order) {
  SEAWALL_TRY(const auto begins, time_option(arguments, "--begins"));
  SEAWALL_TRY(const auto ends, time_option(arguments, "--ends"));
  SEAWALL_TRY(order.delay_notice_until, time_option(arguments, "--delay-notice-until"));
  order.not_before = begins.value_or(now);
  order.not_after = ends.value_or(order.not_before + kLifeUnlessSaid);
  return {};
}

Result<void> read_actions(const Arguments& arguments, OrderDocument& order) {
  for (const std::string& text : arguments.all("--action")) order.actions.insert(*order_action_named(text));
  if (!order.actions.empty()) return {};
  return fail(Code::kInvalidInput, "give --action once for each thing that may be done");
}

Result<void> read_reasons(const Arguments& arguments, OrderDocument& order) {
  SEAWALL_TRY(order.necessity, words_from(arguments, "--necessity"));
  SEAWALL_TRY(order.proportionality, words_from(arguments, "--proportionality"));
  return {};
}

Result<OrderDocument> order_from_options(const Arguments& arguments, Time now, std::string applicant) {
  OrderDocument order;
  SEAWALL_TRY(order.id, new_order_id());
  order.people =
      arguments.all("--person").empty() ? std::vector{applicant} : sorted(arguments.all("--person"));
  order.applicant = std::move(applicant);
  SEAWALL_TRY(order.issuer, needed(arguments, "--issuer", "the body that gives the order"));
  SEAWALL_TRY(order.legal_basis, words_from(arguments, "--legal-basis"));
  SEAWALL_TRY(order.purpose, words_from(arguments, "--purpose"));
  SEAWALL_CHECK(read_reasons(arguments, order));
  SEAWALL_TRY(order.scope, scope_from(arguments));
  SEAWALL_CHECK(read_actions(arguments, order));
  SEAWALL_CHECK(read_times(arguments, now, order));
  return order;
}

Result<Outcome> submit_application(OrderSession& session, const OrderDocument& order,
                                   const SealedPersonKey& key, const Arguments& arguments, Console& console) {
  SEAWALL_TRY(SignedStatement draft, draft_application({.at = session.now(), .by = order.applicant}, order));
  return sign_and_submit(session, std::move(draft), key, arguments, console);
}

Result<Outcome> run_apply(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, OrderSession::open(arguments));
  SEAWALL_TRY(const SealedPersonKey key, person_key_file(arguments));
  SEAWALL_TRY(const OrderDocument order, order_from_options(arguments, session->now(), key.public_key.name));
  return submit_application(*session, order, key, arguments, console);
}

Result<Outcome> run_renew(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, OrderSession::open(arguments));
  SEAWALL_TRY(const OrderRecord old, session->order(arguments));
  SEAWALL_TRY(const SealedPersonKey key, person_key_file(arguments));
  OrderDocument order = old.order.document();
  order.previous = std::exchange(order.id, "");
  order.applicant = key.public_key.name;
  SEAWALL_TRY(order.id, new_order_id());
  SEAWALL_CHECK(read_reasons(arguments, order));
  SEAWALL_CHECK(read_times(arguments, session->now(), order));
  if (const auto most = arguments.integer("--records-max"))
    order.scope.records_max = static_cast<std::uint64_t>(*most);
  return submit_application(*session, order, key, arguments, console);
}

Result<Outcome> run_urgent(const Arguments& arguments, Console& console) {
  SEAWALL_TRY(const auto session, OrderSession::open(arguments));
  SEAWALL_TRY(const SealedPersonKey key, person_key_file(arguments));
  SEAWALL_TRY(std::string applicant,
              needed(arguments, "--given-to", "who asked for it, and was given it orally"));
  SEAWALL_TRY(const auto given_at, time_option(arguments, "--given-at"));
  if (!given_at) return fail(Code::kInvalidInput, "give --given-at: when you gave it orally");
  SEAWALL_TRY(const OrderDocument order, order_from_options(arguments, *given_at, std::move(applicant)));
  const OrderDraft by{.at = session->now(), .by = key.public_key.name};
  const std::chrono::hours confirm(*arguments.integer("--confirm-hours"));
  SEAWALL_TRY(SignedStatement draft, draft_urgent(by, order, *given_at, *given_at + confirm));
  return sign_and_submit(*session, std::move(draft), key, arguments, console);
}

constexpr OptionSpec kTenantOfOrder{
    .name = "--tenant", .value = "NAME", .help = "whose records they are", .kind = ValueKind::kText};
constexpr OptionSpec kRecord{.name = "--record",
                             .value = "ID",
                             .help = "a record that it is about",
                             .kind = ValueKind::kText,
                             .repeatable = true};
constexpr OptionSpec kSelector{
    .name = "--selector",
    .value = "TEXT",
    .help = "instead of records: the exact words that say which, such as \"entry 12.345\"",
    .kind = ValueKind::kText};
constexpr OptionSpec kFrom{
    .name = "--from", .value = "TIME", .help = "only what is from then on", .kind = ValueKind::kText};
constexpr OptionSpec kUntil{
    .name = "--until", .value = "TIME", .help = "only what is before", .kind = ValueKind::kText};
constexpr OptionSpec kRecordsMax{
    .name = "--records-max",
    .value = "N",
    .help = "how many records in all, each time counted (default: as many as are named)",
    .kind = ValueKind::kInteger,
    .minimum = 1,
    .maximum = kOrderRecordsMax};
constexpr OptionSpec kAction{
    .name = "--action",
    .value = "WHAT",
    .help = "what may be done",
    .kind = ValueKind::kChoice,
    .choices = "observation-lookup disclosure export evidence-open cross-tenant-read",
    .repeatable = true};
constexpr OptionSpec kPerson{.name = "--person",
                             .value = "NAME",
                             .help = "who may act under it (default: the applicant)",
                             .kind = ValueKind::kText,
                             .repeatable = true};
constexpr OptionSpec kIssuer{
    .name = "--issuer", .value = "TEXT", .help = "the body that gives the order", .kind = ValueKind::kText};
constexpr OptionSpec kLegalBasis{.name = "--legal-basis",
                                 .value = "TEXT",
                                 .help = "by what law; @FILE reads a file",
                                 .kind = ValueKind::kText};
constexpr OptionSpec kPurpose{
    .name = "--purpose", .value = "TEXT", .help = "what for; @FILE reads a file", .kind = ValueKind::kText};
constexpr OptionSpec kNecessity{.name = "--necessity",
                                .value = "TEXT",
                                .help = "why nothing milder would do, in your own words; @FILE reads a file",
                                .kind = ValueKind::kText};
constexpr OptionSpec kProportionality{.name = "--proportionality",
                                      .value = "TEXT",
                                      .help = "why it is not too much, in your own words; @FILE reads a file",
                                      .kind = ValueKind::kText};
constexpr OptionSpec kBegins{
    .name = "--begins", .value = "TIME", .help = "when it begins (default: now)", .kind = ValueKind::kText};
constexpr OptionSpec kEnds{.name = "--ends",
                           .value = "TIME",
                           .help = "when it is over (default: 7 days after its beginning; 92 at most)",
                           .kind = ValueKind::kText};
constexpr OptionSpec kDelay{.name = "--delay-notice-until",
                            .value = "TIME",
                            .help = "until when those concerned are not told (default: its end)",
                            .kind = ValueKind::kText};
/// What an order says, and who writes it down: the options that applications and urgent orders share.
constexpr std::array kApplyOptions{kTenantOfOrder,
                                   kRecord,
                                   kSelector,
                                   kFrom,
                                   kUntil,
                                   kRecordsMax,
                                   kAction,
                                   kPerson,
                                   kIssuer,
                                   kLegalBasis,
                                   kPurpose,
                                   kNecessity,
                                   kProportionality,
                                   kBegins,
                                   kEnds,
                                   kDelay,
                                   kBookOption,
                                   kPersonKeyOption,
                                   kPasswordFileOption,
                                   kStatementOutOption,
                                   kJsonOption};
constexpr std::array kRenewOptions{
    kNecessity,       kProportionality,    kRecordsMax,         kBegins,    kEnds, kDelay, kBookOption,
    kPersonKeyOption, kPasswordFileOption, kStatementOutOption, kJsonOption};
constexpr std::array kGivenOrally{
    OptionSpec{.name = "--given-to",
               .value = "NAME",
               .help = "who asked for it, and was given it orally",
               .kind = ValueKind::kText},
    OptionSpec{
        .name = "--given-at", .value = "TIME", .help = "when you gave it orally", .kind = ValueKind::kText},
    OptionSpec{.name = "--confirm-hours",
               .value = "N",
               .help = "within how many hours of that you and a reviewer confirm it in writing",
               .kind = ValueKind::kInteger,
               .minimum = 1,
               .maximum = 48,
               .default_value = "24"}};

template <std::size_t N, std::size_t M>
constexpr auto joined(const std::array<OptionSpec, N>& first, const std::array<OptionSpec, M>& then) {
  std::array<OptionSpec, N + M> all;
  std::copy(then.begin(), then.end(), std::copy(first.begin(), first.end(), all.begin()));
  return all;
}
constexpr std::array kUrgentOptions = joined(kGivenOrally, kApplyOptions);
constexpr std::array kOrder{PositionalSpec{.name = "ORDER", .help = "its id, such as o-0123456789abcdef"}};
constexpr std::array kApplyExamples{
    Example{
        "seawall orders apply --tenant forum --record rec-1 --action disclosure --issuer 'Example Board' "
        "--legal-basis 'Example Act, section 4' --purpose 'case 12' --necessity @need.txt --proportionality "
        "@why.txt --book book --key amy.key",
        "For one record, once, within 7 days; the reasons stand in two files."},
    Example{"seawall orders apply --tenant forum --selector 'entry 12.345' --records-max 20 --from "
            "2026-11-01 --until "
            "2026-11-15 --action observation-lookup --issuer 'Example Board' --legal-basis 'Example Act' "
            "--purpose 'case 12' "
            "--necessity @need.txt --proportionality @why.txt --book book --key amy.key",
            "Where one entry was seen in two weeks, 20 observations at most."}};
constexpr std::array kRenewExamples{
    Example{"seawall orders renew o-0123456789abcdef --necessity @need.txt --proportionality @why.txt --ends "
            "2026-12-31 "
            "--book book --key amy.key",
            "The same scope for longer; it is reviewed and issued like any other."}};
constexpr std::array kUrgentExamples{
    Example{"seawall orders urgent --given-to amy --given-at 2026-11-22T02:10:00Z --tenant forum --record "
            "rec-1 --action "
            "disclosure --issuer 'Example Board' --legal-basis 'Example Act' --purpose 'case 12' --necessity "
            "@need.txt "
            "--proportionality @why.txt --book book --key dora.key",
            "Given by telephone at ten past two; confirmed within 24 hours, or void."}};

}  // namespace

const CommandSpec& orders_apply_command() {
  static constexpr CommandSpec kCommand{.name = "orders apply",
                                        .summary = "apply for an order",
                                        .description =
                                            "An order lets named people do a named thing, to named records "
                                            "of one tenant, so many times and until a day. "
                                            "You sign the application; a reviewer says what they think of it "
                                            "(orders review), and an approver gives or "
                                            "refuses it (orders issue, orders refuse). They are two people, "
                                            "and neither is you.\n\nNecessity: why nothing "
                                            "milder would do. Proportionality: why it is not too much. Each "
                                            "is a sentence or more of your own. Prints the "
                                            "order's id.",
                                        .positionals = {},
                                        .options = kApplyOptions,
                                        .examples = kApplyExamples,
                                        .run = run_apply};
  return kCommand;
}

const CommandSpec& orders_renew_command() {
  static constexpr CommandSpec kCommand{.name = "orders renew",
                                        .summary = "apply for an order that follows one in force",
                                        .description =
                                            "An application with the old order's scope, people and actions, "
                                            "and new reasons: why it is still needed. The "
                                            "old one must be in force when the new one is given, and is "
                                            "renewed once. Prints the new order's id.",
                                        .positionals = kOrder,
                                        .options = kRenewOptions,
                                        .examples = kRenewExamples,
                                        .run = run_renew};
  return kCommand;
}

const CommandSpec& orders_urgent_command() {
  static constexpr CommandSpec kCommand{.name = "orders urgent",
                                        .summary = "write down an order that you gave orally",
                                        .description =
                                            "For the approver who gave it. It is in force at once, for 7 "
                                            "days at most, and void when you and a reviewer "
                                            "have not confirmed it in time (orders confirm). What was done "
                                            "under an order that became void is reported as "
                                            "an error: overseers see it.",
                                        .positionals = {},
                                        .options = kUrgentOptions,
                                        .examples = kUrgentExamples,
                                        .run = run_urgent};
  return kCommand;
}

}  // namespace seawall::cli
