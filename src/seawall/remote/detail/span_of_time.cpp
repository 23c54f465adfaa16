#include "seawall/remote/detail/span_of_time.h"

#include "seawall/remote/checkpoint.h"
#include "seawall/remote/detail/text.h"

namespace seawall {
namespace {

Result<SpanOfTime> read_span(std::string_view kind, const std::string& checkpoint) {
  SEAWALL_TRY(const Checkpoint read, Checkpoint::read(kind, checkpoint));
  SEAWALL_TRY(const auto since, read.number("since"));
  SEAWALL_TRY(const auto newest, read.number("newest"));
  return SpanOfTime{since.value_or(0), read.get("page").value_or(""), newest.value_or(0)};
}

bool is_gone(int status) { return status == 400 || status == 404 || status == 410; }

/// The checkpoint after a page of `span`.
Result<std::string> after(const SpanInterface& interface, SpanOfTime span, const ExchangeDocument& document) {
  if (document.newest) {
    const auto newest = std::chrono::floor<std::chrono::seconds>(*document.newest).time_since_epoch().count();
    span.newest_s = later_of(span.newest_s, newest);
  }
  Checkpoint next(interface.kind);
  if (document.continuation.empty()) return next.set("since", later_of(span.since_s, span.newest_s)).text();
  SEAWALL_TRY(std::string page, interface.page_word(document.continuation));
  if (page.empty() || page.size() > kPageWordBytesMax || page == span.page) {
    return fail(Code::kCorrupt, "what it calls the next page leads nowhere");
  }
  next.set("since", span.since_s).set("page", std::move(page)).set("newest", span.newest_s);
  if (next.text().size() > kCheckpointBytesMax)
    return fail(Code::kCorrupt, "its word for the next page is too long");
  return next.text();
}

/// The page of `span`; where the server no longer knows it, the span's first page. `span` and `request` say
/// then what was asked.
Result<Asker::Answer> ask_page(const SpanInterface& interface, Asker& asker, SpanOfTime& span,
                               FetchRequest& request, const std::stop_token& stop) {
  SEAWALL_TRY(request, interface.request_for(span));
  if (span.page.empty()) return asker.ask(request, stop);
  SEAWALL_TRY(auto answer, asker.ask(request, stop, {400, 404, 410}));
  if (!answer.response || !is_gone(answer.response->status)) return answer;
  span.page.clear();
  SEAWALL_TRY(request, interface.request_for(span));
  return asker.ask(request, stop);
}

}  // namespace

Result<RemoteStep> next_page_of_span(const SpanInterface& interface, Asker& asker,
                                     const ExchangeFormat& format, const std::string& checkpoint,
                                     std::stop_token stop) {
  SEAWALL_TRY(SpanOfTime span, read_span(interface.kind, checkpoint));
  FetchRequest request;
  SEAWALL_TRY(auto answer, ask_page(interface, asker, span, request, stop));
  if (!answer.response) return later(answer.retry_at, std::move(answer.reason));
  SEAWALL_TRY(auto read, asker.read(request, *answer.response, format, {}));
  if (!read.page) return later(read.retry_at, std::move(read.reason));
  auto next = after(interface, span, read.document);
  if (!next) return tl::unexpected(std::move(next).error().within(host_of(request)));
  RemoteStep step;
  step.checkpoint = *std::move(next);
  step.last = read.document.continuation.empty();
  const bool empty = step.last && read.page->records + read.page->refused == 0;
  step.kind = empty ? RemoteStep::Kind::kNothingNew : RemoteStep::Kind::kPage;
  step.page = *std::move(read.page);
  return step;
}

}  // namespace seawall
